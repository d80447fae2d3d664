package io.lxj;

import io.lxj.config.Config;
import io.lxj.config.State;
import io.lxj.testing.TestRootfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * lxj on a state folder of its own, with images that are imported once for all tests of a class. Closing it removes
 * everything.
 */
final class TestLxj implements AutoCloseable {
    static final Duration LONG = Duration.ofSeconds(120);

    private final Path folder;
    private final Lxj lxj;
    private final AtomicInteger count = new AtomicInteger();

    private TestLxj(Path folder) {
        this.folder = folder;
        this.lxj = Lxj.open(folder);
    }

    /** Opens a fresh folder and imports these root filesystems. */
    static TestLxj open(String... rootfs) throws IOException {
        TestLxj opened = new TestLxj(Files.createTempDirectory("lxj-test"));
        try {
            for (String name : rootfs) {
                opened.lxj.images().importTarball(name, TestRootfs.find(name));
            }
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    Lxj lxj() {
        return lxj;
    }

    Path folder() {
        return folder;
    }

    /** A new container of an image, stopped, with a name that no other has. */
    Container create(String image) {
        return create(Config.ofImage(image));
    }

    Container create(Config config) {
        return lxj.containers().create("c" + count.incrementAndGet(), config);
    }

    /** A new container of an image, running. */
    Container start(String image) {
        return start(Config.ofImage(image));
    }

    Container start(Config config) {
        Container container = create(config);
        container.start();
        return container;
    }

    /** Removes all containers, whatever they are doing. */
    void clear() {
        lxj.containers().list().forEach(TestLxj::remove);
    }

    private static void remove(Container container) {
        if (container.state() != State.STOPPED) {
            container.stop();
        }
        container.destroy();
    }

    @Override
    public void close() throws IOException {
        try {
            clear();
        } finally {
            lxj.close();
            remove(folder);
        }
    }

    /** Starts a command that may take its own container down before it could answer. */
    static void fire(Container container, String program, String... arguments) throws IOException {
        ContainerProcess process = container.process(program, arguments);
        process.getOutputStream().close();
        process.getInputStream().close();
        process.getErrorStream().close();
    }

    /** Files.walk can't do it: images have names that aren't UTF-8. */
    static void remove(Path folder) throws IOException {
        Process rm = new ProcessBuilder("rm", "-r", "-f", "--one-file-system", "--", folder.toString())
                .inheritIO()
                .start();
        if (rm.onExit().join().exitValue() != 0) {
            throw new IOException("could not remove " + folder);
        }
    }
}
