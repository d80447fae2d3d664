package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.ByteSize;
import io.lxj.config.Config;
import io.lxj.config.ExecResult;
import io.lxj.config.ExitStatus;
import io.lxj.config.Limits;
import io.lxj.config.State;
import io.lxj.error.InvalidConfigException;
import io.lxj.testing.LeaksNothing;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Limits as processes meet them, on a host whose controllers all belong to cgroup v2. */
@EnabledIfEnvironmentVariable(named = "LXJ_MACHINE", matches = "1", disabledReason = "it is for .ci/vm")
@LeaksNothing
@Timeout(300)
class LimitsMachineTest {
    private static final Config SLEEPER = Config.ofImage("busybox").init("/bin/sleep", "1000000");
    private static final String EAT = "dd if=/dev/zero of=/dev/null bs=96M count=1";
    private static final int KILLED = 137;

    @RegisterExtension
    static final TestLxj host = TestLxj.of("busybox");

    private static ExecResult run(Container container, String script) {
        return container.exec("sh", "-c", "exec 2>&1; " + script);
    }

    private static long stat(Container container, String name) {
        return CgroupFiles.read(container, "cpu.stat", name);
    }

    private static long difference(String before, String after, String name) {
        return CgroupFiles.number(after, name) - CgroupFiles.number(before, name);
    }

    @Test
    void whoeverTakesTooMuchMemoryIsKilled() {
        Config limited = SLEEPER.limits(Limits.NONE.memory(ByteSize.mib(48)).swap(ByteSize.ZERO));
        Container container = host.start(limited);
        assertThat(run(container, EAT).exitCode()).isEqualTo(KILLED);
        assertThat(CgroupFiles.read(container, "memory.events", "oom_kill")).isEqualTo(1);
        assertThat(container.state()).isEqualTo(State.RUNNING);
        container.update(Limits.NONE.memory(ByteSize.mib(256)));
        assertThat(run(container, EAT).exitCode()).isZero();
        assertThat(run(container, "cat /sys/fs/cgroup/memory.max").stdout()).isEqualTo((256L << 20) + "\n");
    }

    @Test
    void withAGroupAllAreKilled() {
        Limits limits = Limits.NONE.memory(ByteSize.mib(48)).swap(ByteSize.ZERO).oomGroup(true);
        Container container = host.start(SLEEPER.limits(limits));
        container.exec("sh", "-c", EAT);
        ExitStatus exit = container.onExit().join();
        assertThat(exit.cause()).isEqualTo(ExitStatus.Cause.SIGNALED);
    }

    @Test
    void aContainerThatIsTooSmallToStartLeavesTheJvmAlone() {
        Container container =
                host.create(Config.ofImage("busybox").init("/bin/true").memory(ByteSize.kib(512)));
        container.start();
        assertThat(container.onExit().join().code()).hasValue(0);
    }

    @Test
    void aForkBombIsContained() {
        Container container = host.start(SLEEPER.pids(20));
        String bomb = "i=0; while [ $i -lt 60 ]; do sleep 1000 & i=$((i + 1)); done; echo all";
        assertThat(run(container, bomb).stdout()).contains("fork");
        // Before Linux 6.11 it is counted where the process is, then where the limit is.
        assertThat(CgroupFiles.read(container, "pids.events", "max")
                        + CgroupFiles.read(container, "payload/pids.events", "max"))
                .isPositive();
        assertThat(Long.parseLong(CgroupFiles.read(container, "pids.current"))).isLessThanOrEqualTo(20);
    }

    @Test
    void processorTimeIsLimitedToTheQuota() throws Exception {
        Container container = host.start(SLEEPER.cpus(0.25));
        ContainerProcess burner = container.process("sh", "-c", "while :; do :; done");
        double share;
        int windows = 0;
        do {
            String before = CgroupFiles.read(container, "cpu.stat");
            while (stat(container, "nr_throttled") < CgroupFiles.number(before, "nr_throttled") + 40) {
                Thread.sleep(50);
            }
            String after = CgroupFiles.read(container, "cpu.stat");
            double spent = difference(before, after, "usage_usec");
            assertThat(spent).isLessThan(difference(before, after, "nr_periods") * 25_000 * 1.05);
            // In a period in which it was throttled it got all. But a timer that was late, as they are where the whole
            // machine has to wait for a processor, counts several such periods for one quota: then once more.
            share = spent / (difference(before, after, "nr_throttled") * 25_000);
        } while (share < 0.95 && ++windows < 10);
        assertThat(share).isGreaterThan(0.95);
        burner.destroyForcibly();
    }

    @Test
    void theProcessorsThatAreChosenAreTheOnesSeenInside() {
        Container container = host.start(SLEEPER.limits(Limits.NONE.cpuset("1")));
        assertThat(run(container, "nproc").stdout()).isEqualTo("1\n");
        container.update(Limits.NONE);
        assertThat(run(container, "nproc").stdout()).isEqualTo("2\n");
        assertThatThrownBy(() -> container.update(Limits.NONE.cpuset("0,7")))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("limits.cpuset.cpus: \"0,7\" is not allowed; allowed: what this host has: 0-1");
    }

    @Test
    void limitsHoldAfterAReboot() {
        Container container = host.start(
                Config.ofImage("busybox").cpus(1.5).memory(ByteSize.mib(128)).pids(50));
        container.awaitReady(Duration.ofSeconds(60));
        container.reboot();
        assertThat(container.awaitState(State.RUNNING, TestLxj.LONG)).isTrue();
        assertThat(run(container, "cd /sys/fs/cgroup; cat cpu.max memory.max").stdout())
                .isEqualTo("150000 100000\n" + (128L << 20) + "\n");
        assertThat(CgroupFiles.read(container, "pids.max")).isEqualTo("50");
    }
}
