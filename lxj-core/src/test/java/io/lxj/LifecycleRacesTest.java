package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Config;
import io.lxj.config.ExitStatus;
import io.lxj.config.Mount;
import io.lxj.config.OnExit;
import io.lxj.config.State;
import io.lxj.error.IllegalTransitionException;
import io.lxj.error.LxjException;
import io.lxj.storage.OtherJvm;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Threads that want different things of one container at the same time. */
@NeedsContainers
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(120)
class LifecycleRacesTest {
    private static final Config SLEEPER = Config.ofImage("alpine").init("/bin/sleep", "1000000");

    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    @Test
    void isNotStartedWhileItIsBeingStopped() throws Exception {
        Container container = host.create(SLEEPER);
        for (int round = 0; round < 20; round++) {
            container.start();
            CompletableFuture<ExitStatus> exit = container.onExit();
            CompletableFuture<Boolean> started = new CompletableFuture<>();
            Subscription registration = container.addListener((who, state, ended) -> {
                if (state == State.STOPPING) {
                    started.completeAsync(() -> tryStart(who), task -> new Thread(task).start());
                }
            });
            container.stop();
            assertThat(exit.get(60, TimeUnit.SECONDS).cause()).isEqualTo(ExitStatus.Cause.KILLED);
            assertThat(started.get(60, TimeUnit.SECONDS)).isEqualTo(container.state() == State.RUNNING);
            registration.close();
            if (container.state() == State.RUNNING) {
                container.stop();
            }
        }
    }

    /** Whether it could be started. If it could, it must have been stopped before. */
    private static boolean tryStart(Container container) {
        try {
            container.start();
            return true;
        } catch (IllegalTransitionException e) {
            assertThat(e).hasMessageContaining("can't go from STOPPING to STARTING");
            return false;
        }
    }

    /** The kernel gives up a path with ".." below a root when something is renamed meanwhile, wherever that is. */
    @Test
    void isStartedWhileFilesAreRenamed(@TempDir Path folder) throws IOException {
        Container container = host.start(SLEEPER);
        container.exec("sh", "-ec", "mkdir -p /real/dir/y; ln -s ../real/dir/../dir /srv/link");
        container.stop();
        container.configure(SLEEPER.mount(Mount.tmpfs("/srv/link/y")));
        AtomicBoolean enough = new AtomicBoolean();
        List<CompletableFuture<Void>> renames = new ArrayList<>();
        for (String name : List.of("one", "two")) {
            Path file = Files.createFile(folder.resolve(name));
            renames.add(CompletableFuture.runAsync(() -> rename(file, enough), task -> new Thread(task).start()));
        }
        try {
            for (int i = 0; i < 60; i++) {
                container.start();
                container.stop();
            }
        } finally {
            enough.set(true);
            renames.forEach(CompletableFuture::join);
        }
    }

    private static void rename(Path file, AtomicBoolean enough) {
        Path other = file.resolveSibling(file.getFileName() + "-renamed");
        try {
            while (!enough.get()) {
                Files.move(file, other, StandardCopyOption.ATOMIC_MOVE);
                Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void threadsThatRaceLeaveItWholeWhicheverWins() throws Exception {
        Container container = host.create(SLEEPER);
        assertThat(Race.run(container)).isEmpty();
        isWhole(container);
    }

    /** What one of them started is killed when that one ends: the other one must see that, too. */
    @ParameterizedTest
    @EnumSource
    void jvmsThatRaceLeaveItWholeWhicheverWins(OnExit fate) throws Exception {
        Container container = host.create(SLEEPER.onExit(fate));
        try (OtherJvm other = OtherJvm.start(Race.class, host.folder(), container.name())) {
            assertThat(other.line()).isEqualTo("ready");
            assertThat(Race.run(container)).isEmpty();
            assertThat(other.line()).isEqualTo("[]");
            assertThat(other.waitFor()).isZero();
        }
        isWhole(container);
    }

    private static void isWhole(Container container) {
        if (container.state() != State.STOPPED) {
            container.stop();
        }
        assertThat(container.state()).isEqualTo(State.STOPPED);
        container.start();
        assertThat(container.exec("echo", "whole").stdout()).isEqualTo("whole\n");
    }

    @Test
    void onlyOneOfManyThreadsCreatesStartsAndDestroys() throws Exception {
        for (int round = 0; round < 5; round++) {
            assertThat(winners(() -> host.lxj().containers().create("raced", SLEEPER)))
                    .isOne();
            Container container = host.lxj().containers().get("raced");
            assertThat(winners(container::start)).isOne();
            assertThat(winners(() -> container.destroy())).isZero();
            container.stop();
            assertThat(winners(container::destroy)).isOne();
        }
    }

    private static int winners(Runnable action) throws InterruptedException {
        AtomicInteger winners = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(new Thread(() -> {
                try {
                    action.run();
                    winners.incrementAndGet();
                } catch (LxjException e) {
                    assertThat(e).hasMessageContaining("raced");
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        return winners.get();
    }
}
