package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Config;
import io.lxj.config.ExecResult;
import io.lxj.config.ExitStatus;
import io.lxj.config.State;
import io.lxj.testing.LeaksNothing;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On a host whose controllers all belong to cgroup v2. */
@EnabledIfEnvironmentVariable(named = "LXJ_MACHINE", matches = "1", disabledReason = "it is for .ci/vm")
@LeaksNothing
class UnifiedHostMachineTest {
    @RegisterExtension
    static final TestLxj host = TestLxj.of("busybox");

    @Test
    void allControllersAreThere() {
        List<String> names = List.of("cpu", "cpuset", "io", "memory", "pids");
        HostReport report = Host.check();
        assertThat(report.isUsable()).as(report.toString()).isTrue();
        assertThat(report.features())
                .filteredOn(HostFeature::available)
                .extracting(HostFeature::name)
                .containsAll(names.stream().map(name -> name + " controller").toList());
    }

    @Test
    void aContainerBootsAnswersAndHalts() {
        Container container = host.lxj().containers().create("unified", Config.ofImage("busybox"));
        container.start();
        ExecResult result = container.exec("cat", "/proc/self/cgroup");
        assertThat(result.stdout()).isEqualTo("0::/\n");
        ExitStatus exit = container.shutdown(TestLxj.LONG);
        assertThat(exit.cause()).isEqualTo(ExitStatus.Cause.HALTED);
        assertThat(container.state()).isEqualTo(State.STOPPED);
        container.destroy();
    }
}
