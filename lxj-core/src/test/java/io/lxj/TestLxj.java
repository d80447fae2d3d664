package io.lxj;

import io.lxj.config.BindMount;
import io.lxj.config.Config;
import io.lxj.config.Mount;
import io.lxj.config.OnExit;
import io.lxj.config.State;
import io.lxj.error.IllegalTransitionException;
import io.lxj.testing.Caller;
import io.lxj.testing.StateTree;
import io.lxj.testing.TestRootfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * lxj on a state folder of its own, with images that are imported once. Registered in a static field it is the same for
 * all tests of a class, and what a test made is removed after it, but not what the class made before its first test.
 * Registered in another field each test gets a new one. Nothing is left at the end.
 */
final class TestLxj implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    static final Duration LONG = Duration.ofSeconds(120);

    private final List<String> images;
    private final AtomicInteger count = new AtomicInteger();
    private Path folder;
    private Lxj lxj;
    private boolean shared;
    private Set<String> kept = Set.of();

    private TestLxj(List<String> images) {
        this.images = images;
    }

    /** With these root filesystems. */
    static TestLxj of(String... rootfs) {
        return new TestLxj(List.of(rootfs));
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        shared = true;
        open();
        // What lxj opens once and keeps is there from now on.
        for (OnExit fate : OnExit.values()) {
            start(Config.ofImage(images.get(0)).init("/bin/sleep", "1000000").onExit(fate));
        }
        clear();
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        if (shared) {
            kept = names();
        } else {
            open();
        }
    }

    private void open() throws IOException {
        folder = Files.createTempDirectory("lxj-test");
        lxj = Lxj.open(folder);
        images.forEach(this::add);
    }

    /**
     * A folder of the host for a container, as far as this user can share one: root shifts its ids, an ordinary user shares it
     * with containers that have the user's single id, or to be read.
     */
    static Mount shared(BindMount folder) {
        if (Caller.isRoot()) {
            return folder.shifted();
        }
        return Caller.hasIds() ? folder.readOnly() : folder;
    }

    /** Imports a root filesystem as an image of that name. */
    void add(String rootfs) {
        lxj.images().importTarball(rootfs, TestRootfs.find(rootfs));
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        if (shared) {
            clear(kept);
        } else {
            close();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        if (shared) {
            close();
        }
    }

    Lxj lxj() {
        return lxj;
    }

    Path folder() {
        return folder;
    }

    /** The images, and what is left of those that weren't finished, by name. */
    List<String> imageFolders() throws IOException {
        List<String> names = new ArrayList<>(StateTree.names(folder.resolve("images")));
        names.addAll(StateTree.names(folder.resolve("tmp")));
        return names;
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

    private Set<String> names() {
        return lxj.containers().list().stream().map(Container::name).collect(Collectors.toSet());
    }

    /** Removes all containers, whatever they are doing. */
    void clear() {
        clear(Set.of());
    }

    private void clear(Set<String> but) {
        lxj.containers().list().stream()
                .filter(container -> !but.contains(container.name()))
                .forEach(TestLxj::remove);
    }

    private static void remove(Container container) {
        try {
            if (container.state() != State.STOPPED) {
                container.stop();
            }
        } catch (IllegalTransitionException e) {
            // Tests leave containers whose init is just ending.
            if (container.state() != State.STOPPED) {
                throw e;
            }
        }
        container.destroy();
    }

    private void close() throws IOException {
        // Nothing was opened if that is what failed.
        if (lxj == null) {
            return;
        }
        try {
            clear();
        } finally {
            lxj.close();
            lxj = null;
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

    /** Removes a folder that may have been a state folder, or in one. */
    static void remove(Path folder) throws IOException {
        StateTree.remove(folder);
    }
}
