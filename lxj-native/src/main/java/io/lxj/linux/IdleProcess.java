package io.lxj.linux;

import java.util.Map;

/**
 * A process of some kilobytes that does nothing: it holds the place in which it is, such as a cgroup that is removed when
 * nobody is in it. It ends when it is closed, or with this process. Thread-safe.
 */
public final class IdleProcess implements AutoCloseable {
    private static final String WORD = "word";
    private static final int PR_SET_DUMPABLE = 4;

    private final Spawned process;
    private final int pid;
    private final Pidfd pidfd;
    private final Fd writer;

    private IdleProcess(Spawned process, int pid, Pidfd pidfd, Fd writer) {
        this.process = process;
        this.pid = pid;
        this.pidfd = pidfd;
        this.writer = writer;
    }

    /**
     * Starts one.
     *
     * @return the process
     * @throws LinuxException if it can't be made
     */
    public static IdleProcess start() throws LinuxException {
        try (Pipe pipe = Pipe.open()) {
            Spawned process = Spawner.spawn(program(), Map.of(WORD, pipe.reader()));
            int pid = process.pid();
            return new IdleProcess(process, pid, Pidfd.open(pid), pipe.writer().duplicate());
        }
    }

    private static SyscallProgram program() {
        ProgramBuilder program = SyscallProgram.builder(WORD);
        Arg word = program.fd(WORD);
        Arg room = program.space(8, "byte");
        program.step("hide", Syscall.PRCTL, Arg.of(PR_SET_DUMPABLE, "PR_SET_DUMPABLE"), 0);
        program.step("leave the session", Syscall.SETSID);
        program.step("use no folder", Syscall.CHDIR, program.string("/"));
        program.step("wait for the end of whoever started this", Syscall.READ, word, room, 1)
                .mayFail();
        program.step("end", Syscall.EXIT_GROUP, 0);
        return program.build();
    }

    /**
     * Its id: that of a child of this process, as long as this isn't closed.
     *
     * @return the process id
     */
    public int pid() {
        return pid;
    }

    /**
     * Whether it is still there: anybody who may can kill it.
     *
     * @return true until it has ended
     * @throws LinuxException if it can't be asked
     */
    public boolean isAlive() throws LinuxException {
        return pidfd.isAlive();
    }

    /** Ends it, and waits for its end. */
    @Override
    public void close() {
        if (!writer.isOpen()) {
            return;
        }
        writer.close();
        try (process;
                pidfd) {
            pidfd.waitFor();
        } catch (LinuxException e) {
            throw new IllegalStateException("an idle process could not be waited for", e);
        }
    }

    @Override
    public String toString() {
        return "idle process " + pid;
    }
}
