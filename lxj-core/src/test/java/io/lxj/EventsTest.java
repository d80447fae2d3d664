package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Config;
import io.lxj.config.ContainerEvent.Frozen;
import io.lxj.config.ContainerEvent.Populated;
import io.lxj.config.ContainerEvent.Pressure;
import io.lxj.config.OnExit;
import io.lxj.config.PressureThreshold;
import io.lxj.config.State;
import io.lxj.error.LxjException;
import io.lxj.storage.OtherJvm;
import io.lxj.testing.Caller;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the kernel tells of containers on any host; what it takes controllers for is in {@link EventsMachineTest}. */
@NeedsContainers
@NeedsRootfs("busybox")
@LeaksNothing
@Timeout(120)
class EventsTest {
    private static final Config SLEEPER = Config.ofImage("busybox").init("/bin/sleep", "1000000");
    private static final Duration WINDOW = Duration.ofSeconds(2);
    /** More of them than there are processors. */
    private static final String BUSY = "for i in 1 2 3 4 5 6 7 8 9; do while :; do :; done & done; wait";

    @RegisterExtension
    static final TestLxj host = TestLxj.of("busybox");

    private final Heard heard = new Heard();

    @BeforeAll
    static void open() throws Exception {
        // What lxj opens once and keeps is there from now on.
        Container first = host.create(SLEEPER);
        Heard heard = new Heard();
        Subscription subscription = first.addEventListener(heard);
        first.start();
        heard.next(Populated.class);
        subscription.close();
        host.clear();
    }

    @Test
    void tellsThatThereAreProcessesAndThatThereAreNoneAnyMore() throws Exception {
        Container container = host.create(SLEEPER);
        container.addEventListener(heard);
        for (int run = 0; run < 2; run++) {
            container.start();
            assertThat(heard.next(Populated.class).populated()).isTrue();
            container.stop();
            assertThat(heard.next(Populated.class).populated()).isFalse();
        }
        assertThat(heard.nothing()).isTrue();
    }

    @Test
    void goesOnAfterAReboot() throws Exception {
        Container container = host.start("busybox");
        container.awaitReady(TestLxj.LONG);
        container.addEventListener(heard);
        container.reboot();
        assertThat(heard.next(Populated.class).populated()).isFalse();
        assertThat(heard.next(Populated.class).populated()).isTrue();
        container.freeze();
        assertThat(heard.next(Frozen.class).frozen()).isTrue();
    }

    @Test
    void tellsWhatAnotherProcessDoes() throws Exception {
        Container container = host.start(SLEEPER);
        container.addEventListener(heard);
        try (Lxj second = Lxj.open(host.folder())) {
            Container same = second.containers().get(container.name());
            Heard there = new Heard();
            same.addEventListener(there);
            same.freeze();
            assertThat(heard.next(Frozen.class).frozen()).isTrue();
            assertThat(there.next(Frozen.class).frozen()).isTrue();
            container.unfreeze();
            assertThat(there.next(Frozen.class).frozen()).isFalse();
        }
        assertThat(heard.next(Frozen.class).frozen()).isFalse();
    }

    @Test
    void aContainerThatIsTakenOverIsListenedToFromThenOn() throws Exception {
        Path shared = Files.createDirectory(
                host.folder().resolveSibling("shared-" + ProcessHandle.current().pid()));
        try (OtherJvm other =
                OtherJvm.start(KeepingJvm.class, host.folder(), shared, "while :; do sleep 0.1; done", "wait")) {
            other.line();
            other.kill();
            Container kept = host.lxj().containers().get("kept");
            assertThat(kept.config().onExit()).isEqualTo(OnExit.KEEP);
            kept.addEventListener(heard);
            kept.freeze();
            assertThat(heard.next(Frozen.class).frozen()).isTrue();
            // The kernel may tell of the end of a frozen one in either order.
            kept.unfreeze();
            assertThat(heard.next(Frozen.class).frozen()).isFalse();
            kept.stop();
            assertThat(heard.next(Populated.class).populated()).isFalse();
        } finally {
            Files.delete(shared);
        }
    }

    @Test
    void whoHasClosedHearsNothingAndNothingStaysOpen() throws Exception {
        Container container = host.create(SLEEPER);
        Subscription subscription =
                container.addEventListener(heard, PressureThreshold.io(Duration.ofSeconds(1), WINDOW));
        container.start();
        heard.next(Populated.class);
        assertThat(watched(container)).isEqualTo(2);
        subscription.close();
        assertThat(watched(container)).isZero();
        container.freeze();
        container.stop();
        assertThat(heard.nothing()).isTrue();
    }

    /** How many files of the container's cgroup this JVM has open that announce something. */
    private static long watched(Container container) throws Exception {
        try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
            return fds.map(EventsTest::target)
                    .filter(target -> target.contains("/" + container.name() + "/"))
                    .filter(target -> target.endsWith(".events") || target.endsWith(".pressure"))
                    .count();
        }
    }

    private static String target(Path fd) {
        try {
            return Files.readSymbolicLink(fd).toString();
        } catch (java.io.IOException e) {
            // It was the one of the listing itself.
            return "";
        }
    }

    @Test
    void tellsOfPressureAboveAThreshold() throws Exception {
        Container container = host.create(Config.ofImage("busybox").init("/bin/sh", "-c", BUSY));
        PressureThreshold some = PressureThreshold.cpu(Duration.ofMillis(50), WINDOW);
        Heard memory = new Heard();
        container.addEventListener(heard, some);
        container.addEventListener(
                memory, PressureThreshold.memory(WINDOW, WINDOW).full());
        container.start();
        assertThat(heard.nextOf(Pressure.class).threshold()).isEqualTo(some);
        container.stop();
        // Each is only told of its own thresholds.
        memory.next(Populated.class);
        assertThat(memory.next(Populated.class).populated()).isFalse();
        container.start();
        assertThat(heard.nextOf(Pressure.class).threshold()).isEqualTo(some);
    }

    @Test
    void aWindowThatTheKernelDoesNotTakeIsRefusedAtOnce() throws Exception {
        Container container = host.create(SLEEPER);
        PressureThreshold odd = PressureThreshold.cpu(Duration.ofMillis(500), Duration.ofSeconds(3));
        boolean maySetAnyWindow = Files.readString(Path.of("/proc/self/status"))
                .lines()
                .filter(line -> line.startsWith("CapEff:"))
                .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) >> 24 & 1) == 1);
        // For an ordinary user it is set by root of a user namespace, which has the capability.
        if (maySetAnyWindow || !Caller.isRoot()) {
            container.addEventListener(heard, odd).close();
        } else {
            assertThatThrownBy(() -> container.addEventListener(heard, odd))
                    .isInstanceOf(LxjException.class)
                    .hasMessageStartingWith("listen to events of " + container.name() + ": write(")
                    .hasMessageEndingWith("the window has to be 2, 4, 6, 8 or 10 seconds");
        }
    }

    @Test
    void aListenerThatThrowsOrNeverReturnsHurtsNobodyElse() throws Exception {
        Container container = host.create(SLEEPER);
        CountDownLatch ever = new CountDownLatch(1);
        CountDownLatch inside = new CountDownLatch(1);
        container.addEventListener((who, event) -> {
            throw new IllegalStateException("a listener of a test fails");
        });
        container.addEventListener((who, event) -> {
            inside.countDown();
            try {
                ever.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        container.addEventListener(heard);
        container.start();
        inside.await();
        assertThat(heard.next(Populated.class).populated()).isTrue();
        container.stop();
        assertThat(container.state()).isEqualTo(State.STOPPED);
        assertThat(heard.next(Populated.class).populated()).isFalse();
        ever.countDown();
    }
}
