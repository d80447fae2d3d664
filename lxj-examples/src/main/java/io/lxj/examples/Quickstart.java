package io.lxj.examples;

import io.lxj.Container;
import io.lxj.Image;
import io.lxj.Lxj;
import io.lxj.Template;
import io.lxj.config.Config;
import io.lxj.config.ExecResult;
import io.lxj.config.ExitStatus;
import io.lxj.config.ImageInfo;
import io.lxj.config.ImportOptions;
import io.lxj.config.State;
import io.lxj.config.Storage;
import io.lxj.error.LxjException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** From a root filesystem to a running container and back, step by step: what {@code bin/quickstart} runs. */
public final class Quickstart {
    private static final Duration BOOT = Duration.ofMinutes(3);
    private static final Duration SHUTDOWN = Duration.ofSeconds(30);

    private static final String QUESTIONS = "uname -a; echo process 1 is $(cat /proc/1/comm)";

    private final Steps steps = new Steps(System.out);
    private volatile boolean interrupted;

    private Quickstart() {}

    /**
     * Runs the program; the exit code is 1 if a step failed.
     *
     * @param arguments a folder for everything that is made, which the caller removes; and the archive, if there is one
     */
    public static void main(String[] arguments) {
        Quickstart quickstart = new Quickstart();
        // Then the container is ended under the feet of the step that runs: its failure is no news.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> quickstart.interrupted = true));
        try {
            Optional<Path> archive = arguments.length > 1 ? Optional.of(Path.of(arguments[1])) : Optional.empty();
            quickstart.run(Path.of(arguments[0]).resolve("state"), archive);
            System.out.println("quickstart: ok");
        } catch (LxjException | IllegalStateException e) {
            if (quickstart.interrupted) {
                return;
            }
            System.out.println();
            System.err.println("quickstart: failed at " + quickstart.steps.current() + ": " + e.getMessage());
            System.exit(1);
        }
    }

    private void run(Path state, Optional<Path> archive) {
        System.out.printf(
                "lxj on Linux %s, Java %s%n%n", System.getProperty("os.version"), System.getProperty("java.version"));
        try (Lxj lxj = steps.step("open", line -> open(state, line))) {
            try {
                run(lxj, archive);
            } catch (RuntimeException e) {
                removeAll(lxj, e);
                throw e;
            }
        }
    }

    /** What is left of a failure is removed by lxj: files of containers don't belong to an ordinary user. */
    private static void removeAll(Lxj lxj, RuntimeException failure) {
        try {
            for (Container container : lxj.containers().list()) {
                if (container.state() != State.STOPPED) {
                    container.stop();
                }
                container.destroy();
            }
            lxj.images().list().forEach(Image::delete);
        } catch (LxjException e) {
            failure.addSuppressed(e);
        }
    }

    private void run(Lxj lxj, Optional<Path> archive) {
        Template template = archive.isPresent()
                ? steps.step("import", line -> importArchive(lxj, archive.get(), line))
                : steps.step("template", line -> makeTemplate(lxj, line));
        Container container = steps.step("create", line -> create(lxj, template.config(), line));
        steps.step("start", line -> start(container, line));
        steps.step("boot", line -> boot(container, template.image().info(), line));
        steps.step("exec", line -> exec(container, line));
        steps.step("shutdown", line -> shutdown(container, line));
        steps.step("destroy", line -> destroy(container, template.image(), line));
    }

    private static Lxj open(Path state, Line line) {
        Lxj lxj = Lxj.open(state);
        line.print("the state folder " + lxj.folder());
        return lxj;
    }

    private static Template importArchive(Lxj lxj, Path archive, Line line) {
        ProgressBar bar = new ProgressBar(line);
        Image image = lxj.images().importTarball("quickstart", archive, ImportOptions.defaults(), bar);
        bar.finish();
        describe(image.info(), line);
        return new Template(image, Config.of(image));
    }

    private static Template makeTemplate(Lxj lxj, Line line) {
        Template template = lxj.images().template("quickstart");
        line.print("of what this host has");
        describe(template.image().info(), line);
        return template;
    }

    private static void describe(ImageInfo info, Line line) {
        line.detail(info.toString());
        info.warnings().forEach(warning -> line.detail("warning: " + warning));
    }

    private static Container create(Lxj lxj, Config config, Line line) {
        Container container = lxj.containers().create("quickstart", config.hostname("quickstart"));
        line.print("container " + container.name() + ", "
                + (container.config().storage() == Storage.OVERLAY ? "an overlay" : "a copy") + " of the image");
        return container;
    }

    private static Void start(Container container, Line line) {
        container.start();
        line.print("its init is process " + container.pid().orElseThrow());
        return null;
    }

    private static Void boot(Container container, ImageInfo image, Line line) {
        Readiness.await(container, image.initSystem(), BOOT, line);
        return null;
    }

    private static ExecResult exec(Container container, Line line) {
        ExecResult result = container.exec("/bin/sh", "-c", QUESTIONS);
        if (!result.isSuccess()) {
            throw new IllegalStateException("the command in the container failed: " + result);
        }
        line.print("sh -c '" + QUESTIONS + "'");
        line.detail(result.stdout());
        return result;
    }

    private static ExitStatus shutdown(Container container, Line line) {
        ExitStatus exit = container.shutdown(SHUTDOWN);
        line.print(exit.toString());
        if (!exit.isClean()) {
            throw new IllegalStateException("the container did not shut down cleanly: " + exit);
        }
        return exit;
    }

    private static Void destroy(Container container, Image image, Line line) {
        container.destroy();
        image.delete();
        line.print("container and image are gone");
        return null;
    }
}
