package io.lxj.examples.benchmark;

import io.lxj.Container;
import io.lxj.Image;
import io.lxj.config.Command;
import io.lxj.config.Config;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;

/** From the start of a Debian to the moment when systemctl says that it runs; on an overlay, not for the first time. */
final class Boot {
    private static final String NAME = "boot";
    private static final Set<String> BOOTED = Set.of("running", "degraded");
    private static final List<String> QUESTION = List.of("systemctl", "is-system-running", "--wait");

    /** How long it may take before something must be wrong. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private Boot() {}

    static Case of(Workspace work, Image debian) throws IOException {
        List<Subject> subjects = new ArrayList<>();
        subjects.add(lxj(work, debian));
        Path rootfs = work.rootfs(debian);
        if (Lxc.isInstalled()) {
            Lxc lxc = new Lxc(work.folder("lxc"));
            lxc.configureOverlay(NAME, rootfs);
            subjects.add(lxcStart(lxc));
        }
        return new Case(NAME, 1, work.options().rounds(10), subjects);
    }

    private static Subject lxj(Workspace work, Image debian) {
        Container container = work.lxj().containers().create(NAME, Config.of(debian));
        Command question = Command.of(QUESTION).timeout(PATIENCE);
        return new Subject() {
            @Override
            public String name() {
                return "lxj";
            }

            @Override
            public long run() throws Exception {
                long start = System.nanoTime();
                container.start();
                awaitBooted(() -> container.exec(question).stdout().strip());
                long time = System.nanoTime() - start;
                container.stop();
                return time;
            }

            @Override
            public void end() {
                container.destroy();
            }
        };
    }

    private static Subject lxcStart(Lxc lxc) {
        List<String> question = new ArrayList<>(List.of("timeout", Long.toString(PATIENCE.toSeconds())));
        question.addAll(lxc.command("lxc-attach", NAME, "--"));
        question.addAll(QUESTION);
        return new Subject() {
            @Override
            public String name() {
                return "lxc-start";
            }

            @Override
            public long run() throws Exception {
                long start = System.nanoTime();
                lxc.run("lxc-start", NAME, "-d");
                try {
                    awaitBooted(() -> HostCommand.output(question.toArray(String[]::new)));
                    return System.nanoTime() - start;
                } finally {
                    lxc.run("lxc-stop", NAME, "-k");
                }
            }
        };
    }

    private static void awaitBooted(Callable<String> question) throws Exception {
        long start = System.nanoTime();
        for (String answer = question.call(); !BOOTED.contains(answer); answer = question.call()) {
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new IOException(
                        "it has not booted within " + PATIENCE.toSeconds() + " s, it is \"" + answer + '"');
            }
            Thread.sleep(1);
        }
    }
}
