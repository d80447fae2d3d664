package io.lxj.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * A process that was started before it is known what it is to do: to start one takes as long as to find that out, so the
 * two go on side by side. It waits on a socket for its fds; by the time that they come, its program stands in the memory
 * that it maps. A process that never gets one ends when this is closed, or when this JVM ends. Not thread-safe.
 */
public final class WaitingStage implements AutoCloseable {
    /** How many fds the program of a waiting process may name. */
    public static final int MAX_FDS = UnixSocket.MAX_FDS;

    private static final int SOCKET = 1;
    private static final int COUNTER = 2;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int EFD_SEMAPHORE = 1;
    private static final int EFD_NONBLOCK = 04000;
    /** They take some 0.4 ms. */
    private static final int ATTEMPTS = 400;

    private static final int FIRST = SyscallProgram.MAX_STEPS;
    // From the first step that waits: the first of the program, and none.
    private static final int GO = -FIRST;
    private static final int NOWHERE = GO - 1;
    private static final int FIRST_OFFSET = SyscallProgram.FIRST_STEP + FIRST * SyscallProgram.STEP_SIZE;

    // After the steps that wait: what recvmsg(2) is given.
    private static final int HEADER = 1088;
    private static final int VECTOR = HEADER + 64;
    private static final int WORD = VECTOR + 16;
    private static final int CONTROL = WORD + 8;
    private static final byte[] WAITING = waiting();

    private final Fd plan;
    private final UnixSocket socket;
    private final StartedProcess process;
    private boolean given;

    private WaitingStage(Fd plan, UnixSocket socket, StartedProcess process) {
        this.plan = plan;
        this.socket = socket;
        this.process = process;
    }

    /**
     * Starts a process, without waiting until it is there: its program can be given at once.
     *
     * @param executor on whose thread it is started. If its program asks for a parent-death signal, that is sent when this
     *     thread ends
     * @return the process. If it couldn't be started, what is asked of it says so
     * @throws LinuxException if its memory or its socket can't be made
     */
    public static WaitingStage start(Executor executor) throws LinuxException {
        Fd plan = Memfd.create("lxj-plan");
        try {
            writeWaiting(plan);
            UnixSocket.Pair sockets = UnixSocket.pair();
            try {
                UnixSocket other = sockets.second();
                StartedProcess process = StartedProcess.start(executor, plan, other.fd(), other::close);
                return new WaitingStage(plan, sockets.first(), process);
            } catch (RuntimeException | Error e) {
                sockets.close();
                throw e;
            }
        } catch (LinuxException | RuntimeException | Error e) {
            plan.close();
            throw e;
        }
    }

    private static void writeWaiting(Fd plan) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block first = scratch.block(8);
            first.buffer().putLong(0, SyscallProgram.address(FIRST));
            Spawner.write(plan, first.address(), 8, 0);
            Block waiting = scratch.zeroed(CONTROL);
            waiting.buffer().put(0, WAITING);
            Spawner.write(plan, waiting.address(), CONTROL, FIRST_OFFSET);
        }
    }

    /**
     * The fds get the lowest numbers that are free: that is why nothing is open from the first number on. They mostly come
     * within a fraction of a millisecond. Who sleeps until then is often woken on the processor that is busy with what it
     * is woken by, though another one is idle; so it looks for a while first.
     */
    private static byte[] waiting() {
        List<SyscallProgram.Step> steps = List.of(
                step(1, 1, "say who it is", Syscall.GETPID),
                step(2, 2, "put the socket aside", Syscall.DUP3, SyscallProgram.FIRST_FD, SOCKET, 0),
                step(3, 3, "leave no number below free", Syscall.DUP3, SOCKET, COUNTER, 0),
                step(4, 4, "count attempts", Syscall.EVENTFD2, ATTEMPTS, EFD_SEMAPHORE | EFD_NONBLOCK),
                step(5, 5, "put the counter aside", Syscall.DUP3, result(3), COUNTER, 0),
                step(6, 6, "keep no other fd", Syscall.CLOSE_RANGE, SyscallProgram.FIRST_FD, 0xFFFFFFFFL, 0),
                step(GO, 10, 7, "look for fds", Syscall.RECVMSG, SOCKET, at(HEADER), MSG_DONTWAIT),
                step(8, 8, "let others go first", Syscall.SCHED_YIELD),
                step(6, 9, 9, "look again", Syscall.READ, COUNTER, at(WORD), 8),
                step(GO, 10, "wait for fds", Syscall.RECVMSG, SOCKET, at(HEADER), 0),
                step(GO, GO, "end unused", Syscall.EXIT_GROUP, 0));
        ByteBuffer memory = ByteBuffer.allocate(CONTROL).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < steps.size(); i++) {
            memory.position(i * SyscallProgram.STEP_SIZE);
            SyscallProgram.put(memory, steps.get(i), Architecture.current());
        }
        // struct msghdr: iov 16, iovlen 24, control 32, controllen 40. struct iovec: base, length.
        memory.putLong(HEADER + 16, at(VECTOR)).putLong(HEADER + 24, 1);
        memory.putLong(HEADER + 32, at(CONTROL)).putLong(HEADER + 40, UnixSocket.space(MAX_FDS));
        memory.putLong(VECTOR, at(WORD)).putLong(VECTOR + 8, 8);
        return memory.array();
    }

    private static SyscallProgram.Step step(int next, int zero, String what, Syscall call, Object... args) {
        return step(next, zero, NOWHERE, what, call, args);
    }

    private static SyscallProgram.Step step(int next, int zero, int error, String what, Syscall call, Object... args) {
        List<Arg> list = new ArrayList<>();
        for (Object arg : args) {
            list.add(arg instanceof Arg other ? other : Arg.of(((Number) arg).longValue()));
        }
        return new SyscallProgram.Step(what, call, list, FIRST + next, FIRST + zero, FIRST + error);
    }

    private static Arg result(int step) {
        return new Arg(SyscallProgram.address(FIRST + step) + SyscallProgram.RESULT, true, () -> "result");
    }

    private static long at(int offset) {
        return SyscallProgram.BASE + FIRST_OFFSET + offset;
    }

    /**
     * Gives the process its program.
     *
     * @param program what it does
     * @param fds the fds that the program names, no more than {@link #MAX_FDS}
     * @return the process and its memory; this has nothing left to close then
     * @throws LinuxException if the program can't be handed over, or the process could not be started
     * @throws IllegalArgumentException if an fd of the program is missing
     * @throws IllegalStateException if it has got a program before, or is closed
     */
    public Spawned run(SyscallProgram program, Map<String, Fd> fds) throws LinuxException {
        if (given) {
            throw new IllegalStateException("the process has a program, or has been ended");
        }
        List<Fd> named = Spawner.named(program, fds);
        // The process may not have begun yet: it still has to find the steps that wait.
        Spawner.writeSteps(program, 0, 0, plan);
        send(named);
        given = true;
        // Were the socket closed now, the process might find that before it finds the message: without waiting, the
        // kernel looks for the one and then for the other.
        return new Spawned(program, plan, process, Optional.of(result(0)), socket::close);
    }

    private void send(List<Fd> fds) throws LinuxException {
        try {
            socket.send(new byte[1], fds);
        } catch (LinuxException e) {
            // Nobody has the other end if there is no process; then that is the reason.
            if (e.is(Errno.EPIPE)) {
                process.pid();
            }
            throw e;
        }
    }

    /** Ends the process if it has got no program, and waits for that. */
    @Override
    public void close() {
        if (given) {
            return;
        }
        given = true;
        socket.close();
        plan.close();
        process.waitForUnused();
    }
}
