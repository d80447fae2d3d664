package io.lxj.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.linux.Block;
import io.lxj.linux.Epoll;
import io.lxj.linux.EventFd;
import io.lxj.linux.Fd;
import io.lxj.linux.Open;
import io.lxj.testing.LeaksNothing;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The thread that waits for everything: descriptors, tasks and timers. */
@LeaksNothing
@Timeout(120)
class SupervisorTest {
    private static <T> T await(CompletableFuture<T> future) throws Exception {
        return future.get(60, TimeUnit.SECONDS);
    }

    private static List<Thread> threads(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(name))
                .toList();
    }

    @Test
    void tellsOfADescriptorUntilTheWatchIsClosed() throws Exception {
        try (Supervisor supervisor = Supervisor.open();
                EventFd event = EventFd.open()) {
            Semaphore calls = new Semaphore(0);
            Registration watch = supervisor.watch(event.fd(), Epoll.EPOLLIN, (events, self) -> {
                event.take();
                calls.release();
            });
            event.signal();
            calls.acquire();
            event.signal();
            calls.acquire();
            watch.close();
            watch.close();
            event.signal();
            // Passes through the same epoll, after whatever the signal would have caused.
            for (int i = 0; i < 3; i++) {
                CompletableFuture<Void> turn = new CompletableFuture<>();
                supervisor.execute(() -> turn.complete(null));
                await(turn);
            }
            assertThat(calls.availablePermits()).isZero();
        }
    }

    @Test
    void refusesWhatEpollCannotWatch() throws Exception {
        try (Supervisor supervisor = Supervisor.open();
                Fd file = Fd.open(Path.of("/"), Open.O_RDONLY, 0)) {
            assertThatThrownBy(() -> supervisor.watch(file, Epoll.EPOLLIN, (events, self) -> {}))
                    .hasMessageContaining("epoll_ctl")
                    .hasMessageContaining("EPERM");
            assertThat(supervisor).hasToString("supervisor of 0 descriptors");
        }
    }

    @Test
    void goesOnAfterAHandlerThatThrows() throws Exception {
        try (Supervisor supervisor = Supervisor.open();
                EventFd bad = EventFd.open();
                EventFd good = EventFd.open()) {
            AtomicInteger failures = new AtomicInteger();
            CompletableFuture<Integer> recovered = new CompletableFuture<>();
            supervisor.watch(bad.fd(), Epoll.EPOLLIN, (events, self) -> {
                if (failures.incrementAndGet() < 3) {
                    throw new AssertionError("meant to fail");
                }
                bad.take();
                recovered.complete(failures.get());
            });
            supervisor.execute(() -> {
                throw new IllegalArgumentException("meant to fail");
            });
            supervisor.schedule(Duration.ZERO, () -> {
                throw new IllegalArgumentException("meant to fail");
            });
            CompletableFuture<Void> called = new CompletableFuture<>();
            supervisor.watch(good.fd(), Epoll.EPOLLIN, (events, self) -> {
                good.take();
                called.complete(null);
            });
            bad.signal();
            good.signal();
            await(called);
            assertThat(await(recovered)).isEqualTo(3);
        }
    }

    @Test
    void aFloodOnOneDescriptorDoesNotStarveTheOthers() throws Exception {
        try (Supervisor supervisor = Supervisor.open();
                EventFd flooded = EventFd.open();
                EventFd other = EventFd.open()) {
            // Never taken: readable for ever.
            supervisor.watch(flooded.fd(), Epoll.EPOLLIN, (events, self) -> {});
            flooded.signal();
            for (int i = 0; i < 100; i++) {
                CompletableFuture<Void> called = new CompletableFuture<>();
                Registration watch = supervisor.watch(other.fd(), Epoll.EPOLLIN, (events, self) -> {
                    other.take();
                    called.complete(null);
                });
                other.signal();
                await(called);
                watch.close();
            }
        }
    }

    @Test
    void runsTasksInOrderAndTimersByTheirTime() throws Exception {
        try (Supervisor supervisor = Supervisor.open()) {
            List<String> order = new ArrayList<>();
            CompletableFuture<List<String>> done = new CompletableFuture<>();
            supervisor.execute(() -> {
                supervisor.schedule(Duration.ofMillis(30), () -> order.add("third"));
                supervisor.schedule(Duration.ofMillis(20), () -> order.add("second"));
                supervisor
                        .schedule(Duration.ofMillis(20), () -> order.add("taken back"))
                        .close();
                supervisor.schedule(Duration.ofMillis(-5), () -> order.add("first"));
                supervisor.schedule(Duration.ofMillis(40), () -> done.complete(List.copyOf(order)));
                supervisor.schedule(Duration.ofSeconds(Long.MAX_VALUE), () -> order.add("never"));
            });
            assertThat(await(done)).containsExactly("first", "second", "third");

            List<Integer> numbers = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                int number = i;
                supervisor.execute(() -> numbers.add(number));
            }
            CompletableFuture<Void> last = new CompletableFuture<>();
            supervisor.execute(() -> last.complete(null));
            await(last);
            assertThat(numbers).hasSize(1000).isSorted();
        }
    }

    @Test
    void aTimerFromAnotherThreadIsNotKeptWaitingByALaterOne() throws Exception {
        try (Supervisor supervisor = Supervisor.open()) {
            supervisor.schedule(Duration.ofHours(1), () -> {});
            CompletableFuture<Void> due = new CompletableFuture<>();
            supervisor.schedule(Duration.ofMillis(1), () -> due.complete(null));
            await(due);
        }
    }

    @Test
    void aTaskThatRepeatsItselfLeavesRoomForEvents() throws Exception {
        try (Supervisor supervisor = Supervisor.open();
                EventFd event = EventFd.open()) {
            CompletableFuture<Void> begun = new CompletableFuture<>();
            Runnable[] again = new Runnable[1];
            again[0] = () -> {
                begun.complete(null);
                supervisor.execute(again[0]);
            };
            supervisor.execute(again[0]);
            await(begun);
            CompletableFuture<Void> called = new CompletableFuture<>();
            supervisor.watch(event.fd(), Epoll.EPOLLIN, (events, self) -> called.complete(null));
            event.signal();
            await(called);
            // A task that isn't taken after the end would keep close waiting.
            again[0] = () -> {};
        }
    }

    @Test
    void hasOneThreadAndNoOtherWhenNothingHappens() throws Exception {
        Supervisor supervisor = Supervisor.open();
        CompletableFuture<Void> event = new CompletableFuture<>();
        supervisor.lane().execute(() -> event.complete(null));
        await(event);
        while (threads("lxj-events").size() > 0) {
            Thread.sleep(50);
        }
        assertThat(threads("lxj-supervisor")).hasSize(1).allMatch(Thread::isDaemon);
        supervisor.close();
        assertThat(threads("lxj-supervisor")).isEmpty();
    }

    @Test
    void runsWhatItWasGivenBeforeItEndsAndRefusesMore() throws Exception {
        Supervisor supervisor = Supervisor.open();
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 100; i++) {
            supervisor.execute(ran::incrementAndGet);
        }
        supervisor.close();
        supervisor.close();
        assertThat(ran).hasValue(100);
        assertThatThrownBy(() -> supervisor.execute(() -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the supervisor is closed");
        assertThatThrownBy(() -> supervisor.schedule(Duration.ZERO, () -> {}))
                .isInstanceOf(IllegalStateException.class);
        CompletableFuture<Void> late = new CompletableFuture<>();
        supervisor.lane().execute(() -> late.complete(null));
        await(late);
    }

    @Test
    void canBeClosedFromItsOwnThread() throws Exception {
        Supervisor supervisor = Supervisor.open();
        supervisor.execute(supervisor::close);
        supervisor.close();
        assertThat(threads("lxj-supervisor")).isEmpty();
    }

    @Test
    void aStaleEventDoesNotReachAClosedWatch() throws Exception {
        try (Supervisor supervisor = Supervisor.open();
                EventFd first = EventFd.open();
                EventFd second = EventFd.open()) {
            AtomicInteger calls = new AtomicInteger();
            CompletableFuture<Void> start = new CompletableFuture<>();
            CompletableFuture<Void> held = new CompletableFuture<>();
            Registration[] watches = new Registration[2];
            // Whichever is called first closes both; the other's event has been fetched by then.
            Handler closeBoth = (events, self) -> {
                calls.incrementAndGet();
                watches[0].close();
                watches[1].close();
            };
            supervisor.execute(() -> {
                held.complete(null);
                start.join();
            });
            await(held);
            watches[0] = supervisor.watch(first.fd(), Epoll.EPOLLIN, closeBoth);
            watches[1] = supervisor.watch(second.fd(), Epoll.EPOLLIN, closeBoth);
            first.signal();
            second.signal();
            start.complete(null);
            CompletableFuture<Void> turn = new CompletableFuture<>();
            supervisor.schedule(Duration.ofMillis(5), () -> supervisor.execute(() -> turn.complete(null)));
            await(turn);
            assertThat(calls).hasValue(1);
            Block block = Block.allocate(8);
            assertThat(first.fd().read(block, 0, 8)).isEqualTo(8);
        }
    }
}
