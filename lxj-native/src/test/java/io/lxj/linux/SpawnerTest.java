package io.lxj.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SpawnerTest {
    @Test
    void runsTheStepsAndReportsTheirResults() throws Exception {
        ProgramBuilder p = SyscallProgram.builder();
        var pid = p.step("ask", Syscall.GETPID);
        p.step("end", Syscall.EXIT_GROUP, 7);
        try (Spawned spawned = Spawner.spawn(p.build(), Map.of())) {
            assertThat(spawned.waitFor()).isEqualTo(WaitStatus.exited(7));
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
            assertThat(spawned.waitFor()).isEqualTo(WaitStatus.exited(126));
            assertThat(spawned.failure().orElseThrow().toString())
                    .isEqualTo("step 3 of 4, go nowhere: chdir(\"/no/such\"): ENOENT (No such file or directory)");
        }
    }
}
