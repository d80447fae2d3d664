package io.lxj.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.testing.NeedsRoot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NeedsRoot("takes the identity of others")
class FileIdentityTest {
    @TempDir
    Path folder;

    private Stat make(String name) throws LinuxException {
        try (Fd file = Fd.open(folder.resolve(name), Open.O_WRONLY | Open.O_CREAT | Open.O_EXCL, 0600)) {
            return file.stat();
        }
    }

    private static String field(String name) throws Exception {
        return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
                .filter(line -> line.startsWith(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void filesBelongToTheIdentityAndNothingElseChanges() throws Exception {
        String capabilities = field("CapEff:");
        Stat made = FileIdentity.as(1_900_000_000L, 1_900_000_001L, () -> {
            assertThat(field("CapEff:")).isEqualTo(capabilities);
            assertThat(field("Uid:")).isEqualTo("Uid:\t0\t0\t0\t1900000000");
            // Into a folder that only root may enter.
            return make("one");
        });
        assertThat(made.uid()).isEqualTo(1_900_000_000);
        assertThat(made.gid()).isEqualTo(1_900_000_001);
        assertThat(make("two").uid()).isZero();
        assertThat(field("Uid:")).isEqualTo("Uid:\t0\t0\t0\t0");
        assertThat(field("CapEff:")).isEqualTo(capabilities);
    }

    @Test
    void otherThreadsKeepTheirs() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            assertThat(other.submit(() -> make("before").uid()).get()).isZero();
            Stat own = FileIdentity.as(1_900_000_000L, 1_900_000_000L, () -> {
                assertThat(other.submit(() -> make("meanwhile").uid()).get()).isZero();
                return make("own");
            });
            assertThat(own.uid()).isEqualTo(1_900_000_000);
        } finally {
            other.shutdown();
        }
    }

    @Test
    void workThatFailsEndsTheIdentity() throws Exception {
        assertThatThrownBy(() -> FileIdentity.as(1_900_000_000L, 1_900_000_000L, () -> {
                    make("made");
                    return make("made");
                }))
                .hasMessageContaining("EEXIST");
        assertThat(field("Uid:")).isEqualTo("Uid:\t0\t0\t0\t0");
        assertThat(make("after").uid()).isZero();
    }
}
