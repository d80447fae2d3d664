package io.lxj.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether an image of another architecture can be started, from what the kernel shows of its handlers. */
class StartChecksTest {
    @TempDir
    Path binfmt;

    private void handler(String name, String state, String flags) throws IOException {
        Files.writeString(
                binfmt.resolve(name),
                state + "\ninterpreter /usr/libexec/qemu-binfmt/aarch64-binfmt-P\nflags: " + flags
                        + "\noffset 0\nmagic 7f454c460201010000000000000000000200b700\n");
    }

    @Test
    void aHandlerThatWorksInContainersIsEnabledAndHasItsInterpreterOpen() throws IOException {
        Files.writeString(binfmt.resolve("status"), "enabled\n");
        assertThat(StartChecks.emulated(binfmt, "aarch64")).isFalse();
        handler("qemu-aarch64", "enabled", "PO");
        handler("qemu-aarch64_be", "enabled", "F");
        assertThat(StartChecks.emulated(binfmt, "aarch64")).isFalse();
        handler("qemu-aarch64", "disabled", "POCF");
        assertThat(StartChecks.emulated(binfmt, "aarch64")).isFalse();
        handler("qemu-aarch64", "enabled", "POCF");
        assertThat(StartChecks.emulated(binfmt, "aarch64")).isTrue();
        assertThat(StartChecks.emulated(binfmt, "riscv64")).isFalse();
        assertThat(StartChecks.emulated(binfmt, "armv7l")).isFalse();
        handler("qemu-arm", "enabled", "F");
        assertThat(StartChecks.emulated(binfmt, "armv7l")).isTrue();
        assertThat(StartChecks.emulated(binfmt.resolve("not-mounted"), "aarch64"))
                .isFalse();
    }
}
