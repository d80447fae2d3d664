package io.lxj.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.testing.LeaksNothing;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

@LeaksNothing
class MemfdTest {
    private static final byte[] SCRIPT = "#!/bin/sh\nexit 42\n".getBytes(StandardCharsets.US_ASCII);

    private static WaitStatus run(Fd file) throws Exception {
        // A script is opened again by its interpreter, so the descriptor has to be inherited.
        try (Shell shell = Shell.start("exec /proc/self/fd/3", file)) {
            return shell.waitFor();
        }
    }

    @Test
    void aSealedFileRunsAndCannotBeChangedByAnybody() throws Exception {
        try (Fd file = Memfd.executable("lxj-test", SCRIPT)) {
            assertThat(run(file).exitCode()).hasValue(42);
            assertThat(Memfd.seals(file) & 0xF).isEqualTo(0xF);
            assertThatThrownBy(() -> file.write(new byte[] {1})).hasMessageContaining("EPERM");
            assertThat(file.call(Syscall.FTRUNCATE, 0)).isEqualTo(-Errno.EPERM.number());
            assertThatThrownBy(() -> Memfd.seal(file, Memfd.F_SEAL_WRITE)).hasMessageContaining("EPERM");
            try (Fd again = Fd.open(Path.of("/proc/self/fd/" + file.number()), Open.O_RDWR, 0)) {
                assertThatThrownBy(() -> again.write(new byte[] {1})).hasMessageContaining("EPERM");
            }
        }
    }

    @Test
    void anOrdinaryFileCanBeSealedStepByStep() throws Exception {
        try (Fd file = Memfd.create("lxj-test")) {
            file.write(new byte[10]);
            Memfd.seal(file, Memfd.F_SEAL_GROW);
            assertThatThrownBy(() -> file.write(new byte[1])).hasMessageContaining("EPERM");
            assertThat(file.call(Syscall.FTRUNCATE, 5)).isZero();
            Memfd.seal(file, Memfd.F_SEAL_SHRINK);
            assertThat(file.call(Syscall.FTRUNCATE, 1)).isEqualTo(-Errno.EPERM.number());
            assertThat(file.stat().size()).isEqualTo(5);
        }
    }
}
