package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lxj.config.Config;
import io.lxj.config.Stats;
import io.lxj.error.InvalidConfigException;
import io.lxj.error.WrongStateException;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@NeedsContainers
@NeedsRootfs("busybox")
@LeaksNothing
@Timeout(120)
class StatsTest {
    private static final Config SLEEPER = Config.ofImage("busybox").init("/bin/sleep", "1000000");

    private static final Duration PERIOD = Duration.ofMillis(20);

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

    @Test
    void isMeasuredAgainAndAgainWhileItRuns() throws Exception {
        Container container = host.create(SLEEPER);
        BlockingQueue<Sample> samples = new LinkedBlockingQueue<>();
        Subscription subscription =
                container.addStatsListener(PERIOD, (who, now, before) -> samples.add(new Sample(who, now, before)));
        for (int run = 0; run < 2; run++) {
            container.start();
            Sample first = samples.poll(60, TimeUnit.SECONDS);
            assertThat(first.container()).isEqualTo(container);
            // Of the run before nothing is compared with this one; but its last measurement may be told late.
            while (first.before().isPresent()) {
                first = samples.poll(60, TimeUnit.SECONDS);
            }
            Sample second = samples.poll(60, TimeUnit.SECONDS);
            assertThat(second.before()).contains(first.now());
            assertThat(second.now().since(first.now()).interval()).isPositive();
            container.stop();
        }
        subscription.close();
        container.start();
        samples.clear();
        Thread.sleep(PERIOD.multipliedBy(5).toMillis());
        assertThat(samples).isEmpty();
    }

    private record Sample(Container container, Stats now, Optional<Stats> before) {}

    @Test
    void forOneWhoIsSlowMeasurementsAreLeftOut() throws Exception {
        Container container = host.start(SLEEPER);
        BlockingQueue<Stats> slow = new LinkedBlockingQueue<>();
        BlockingQueue<Stats> quick = new LinkedBlockingQueue<>();
        CountDownLatch go = new CountDownLatch(1);
        container.addStatsListener(PERIOD, (who, now, before) -> {
            slow.add(now);
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        container.addStatsListener(PERIOD, (who, now, before) -> quick.add(now));
        container.addStatsListener(PERIOD, (who, now, before) -> {
            throw new IllegalStateException("a listener of a test fails");
        });
        slow.poll(60, TimeUnit.SECONDS);
        quick.clear();
        Stats during = null;
        for (int i = 0; i < 5; i++) {
            during = quick.poll(60, TimeUnit.SECONDS);
        }
        assertThat(slow).isEmpty();
        go.countDown();
        // What comes next is as it is then, not as it was when the listener was busy.
        assertThat(slow.poll(60, TimeUnit.SECONDS).nanos()).isGreaterThan(during.nanos());
    }

    @Test
    void aPeriodThatIsTooShortIsRefused() {
        Container container = host.create(SLEEPER);
        assertThatThrownBy(() -> container.addStatsListener(Duration.ofMillis(9), (who, now, before) -> {}))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("10 ms or more");
    }
}
