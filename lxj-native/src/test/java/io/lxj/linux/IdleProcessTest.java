package io.lxj.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.testing.LeaksNothing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@LeaksNothing
class IdleProcessTest {
    @Test
    void itIsThereUntilItIsClosed() throws Exception {
        Path entry;
        try (IdleProcess process = IdleProcess.start()) {
            entry = Path.of("/proc", Integer.toString(process.pid()));
            assertThat(process.isAlive()).isTrue();
            assertThat(entry).exists();
        }
        assertThat(Files.exists(entry)).isFalse();
    }

    @Test
    void itsEndIsNoticed() throws Exception {
        try (IdleProcess process = IdleProcess.start();
                Pidfd pidfd = Pidfd.open(process.pid())) {
            pidfd.send(Signal.SIGKILL);
            assertThat(pidfd.awaitExit(Duration.ofSeconds(60))).isTrue();
            assertThat(process.isAlive()).isFalse();
        }
    }
}
