package io.lxj.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SpawnerTest {
    private static int waitFor(int pid) {
        try (Scratch scratch = Scratch.open()) {
            Block status = scratch.zeroed(8);
            Kernel.call(Syscall.WAIT4, pid, status.address(), 0, 0);
            return status.buffer().getInt(0);
        }
    }

    @Test
    void runsTheStepsAndReportsTheirResults() throws Exception {
        ProgramBuilder p = SyscallProgram.builder();
        var pid = p.step("ask", Syscall.GETPID);
        p.step("end", Syscall.EXIT_GROUP, 7);
        try (Spawned spawned = Spawner.spawn(p.build(), Map.of())) {
            assertThat(waitFor(spawned.pid())).isEqualTo(7 << 8);
            assertThat(spawned.readLong(pid.result())).isEqualTo(spawned.pid());
            assertThat(spawned.failure()).isEmpty();
        }
    }

    @Test
    void namesTheStepThatFailed() throws Exception {
        ProgramBuilder p = SyscallProgram.builder();
        p.step("go nowhere", Syscall.CHDIR, p.string("/no/such"));
        p.step("end", Syscall.EXIT_GROUP, 0);
        try (Spawned spawned = Spawner.spawn(p.build(), Map.of())) {
            assertThat(waitFor(spawned.pid())).isEqualTo(126 << 8);
            assertThat(spawned.failure().orElseThrow().toString())
                    .isEqualTo("step 3 of 4, go nowhere: chdir(\"/no/such\"): ENOENT (No such file or directory)");
        }
    }
}
