package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Config;
import io.lxj.config.OnExit;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.TestRootfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a new container is written to disk: as long as it isn't, there is a marker beside its files. */
@NeedsRoot("looks into the folders of containers")
@NeedsRootfs("busybox")
@LeaksNothing
@Timeout(60)
class SettlingTest {
    private static final Config SLEEPER = Config.ofImage("busybox").init("/bin/sleep", "1000000");

    private Path folder;
    private Lxj lxj;

    @BeforeEach
    void open() throws IOException {
        folder = Files.createTempDirectory("lxj-test");
        lxj = Lxj.open(folder);
        lxj.images().importTarball("busybox", TestRootfs.find("busybox"));
    }

    @AfterEach
    void close() throws IOException {
        lxj.close();
        try (Lxj again = Lxj.open(folder)) {
            for (Container container : again.containers().list()) {
                if (container.state().isAlive()) {
                    container.stop();
                }
                container.destroy();
            }
        }
        TestLxj.remove(folder);
    }

    private boolean isMarked(String container) {
        return Files.isSymbolicLink(
                folder.resolve("containers").resolve(container).resolve("unsynced"));
    }

    @Test
    void itIsWrittenWithoutBeingAskedFor() throws Exception {
        Container web = lxj.containers().create("web", SLEEPER);
        while (isMarked("web")) {
            Thread.sleep(10);
        }
        web.start();
        assertThat(web.exec("true").exitCode()).isZero();
    }

    @Test
    void theStartOfOneThatIsKeptWaitsForIt() {
        lxj.containers().create("web", SLEEPER.onExit(OnExit.KEEP)).start();
        assertThat(isMarked("web")).isFalse();
    }

    @Test
    void closingLxjWaitsForIt() {
        lxj.containers().create("web", SLEEPER);
        lxj.close();
        assertThat(isMarked("web")).isFalse();
    }
}
