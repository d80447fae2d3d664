package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.ByteSize;
import io.lxj.config.Config;
import io.lxj.config.Stats;
import io.lxj.testing.LeaksNothing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is counted where all controllers belong to cgroup v2, without any limit being set. */
@EnabledIfEnvironmentVariable(named = "LXJ_MACHINE", matches = "1", disabledReason = "it is for .ci/vm")
@LeaksNothing
@Timeout(300)
class StatsMachineTest {
    @RegisterExtension
    static final TestLxj host = TestLxj.of("busybox");

    @Test
    void memoryAndProcessesAndDisksAreCounted() {
        Container container = host.start(Config.ofImage("busybox").init("/bin/sleep", "1000000"));
        assertThat(container.stats().processes()).hasValue(1);
        Stats before = container.stats();
        container.exec("dd", "if=/dev/zero", "of=/file", "bs=1M", "count=8", "conv=fsync");
        Stats after = container.stats();
        ByteSize cached = after.memory().orElseThrow().file();
        assertThat(cached.bytes() - before.memory().orElseThrow().file().bytes())
                .isGreaterThanOrEqualTo(8 << 20);
        assertThat(after.memory().orElseThrow().current()).isGreaterThan(cached);
        assertThat(after.memory().orElseThrow().peak().orElseThrow())
                .isGreaterThanOrEqualTo(after.memory().orElseThrow().current());
        assertThat(after.memory().orElseThrow().events()).containsEntry("oom_kill", 0L);
        assertThat(after.since(before).written()
                        * after.since(before).interval().toNanos()
                        / 1e9)
                .isGreaterThanOrEqualTo(8 << 20);
    }
}
