package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Config;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.RawCalls;
import io.lxj.testing.RawCalls.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** On a host whose kernel makes calls of x32, as Debian's does if it is booted with syscall.x32=y. */
@EnabledIfEnvironmentVariable(named = "LXJ_MACHINE", matches = "1", disabledReason = "it is for .ci/vm")
@Tag("x86")
@LeaksNothing
class X32MachineTest {
    private static final long X32 = 0x40000000;
    private static final long GETPID = X32 | 39;
    private static final long GETUID = X32 | 102;
    private static final long ENOSYS = -38;

    @RegisterExtension
    static final TestLxj host = TestLxj.of("busybox");

    @TempDir
    private Path folder;

    @Test
    void callsThatTheKernelWouldMakeAreNotImplementedInAContainer() throws IOException {
        RawCalls calls = new RawCalls(
                new byte[0], List.of(new Call(false, GETPID, List.of()), new Call(false, GETUID, List.of())));
        List<Long> outside = calls.run(folder);
        assertThat(outside.get(0)).isPositive();
        assertThat(outside.get(1)).isZero();

        Container container = host.start(Config.ofImage("busybox"));
        container.files().write("/calls", Files.readAllBytes(folder.resolve("calls")), 0755);
        container.files().write("/file", calls.file(), 0644);
        assertThat(container.exec("sh", "-c", "exec /calls 0<>/file").exitCode())
                .isZero();
        assertThat(calls.results(container.files().read("/file"))).containsOnly(ENOSYS);
    }
}
