package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lxj.config.Config;
import io.lxj.config.Stats;
import io.lxj.error.WrongStateException;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@NeedsRoot
@NeedsRootfs("busybox")
@LeaksNothing
@Timeout(120)
class StatsTest {
    private static final Config SLEEPER = Config.ofImage("busybox").init("/bin/sleep", "1000000");

    @RegisterExtension
    static final TestLxj host = TestLxj.of("busybox");

    @Test
    void processorTimeIsWhatTheKernelCounts() {
        Container container = host.start(SLEEPER);
        Stats before = container.stats();
        long counted = CgroupFiles.read(container, "cpu.stat", "usage_usec");
        container.exec("sh", "-c", "i=0; while [ $i -lt 100000 ]; do i=$((i + 1)); done");
        Stats after = container.stats();
        long countedAfter = CgroupFiles.read(container, "cpu.stat", "usage_usec");
        assertThat(micros(before)).isLessThanOrEqualTo(counted).isPositive();
        assertThat(micros(after)).isGreaterThan(counted).isLessThanOrEqualTo(countedAfter);
        assertThat(after.cpu().user()).isGreaterThan(before.cpu().user());
        Stats.Rates rates = after.since(before);
        assertThat(rates.interval()).isPositive();
        double expected =
                (micros(after) - micros(before)) * 1000.0 / rates.interval().toNanos();
        assertThat(rates.cpus()).isCloseTo(expected, within(0.001));
    }

    private static long micros(Stats stats) {
        return stats.cpu().usage().toNanos() / 1000;
    }

    @Test
    void trafficIsThatOfTheContainersOwnInterfaces() {
        Container container = host.start(SLEEPER);
        assertThat(container.stats().network()).containsOnlyKeys("lo");
        long before = container.stats().network().get("lo").packetsSent();
        container.exec("ping", "-c", "3", "-i", "0.1", "127.0.0.1");
        Stats.Network after = container.stats().network().get("lo");
        // Three requests and three answers.
        assertThat(after.packetsSent()).isEqualTo(before + 6);
        assertThat(after.received()).isEqualTo(after.sent());
    }

    @Test
    void pressureIsTold() {
        Stats stats = host.start(SLEEPER).stats();
        assertThat(stats.pressure()).containsOnlyKeys("cpu", "memory", "io");
        assertThat(stats.pressure().get("cpu").some()).isBetween(0.0, 100.0);
        assertThat(stats.pressure().get("cpu").someTotal()).isGreaterThanOrEqualTo(Duration.ZERO);
    }

    @Test
    void anotherRunIsCountedAnew() {
        Container container = host.start(SLEEPER);
        container.exec("sh", "-c", "i=0; while [ $i -lt 100000 ]; do i=$((i + 1)); done");
        Stats first = container.stats();
        container.stop();
        assertThatThrownBy(container::stats)
                .isInstanceOf(WrongStateException.class)
                .hasMessageContaining("measure " + container.name());
        container.start();
        assertThat(container.stats().cpu().usage()).isLessThan(first.cpu().usage());
    }
}
