package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Config;
import io.lxj.config.State;
import io.lxj.testing.Caller;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.StateFolder;
import io.lxj.testing.TestRootfs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever takes the name of a container that is being destroyed, as soon as it is free, has another container. */
@NeedsContainers
@NeedsRootfs("busybox")
@LeaksNothing
@Timeout(120)
class NameReuseTest {
    private static final Config SLEEPER = Config.ofImage("busybox").init("/bin/sleep", "1000000");

    @StateFolder
    Path parent;

    @AfterEach
    void remove() throws IOException {
        TestLxj.remove(parent.resolve("state"));
    }

    @Test
    void createdWhileTheOldFilesAreRemoved() throws IOException {
        reuse((lxj, config) -> {
            Container made = lxj.containers().create("web", config);
            made.start();
            return made;
        });
    }

    @Test
    void launchedWhileTheOldFilesAreRemoved() throws IOException {
        reuse((lxj, config) -> lxj.containers().launch("web", config));
    }

    private void reuse(BiFunction<Lxj, Config, Container> begin) throws IOException {
        // The ids for containers in it are found by its name.
        Config config = Caller.isRoot() ? SLEEPER.nesting(1) : SLEEPER;
        AtomicReference<Lxj> opened = new AtomicReference<>();
        AtomicReference<Container> second = new AtomicReference<>();
        try (Lxj lxj = Lxj.open(parent.resolve("state"), reached -> {
            if (reached.equals("delete: lock removed") && second.get() == null) {
                second.set(begin.apply(opened.get(), config));
            }
        })) {
            opened.set(lxj);
            lxj.images().importTarball("busybox", TestRootfs.find("busybox"));
            lxj.containers().create("web", config).destroy();
            Container web = second.get();
            assertThat(web.state()).isEqualTo(State.RUNNING);
            assertThat(lxj.containers().list()).containsExactly(web);
            assertThat(lxj.containers().get("web").exec("echo", "works").stdout())
                    .isEqualTo("works\n");
            Container other = lxj.containers().launch("other", config);
            if (Caller.isRoot() || Caller.hasIds()) {
                assertThat(HostIds.shared(web, other)).isEmpty();
            }
            for (Container container : lxj.containers().list()) {
                container.stop();
                container.destroy();
            }
        }
    }
}
