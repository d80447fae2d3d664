package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Command;
import io.lxj.config.Config;
import io.lxj.config.ExecResult;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsRootfs;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Limits where systemd has all controllers: in a Debian container, in which lxj runs, too. One of the machines boots it,
 * see {@code .ci/vm}; for aarch64 there is no archive of one.
 */
@EnabledIfEnvironmentVariable(named = "LXJ_MACHINE", matches = "1", disabledReason = "it is for .ci/vm")
@Tag("oldest-only")
@NeedsRootfs({"debian-12", "busybox"})
@LeaksNothing
@Timeout(900)
class SystemdScopeMachineTest {
    private static final String EAT = "dd if=/dev/zero of=/dev/null bs=40M count=1 2>/dev/null";

    @RegisterExtension
    static final TestLxj lxj = TestLxj.of("debian-12");

    private static NestedJava java;
    private static Container host;

    @BeforeAll
    static void boot() throws IOException {
        java = NestedJava.copy("busybox");
        host = lxj.start(java.in(Config.ofImage("debian-12").nesting(1)));
        host.awaitReady(TestLxj.LONG);
        // Slices stay once they are there.
        String prepare = "mount -t tmpfs tmpfs /srv; systemctl start machine.slice";
        assertThat(host.exec("sh", "-ec", prepare).exitCode()).isZero();
    }

    @AfterAll
    static void halt() throws IOException {
        java.close();
    }

    @Test
    void limitsAreInForceInTheScopeThatSystemdGives() {
        String read = "run:cd /sys/fs/cgroup/machine.slice/lxj-*.scope/lxj-*/web;"
                + " grep . memory.max memory.swap.max cpu.max pids.max";
        List<String> script = java.command(
                ScriptedJvm.class,
                NestedJava.ROOTFS,
                "/srv/lxj",
                "create:web",
                "limits:web",
                "start:web",
                "cgroup:web",
                read,
                "exec:web:" + EAT,
                "exec:web:for i in 1 2 3 4 5 6 7 8 9 10; do sleep 1000 & done 2>&1",
                "more:web",
                read,
                "exec:web:" + EAT,
                "stats:web",
                "run:systemd-cgtop --batch --raw --iterations=1 --depth=9 | grep /web",
                "stop:web",
                "destroy:web");
        ExecResult result = host.exec(Command.of(script));
        assertThat(result.exitCode()).as(result.stderr()).isZero();
        String others = "memory.swap.max:0\ncpu.max:50000 100000\npids.max:8\n";
        assertThat(result.stdout().replaceAll("lxj-[0-9a-f]{8}", "lxj-ID"))
                .startsWith("web 0::/machine.slice/lxj-ID.scope/lxj-ID/web/payload\nmemory.max:" + (20 << 20) + "\n"
                        + others + "137 \n2 sh: can't fork: Resource temporarily unavailable\nmemory.max:"
                        + (64 << 20) + "\n" + others + "0 \n");
        List<String[]> counted = result.stdout()
                .lines()
                .skip(12)
                .map(line -> line.strip().split(" +"))
                .toList();
        String[] own = counted.get(0);
        String[] systemds = counted.get(1);
        assertThat(systemds[0]).endsWith("/web");
        assertThat(systemds[1]).isEqualTo(own[1]);
        // Nothing goes on there; but the kernel may give back meanwhile what it had charged in advance.
        long memory = Long.parseLong(own[2]);
        assertThat(Long.parseLong(systemds[3])).isBetween(memory - (1 << 20), memory);
    }

    /** Without any limit being set from outside. */
    @Test
    void systemdLimitsServicesInTheContainer() {
        ExecResult result = host.exec(
                "systemd-run",
                "--wait",
                "--collect",
                "-p",
                "MemoryMax=20M",
                "-p",
                "MemorySwapMax=0",
                "-p",
                "TasksMax=8",
                "-p",
                "CPUQuota=50%",
                "sh",
                "-c",
                "cd /sys/fs/cgroup$(cut -d : -f 3 /proc/self/cgroup); cat cpu.max pids.max >/srv/seen; " + EAT);
        assertThat(result.exitCode()).isNotZero();
        assertThat(result.stderr()).contains("Finished with result: oom-kill");
        assertThat(host.exec("cat", "/srv/seen").stdout()).isEqualTo("50000 100000\n8\n");
    }
}
