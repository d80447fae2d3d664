package io.lxj.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.testing.LeaksNothing;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lanes: what is done in order, beside the thread of the supervisor. */
@LeaksNothing
@Timeout(120)
class LaneTest {
    private static <T> T await(CompletableFuture<T> future) throws Exception {
        return future.get(60, TimeUnit.SECONDS);
    }

    @Test
    void runsALaneInOrderBesideOtherLanes() throws Exception {
        try (Supervisor supervisor = Supervisor.open()) {
            Executor blocked = supervisor.lane();
            CompletableFuture<Void> release = new CompletableFuture<>();
            List<Integer> order = new ArrayList<>();
            blocked.execute(release::join);
            blocked.execute(() -> {
                throw new IllegalStateException("meant to fail");
            });
            CompletableFuture<List<Integer>> done = new CompletableFuture<>();
            for (int i = 0; i < 100; i++) {
                int number = i;
                blocked.execute(() -> order.add(number));
            }
            blocked.execute(() -> done.complete(order));

            CompletableFuture<Void> free = new CompletableFuture<>();
            supervisor.lane().execute(() -> free.complete(null));
            await(free);
            assertThat(done).isNotDone();
            release.complete(null);
            assertThat(await(done)).hasSize(100).isSorted();
        }
    }

    @Test
    void whatATaskLeavesIsRunOnItsThreadWhenTheLaneIsFreeAgain() throws Exception {
        try (Supervisor supervisor = Supervisor.open()) {
            Executor lane = supervisor.lane();
            CompletableFuture<Thread> task = new CompletableFuture<>();
            CompletableFuture<Thread> left = new CompletableFuture<>();
            CompletableFuture<Thread> another = new CompletableFuture<>();
            CompletableFuture<Void> laneIsFree = new CompletableFuture<>();
            lane.execute(() -> {
                supervisor.outsideLanes(() -> {
                    // Only another task of the lane can end this one.
                    lane.execute(() -> laneIsFree.complete(null));
                    laneIsFree.join();
                    left.complete(Thread.currentThread());
                });
                supervisor.outsideLanes(() -> another.complete(Thread.currentThread()));
                // The other one has a thread of its own, so that none waits for the other.
                another.join();
                assertThat(left).isNotDone();
                task.complete(Thread.currentThread());
            });
            assertThat(await(left)).isSameAs(await(task)).isNotSameAs(await(another));
        }
    }

    @Test
    void whatIsOutsideOfLanesFromTheBeginningGetsAThreadAndMayFail() throws Exception {
        try (Supervisor supervisor = Supervisor.open()) {
            CompletableFuture<Thread> outside = new CompletableFuture<>();
            supervisor.outsideLanes(() -> outside.complete(Thread.currentThread()));
            assertThat(await(outside)).isNotSameAs(Thread.currentThread());
            Executor lane = supervisor.lane();
            lane.execute(() -> supervisor.outsideLanes(() -> {
                throw new IllegalStateException("meant to fail");
            }));
            CompletableFuture<Void> next = new CompletableFuture<>();
            lane.execute(() -> next.complete(null));
            await(next);
        }
    }

    @Test
    void listenersThatWaitForEachOtherDoNotBringEventsToAStandstill() throws Exception {
        try (Supervisor supervisor = Supervisor.open()) {
            int many = 12;
            CountDownLatch all = new CountDownLatch(many);
            List<CompletableFuture<Boolean>> done = new ArrayList<>();
            for (int i = 0; i < many; i++) {
                CompletableFuture<Boolean> one = new CompletableFuture<>();
                done.add(one);
                supervisor.lane().execute(() -> {
                    all.countDown();
                    try {
                        one.complete(all.await(60, TimeUnit.SECONDS));
                    } catch (InterruptedException e) {
                        one.completeExceptionally(e);
                    }
                });
            }
            for (CompletableFuture<Boolean> one : done) {
                assertThat(await(one)).isTrue();
            }
        }
    }

    @Test
    void lanesThatAreBusyWhileItIsClosedLoseNothing() throws Exception {
        for (int round = 0; round < 50; round++) {
            Supervisor supervisor = Supervisor.open();
            CountDownLatch left = new CountDownLatch(200);
            Thread closer = new Thread(supervisor::close);
            for (int i = 0; i < 200; i++) {
                supervisor.lane().execute(left::countDown);
                if (i == 100) {
                    closer.start();
                }
            }
            closer.join();
            assertThat(left.await(60, TimeUnit.SECONDS)).isTrue();
        }
    }
}
