package io.lxj.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.linux.Pidfd;
import io.lxj.linux.Pipe;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Signal;
import io.lxj.linux.Spawned;
import io.lxj.linux.Spawner;
import io.lxj.linux.Syscall;
import io.lxj.linux.SyscallProgram;
import io.lxj.linux.WaitStatus;
import io.lxj.testing.LeaksNothing;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How the supervisor hears of the ends of processes. */
@LeaksNothing
@Timeout(120)
class SupervisorExitTest {
    private static SyscallProgram exitWith(int code) {
        ProgramBuilder program = SyscallProgram.builder();
        program.step("end", Syscall.EXIT_GROUP, code);
        return program.build();
    }

    private static <T> T await(CompletableFuture<T> future) throws Exception {
        return future.get(60, TimeUnit.SECONDS);
    }

    @Test
    void reapsTenThousandChildrenEachWithItsOwnStatus() throws Exception {
        int total = 10_000;
        Map<Integer, SyscallProgram> programs = new HashMap<>();
        for (int code = 0; code < 256; code++) {
            programs.put(code, exitWith(code));
        }
        try (Supervisor supervisor = Supervisor.open()) {
            Semaphore slots = new Semaphore(64);
            CountDownLatch left = new CountDownLatch(total);
            ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
            for (int i = 0; i < total; i++) {
                slots.acquire();
                int code = i % 256;
                Spawned spawned = Spawner.spawn(programs.get(code), Map.of());
                Pidfd pidfd = Pidfd.open(spawned.pid());
                spawned.close();
                supervisor.watchExit(pidfd, true, status -> {
                    if (!status.equals(Optional.of(WaitStatus.exited(code)))) {
                        wrong.add(code + ": " + status);
                    }
                    pidfd.close();
                    slots.release();
                    left.countDown();
                });
            }
            assertThat(left.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(wrong).isEmpty();
            assertThat(supervisor).hasToString("supervisor of 0 descriptors");
        }
    }

    @Test
    void doesNotTakeTheChildrenOfTheApplication() throws Exception {
        try (Supervisor supervisor = Supervisor.open()) {
            Process application = new ProcessBuilder("sh", "-c", "exit 7").start();
            Spawned ours = Spawner.spawn(exitWith(3), Map.of());
            CompletableFuture<Optional<WaitStatus>> status = new CompletableFuture<>();
            try (Pidfd pidfd = Pidfd.open(ours.pid())) {
                supervisor.watchExit(pidfd, true, status::complete);
                assertThat(await(status)).contains(WaitStatus.exited(3));
            }
            ours.close();
            assertThat(application.waitFor()).isEqualTo(7);
        }
    }

    @Test
    void noticesTheEndOfAProcessThatIsNoChildWithoutItsStatus() throws Exception {
        try (Supervisor supervisor = Supervisor.open()) {
            // The child of a child.
            Process shell = new ProcessBuilder("sh", "-c", "sleep 600 & echo $!; wait").start();
            int pid = Integer.parseInt(shell.inputReader().readLine());
            CompletableFuture<Optional<WaitStatus>> status = new CompletableFuture<>();
            try (Pidfd pidfd = Pidfd.open(pid)) {
                supervisor.watchExit(pidfd, false, status::complete);
                pidfd.send(Signal.SIGKILL);
                assertThat(await(status)).isEmpty();
            }
            shell.waitFor();
        }
    }

    @Test
    void saysSoWhenSomebodyElseHasWaitedForTheChild() throws Exception {
        try (Supervisor supervisor = Supervisor.open();
                Spawned spawned = Spawner.spawn(exitWith(1), Map.of());
                Pidfd pidfd = Pidfd.open(spawned.pid())) {
            assertThat(pidfd.waitFor()).isEqualTo(WaitStatus.exited(1));
            CompletableFuture<Optional<WaitStatus>> status = new CompletableFuture<>();
            supervisor.watchExit(pidfd, true, status::complete);
            assertThat(await(status)).isEmpty();
        }
    }

    @Test
    void tellsOfAnExitOnlyOnceAndNotAfterTheWatchWasClosed() throws Exception {
        try (Supervisor supervisor = Supervisor.open();
                Pipe pipe = Pipe.open()) {
            ProgramBuilder program = SyscallProgram.builder("pipe");
            program.step("wait", Syscall.READ, program.fd("pipe"), program.space(8, "byte"), 1);
            program.step("end", Syscall.EXIT_GROUP, 0);
            try (Spawned spawned = Spawner.spawn(program.build(), Map.of("pipe", pipe.reader()));
                    Pidfd pidfd = Pidfd.open(spawned.pid())) {
                AtomicInteger calls = new AtomicInteger();
                Registration watch = supervisor.watchExit(pidfd, true, status -> calls.incrementAndGet());
                watch.close();
                pipe.writer().write(new byte[1]);
                assertThat(pidfd.waitFor()).isEqualTo(WaitStatus.exited(0));
                CompletableFuture<Void> turn = new CompletableFuture<>();
                supervisor.execute(() -> turn.complete(null));
                await(turn);
                assertThat(calls).hasValue(0);
            }
        }
    }
}
