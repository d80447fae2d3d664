package io.lxj.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsRoot;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@LeaksNothing
class WaitingStageTest {
    private static final int CLONE_FS = 0x200;
    private static final byte[] WORD = {'w', 'o', 'r', 'd'};

    private static byte[] read(Fd fd) throws Exception {
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(64);
            byte[] bytes = new byte[fd.read(block, 0, 64)];
            block.buffer().get(0, bytes);
            return bytes;
        }
    }

    /** Sends its word through an fd, and ends with a status. */
    private static SyscallProgram writing(int status, String... fds) {
        ProgramBuilder p = SyscallProgram.builder(fds);
        p.step("write", Syscall.WRITE, p.fd(fds[fds.length - 1]), p.bytes(WORD, "word"), WORD.length);
        p.step("end", Syscall.EXIT_GROUP, status);
        return p.build();
    }

    /** The process may be at it already. */
    @Test
    void whatABeginningHasStaysAsItIs() {
        ProgramBuilder program = SyscallProgram.builder();
        ProgramBuilder.Added first = program.step("say who it is", Syscall.GETPID);
        program.beginning();
        assertThatThrownBy(first::mayFail).hasMessageMatching("step [0-9]+ is in a program that was finished");
        program.step("say so again", Syscall.GETPID).mayFail();
    }

    @Test
    void runsWhatItIsGivenLater() throws Exception {
        try (WaitingStage stage = WaitingStage.start(Runnable::run);
                Pipe pipe = Pipe.open();
                Spawned spawned = stage.run(writing(7, "out"), Map.of("out", pipe.writer()))) {
            assertThat(read(pipe.reader())).isEqualTo(WORD);
            assertThat(spawned.waitFor()).isEqualTo(WaitStatus.exited(7));
            assertThat(spawned.failure()).isEmpty();
        }
    }

    /** By then it has stopped looking, and sleeps. */
    @Test
    void runsWhatItIsGivenMuchLater() throws Exception {
        try (WaitingStage stage = WaitingStage.start(Runnable::run);
                Pipe pipe = Pipe.open()) {
            Thread.sleep(50);
            try (Spawned spawned = stage.run(writing(7, "out"), Map.of("out", pipe.writer()))) {
                assertThat(read(pipe.reader())).isEqualTo(WORD);
                assertThat(spawned.waitFor()).isEqualTo(WaitStatus.exited(7));
            }
        }
    }

    @Test
    void saysItselfWhoItIs() throws Exception {
        try (WaitingStage stage = WaitingStage.start(Runnable::run);
                Pipe pipe = Pipe.open();
                Spawned spawned = stage.run(writing(0, "out"), Map.of("out", pipe.writer()))) {
            assertThat(spawned.waitFor()).isEqualTo(WaitStatus.exited(0));
            assertThat(spawned.toldPid()).hasValue(spawned.pid());
        }
    }

    @Test
    void takesAsManyFdsAsItSays() throws Exception {
        String[] names = new String[WaitingStage.MAX_FDS];
        Map<String, Fd> fds = new HashMap<>();
        try (Pipe pipe = Pipe.open();
                Pipe other = Pipe.open()) {
            for (int i = 0; i < names.length; i++) {
                names[i] = "fd " + i;
                fds.put(names[i], i == names.length - 1 ? pipe.writer() : other.writer());
            }
            try (WaitingStage stage = WaitingStage.start(Runnable::run);
                    Spawned spawned = stage.run(writing(0, names), fds)) {
                assertThat(spawned.waitFor()).isEqualTo(WaitStatus.exited(0));
                assertThat(read(pipe.reader())).isEqualTo(WORD);
            }
        }
    }

    @Test
    void hasNothingOpenButWhatItIsGiven() throws Exception {
        ProgramBuilder p = SyscallProgram.builder("out");
        var next = p.step("see which number is free", Syscall.FCNTL, 0, 0, 0);
        p.step("end", Syscall.EXIT_GROUP, 0);
        try (WaitingStage stage = WaitingStage.start(Runnable::run);
                Pipe pipe = Pipe.open();
                Spawned spawned = stage.run(p.build(), Map.of("out", pipe.writer()))) {
            assertThat(spawned.waitFor()).isEqualTo(WaitStatus.exited(0));
            assertThat(spawned.readLong(next.result())).isEqualTo(SyscallProgram.FIRST_FD + 1L);
        }
    }

    @Test
    void namesTheStepThatFailed() throws Exception {
        ProgramBuilder p = SyscallProgram.builder("none");
        p.step("go nowhere", Syscall.CHDIR, p.string("/no/such"));
        try (WaitingStage stage = WaitingStage.start(Runnable::run);
                Pipe pipe = Pipe.open();
                Spawned spawned = stage.run(p.build(), Map.of("none", pipe.reader()))) {
            assertThat(spawned.waitFor()).isEqualTo(WaitStatus.exited(126));
            assertThat(spawned.failure().orElseThrow().toString())
                    .isEqualTo("step 3 of 3, go nowhere: chdir(\"/no/such\"): ENOENT (No such file or directory)");
        }
    }

    /** That no process is left, not even a dead one, is what the leak check sees. */
    @Test
    void endsUnused() throws Exception {
        WaitingStage stage = WaitingStage.start(Runnable::run);
        stage.close();
        stage.close();
        assertThatThrownBy(() -> stage.run(writing(0, "out"), Map.of())).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void endsWhenAnFdOfItsProgramIsMissing() throws Exception {
        try (WaitingStage stage = WaitingStage.start(Runnable::run)) {
            assertThatThrownBy(() -> stage.run(writing(0, "out"), Map.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("out");
        }
    }

    /** Waits for a byte; without one it ends with 9. */
    private static ProgramBuilder waiting() {
        ProgramBuilder p = SyscallProgram.builder("in", "out");
        ProgramBuilder.Label leave = p.label();
        ProgramBuilder.Label goOn = p.label();
        p.step("wait", Syscall.READ, p.fd("in"), p.space(8, "byte"), 1)
                .onZero(leave)
                .onPositive(goOn);
        p.place(leave);
        p.step("leave", Syscall.EXIT_GROUP, 9);
        p.place(goOn);
        return p;
    }

    @Test
    void goesOnWithWhatItGetsWhileItIsAtWork() throws Exception {
        ProgramBuilder p = waiting();
        SyscallProgram beginning = p.beginning();
        try (Pipe in = Pipe.open();
                Pipe out = Pipe.open();
                WaitingStage stage = WaitingStage.start(Runnable::run);
                Spawned spawned = stage.run(beginning, Map.of("in", in.reader(), "out", out.writer()))) {
            p.step("write", Syscall.WRITE, p.fd("out"), p.bytes(WORD, "word"), WORD.length);
            p.step("go nowhere", Syscall.CHDIR, p.string("/no/such"));
            SyscallProgram whole = p.build();
            assertThat(whole.toString()).startsWith(beginning.toString());
            spawned.complete(whole);
            in.writer().write(new byte[1]);
            assertThat(read(out.reader())).isEqualTo(WORD);
            assertThat(spawned.waitFor()).isEqualTo(WaitStatus.exited(126));
            assertThat(spawned.failure().orElseThrow().toString()).startsWith("step 6 of 6, go nowhere: ");
        }
    }

    @Test
    void leavesIfItGetsNoMoreThanABeginning() throws Exception {
        try (Pipe in = Pipe.open();
                WaitingStage stage = WaitingStage.start(Runnable::run);
                Pipe out = Pipe.open();
                Spawned spawned = stage.run(waiting().beginning(), Map.of("in", in.reader(), "out", out.writer()))) {
            assertThatThrownBy(() -> spawned.complete(writing(0, "out"))).isInstanceOf(IllegalArgumentException.class);
            in.writer().close();
            assertThat(spawned.waitFor()).isEqualTo(WaitStatus.exited(9));
            assertThat(spawned.failure()).isEmpty();
        }
    }

    /** The thread begins only when the process has its program already, and nobody else has its memory any more. */
    @Test
    void isGivenItsProgramBeforeItIsThere() throws Exception {
        List<Runnable> begun = new ArrayList<>();
        try (Pipe pipe = Pipe.open();
                WaitingStage stage = WaitingStage.start(begun::add)) {
            Spawned spawned = stage.run(writing(7, "out"), Map.of("out", pipe.writer()));
            spawned.close();
            begun.get(0).run();
            assertThat(read(pipe.reader())).isEqualTo(WORD);
            assertThat(spawned.waitFor()).isEqualTo(WaitStatus.exited(7));
        }
    }

    @Test
    void endsUnusedAlsoIfItWasNotThereYet() throws Exception {
        try (ClosingExecutor later = new ClosingExecutor()) {
            WaitingStage.start(later).close();
        }
    }

    @Test
    void leavesNothingOpenIfThereIsNoThreadForIt() {
        ExecutorService closed = Executors.newSingleThreadExecutor();
        closed.shutdown();
        assertThatThrownBy(() -> WaitingStage.start(closed)).isInstanceOf(RejectedExecutionException.class);
    }

    /** A thread with an empty root of its own, in which there is no /proc by which the stage could be found. */
    @Test
    @NeedsRoot("changes its root")
    void saysIfItCouldNotBeStarted(@TempDir Path empty) throws Exception {
        try (Pipe pipe = Pipe.open();
                ClosingExecutor rootless = new ClosingExecutor()) {
            // Whatever the thread needs of Java has to be there before.
            WaitingStage.start(rootless).close();
            assertThat(LinuxException.of(-Errno.ENOENT.number(), "stat", "/")).isNotNull();
            rootless.submit(() -> hide(empty));

            CountDownLatch asked = new CountDownLatch(1);
            rootless.execute(() -> assertThatCode(asked::await).doesNotThrowAnyException());
            try (WaitingStage stage = WaitingStage.start(rootless);
                    Spawned early = stage.run(writing(0, "out"), Map.of("out", pipe.writer()))) {
                asked.countDown();
                assertThatThrownBy(early::waitFor).hasMessageStartingWith("posix_spawn(/proc/self/fd/");
                assertThatThrownBy(early::pid).hasMessageContaining("ENOENT");
            }

            try (WaitingStage late = WaitingStage.start(rootless)) {
                rootless.submit(() -> {});
                assertThatThrownBy(() -> late.run(writing(0, "out"), Map.of("out", pipe.writer())))
                        .hasMessageStartingWith("posix_spawn(/proc/self/fd/");
            }
        }
    }

    private static void hide(Path root) {
        try (Scratch scratch = Scratch.open()) {
            assertThat(Kernel.call(Syscall.UNSHARE, CLONE_FS)).isZero();
            long path = scratch.string(root.toString().getBytes(StandardCharsets.UTF_8));
            assertThat(Kernel.call(Syscall.CHROOT, path)).isZero();
        }
    }

    /** One thread, that has ended once this is closed. */
    private static final class ClosingExecutor implements Executor, AutoCloseable {
        private final ExecutorService thread = Executors.newSingleThreadExecutor();

        @Override
        public void execute(Runnable task) {
            thread.execute(task);
        }

        /** Returns when the task has ended. */
        void submit(Runnable task) throws Exception {
            thread.submit(task).get();
        }

        @Override
        public void close() {
            thread.shutdown();
            assertThatCode(() -> thread.awaitTermination(1, TimeUnit.MINUTES)).doesNotThrowAnyException();
            assertThat(thread.isTerminated()).isTrue();
        }
    }
}
