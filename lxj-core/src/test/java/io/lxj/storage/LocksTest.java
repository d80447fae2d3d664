package io.lxj.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.error.CanceledException;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsOwnFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@LeaksNothing
@Timeout(60)
@NeedsOwnFiles
class LocksTest {
    private static final LockName WEB = LockName.container("web");

    @TempDir
    Path folder;

    private StateFolder state;
    private Locks locks;

    @BeforeEach
    void open() {
        state = StateFolder.open(folder.resolve("state"));
        locks = state.locks();
    }

    @AfterEach
    void close() {
        state.close();
    }

    @Test
    void aLockIsNotTakenTwice() {
        try (Lock held = locks.exclusive(WEB)) {
            assertThat(held.name()).isEqualTo(WEB);
            assertThat(locks.tryExclusive(WEB)).isEmpty();
        }
        assertThat(locks.tryExclusive(WEB)).hasValueSatisfying(Lock::close);
    }

    @Test
    void aLockExcludesWhoOpenedTheStateFolderAnotherTime() {
        try (StateFolder again = StateFolder.open(state.path());
                Lock held = locks.exclusive(WEB)) {
            assertThat(again.locks().tryExclusive(held.name())).isEmpty();
        }
        try (StateFolder again = StateFolder.open(state.path())) {
            assertThat(again.locks().tryExclusive(WEB)).hasValueSatisfying(Lock::close);
        }
    }

    @Test
    void locksOfOtherNamesAndKindsAreIndependent() {
        List<LockName> names = List.of(WEB, LockName.container("web1"), LockName.image("web"), LockName.state());
        try (LockSet all = locks.exclusive(names)) {
            assertThat(names).allSatisfy(name -> assertThat(all.of(name).name()).isEqualTo(name));
            assertThat(names)
                    .allSatisfy(name -> assertThat(locks.tryExclusive(name)).isEmpty());
        }
        assertThat(names)
                .allSatisfy(name -> assertThat(locks.tryExclusive(name)).hasValueSatisfying(Lock::close));
    }

    @Test
    void sharersDoNotWaitForEachOtherButASoleUserWaitsForAllOfThem() throws Exception {
        Lock first = locks.shared(WEB);
        Lock second = locks.shared(WEB);
        assertThat(locks.tryExclusive(WEB)).isEmpty();
        CompletableFuture<Lock> sole = CompletableFuture.supplyAsync(() -> locks.exclusive(WEB));
        first.close();
        assertThat(sole).isNotDone();
        second.close();
        sole.get().close();
    }

    @Test
    void aSharedLockOfAnotherOpeningIsRespected() {
        try (StateFolder again = StateFolder.open(state.path())) {
            try (Lock mine = locks.shared(WEB);
                    Lock theirs = again.locks().shared(WEB)) {
                assertThat(List.of(mine.name(), theirs.name())).containsOnly(WEB);
                assertThat(locks.tryExclusive(WEB)).isEmpty();
                assertThat(again.locks().tryExclusive(WEB)).isEmpty();
            }
            assertThat(again.locks().tryExclusive(WEB)).hasValueSatisfying(Lock::close);
        }
    }

    @Test
    void anotherThreadMayGiveALockUp() throws Exception {
        Lock lock = locks.exclusive(WEB);
        CompletableFuture.runAsync(lock::close).get();
        assertThat(locks.tryExclusive(WEB)).hasValueSatisfying(Lock::close);
    }

    @Test
    void closingTwiceGivesNobodyElsesLockUp() {
        Lock lock = locks.exclusive(WEB);
        lock.close();
        try (Lock next = locks.exclusive(WEB)) {
            lock.close();
            assertThat(locks.tryExclusive(next.name())).isEmpty();
        }
    }

    @Test
    void waitingInThisJvmCanBeInterrupted() throws Exception {
        try (Lock held = locks.exclusive(WEB)) {
            assertThat(interruptedWhileWaiting(held))
                    .hasMessage("wait until others are done with container web: canceled");
        }
    }

    @Test
    void waitingForAnotherProcessCanBeInterrupted() throws Exception {
        try (OtherJvm other = OtherJvm.start(LockHolder.class, state.path(), "web", "exclusive")) {
            assertThat(other.line()).isEqualTo("lock of container web");
            assertThat(interruptedWhileWaiting(null)).isInstanceOf(CanceledException.class);
        }
        locks.exclusive(WEB).close();
    }

    private Throwable interruptedWhileWaiting(Lock heldByTest) throws Exception {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        CountDownLatch started = new CountDownLatch(1);
        Thread thread = new Thread(() -> {
            started.countDown();
            try {
                locks.exclusive(WEB).close();
                failure.complete(null);
            } catch (CanceledException e) {
                failure.complete(Thread.currentThread().isInterrupted() ? e : new AssertionError("not interrupted"));
            }
        });
        thread.start();
        started.await();
        thread.interrupt();
        Throwable thrown = failure.get(30, TimeUnit.SECONDS);
        thread.join();
        assertThat(locks.tryExclusive(WEB)).as("still held by %s", heldByTest).isEmpty();
        return thrown;
    }

    @Test
    void aLockThatWasRemovedIsMadeAgainByWhoWaitsForIt() throws Exception {
        Lock first = locks.exclusive(WEB);
        CompletableFuture<Lock> waiting;
        try (StateFolder again = StateFolder.open(state.path())) {
            waiting = CompletableFuture.supplyAsync(() -> again.locks().exclusive(WEB));
            first.close();
            try (Lock second = waiting.get()) {
                assertThat(second.name()).isEqualTo(WEB);
                assertThat(locks.tryExclusive(WEB)).isEmpty();
                assertThat(state.path().resolve("locks/container.web")).exists();
            }
        }
    }

    @Test
    void aFileStaysForWhatIsThereAndGoesWithTheLockOfWhatIsNot() throws Exception {
        Files.createDirectory(state.path().resolve("containers/there"));
        locks.exclusive(LockName.container("there")).close();
        locks.shared(LockName.container("there")).close();
        locks.exclusive(LockName.state()).close();
        locks.exclusive(WEB).close();
        locks.exclusive(LockName.image("there")).close();
        locks.shared(LockName.image("web")).close();
        assertThat(files()).containsExactlyInAnyOrder("container.there", "state");
    }

    private String[] files() {
        return state.path().resolve("locks").toFile().list();
    }

    @Test
    void theFileOfASharedLockGoesWithTheLastWhoSharesIt() {
        Lock first = locks.shared(WEB);
        Lock second = locks.shared(WEB);
        try (StateFolder again = StateFolder.open(state.path())) {
            first.close();
            assertThat(files()).containsExactly("container.web");
            assertThat(again.locks().tryExclusive(WEB)).isEmpty();
            Lock third = again.locks().shared(WEB);
            second.close();
            assertThat(files()).containsExactly("container.web");
            third.close();
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void aLockIsGivenUpAfterItsStateFolderWasClosed() {
        StateFolder again = StateFolder.open(state.path());
        Lock lock = again.locks().exclusive(WEB);
        again.close();
        lock.close();
        assertThat(locks.tryExclusive(WEB)).hasValueSatisfying(Lock::close);
    }

    @Test
    void aLockForSomethingElseIsRefused() {
        try (Lock lock = locks.exclusive(WEB)) {
            assertThatThrownBy(() -> lock.check(LockName.container("db")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("container db is not locked by the caller, but lock of container web");
        }
    }

    @Test
    void theLockOfAKilledJvmVanishes() throws Exception {
        for (String mode : List.of("exclusive", "shared")) {
            try (OtherJvm other = OtherJvm.start(LockHolder.class, state.path(), "web", mode)) {
                assertThat(other.line()).endsWith("lock of container web");
                assertThat(locks.tryExclusive(WEB)).isEmpty();
                CompletableFuture<Lock> waiting = CompletableFuture.supplyAsync(() -> locks.exclusive(WEB));
                assertThat(waiting).isNotDone();
                other.kill();
                waiting.get().close();
            }
        }
    }

    @Test
    void twoJvmsAndTheirThreadsDoNotGetInEachOthersWay() throws Exception {
        Path counter = Files.writeString(folder.resolve("counter"), "0");
        int threads = 4;
        int times = 250;
        try (OtherJvm other = OtherJvm.start(LockedCounter.class, state.path(), counter, threads, times)) {
            LockedCounter.count(state, counter, threads, times);
            assertThat(other.lines()).containsExactly("done");
            assertThat(other.waitFor()).isZero();
        }
        assertThat(Files.readString(counter)).isEqualTo(String.valueOf(2 * threads * times));
    }
}
