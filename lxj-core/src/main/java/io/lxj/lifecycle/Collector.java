package io.lxj.lifecycle;

import io.lxj.config.Command;
import io.lxj.config.ExecResult;
import io.lxj.config.Stdin;
import io.lxj.error.CanceledException;
import io.lxj.error.Failure;
import io.lxj.error.LxjException;
import io.lxj.failure.Failures;
import io.lxj.linux.Block;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.Kernel;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Pidfd;
import io.lxj.linux.Poll;
import io.lxj.linux.Syscall;
import io.lxj.linux.WaitStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs a command to its end on the caller's thread: gives it its input and collects what it writes, by poll(2). When the
 * command has ended, what is in its pipes by then is read, but nobody waits for the background processes that it may
 * have left with them. What a command writes is limited: it is in the container's hands. Not thread-safe.
 */
final class Collector {
    /** For each stream. What is collected takes up to three times as much for a moment. */
    private static final int LIMIT =
            (int) Math.min(256 * 1024 * 1024, Runtime.getRuntime().maxMemory() / 8);

    private static final int BUFFER = 16 * 1024;
    private static final int POLLIN = 1;
    private static final int POLLOUT = 4;
    private static final long NANOS = 1_000_000_000L;
    /** How often a waiting thread looks whether it was interrupted. */
    private static final long SLICE = 100_000_000L;
    /** How often a command is looked after that has ended, but is traced. */
    private static final long TRACED = 10_000_000L;

    private static final int INPUT = 0;
    private static final int OUTPUT = 1;
    private static final int ERRORS = 2;
    private static final int PROCESS = 3;

    private final String action;
    private final Command command;
    private final Executed executed;
    private final Block buffer = Block.allocate(BUFFER);
    private final Block polls = Block.allocate(4 * 8);
    private final Block time = Block.allocate(16);
    private final byte[] chunk = new byte[BUFFER];
    private final Fd[] fds = new Fd[4];
    private final ByteArrayOutputStream[] collected = {null, new ByteArrayOutputStream(), new ByteArrayOutputStream()};
    private final byte[] input;
    private final long start;
    private final Reaping reaping;
    private int written;

    /** From a start by {@link System#nanoTime()} on, which the command's limit counts from. */
    Collector(String container, Command command, Executed executed, long start, Reaping reaping) {
        this.start = start;
        this.reaping = reaping;
        this.action = "exec in " + container;
        this.command = command;
        this.executed = executed;
        this.input = command.stdin() instanceof Stdin.Bytes bytes ? bytes.content() : new byte[0];
        fds[INPUT] = executed.stdin().orElse(null);
        fds[OUTPUT] = executed.stdout();
        fds[ERRORS] = executed.stderr().orElse(null);
        fds[PROCESS] = executed.process().fd();
    }

    ExecResult run() {
        try {
            prepare();
            while (!round(left())) {
                check();
            }
            for (int i = OUTPUT; i <= ERRORS; i++) {
                while (fds[i] != null && read(i)) {
                    check();
                }
            }
            return new ExecResult(
                    status().shellCode(), collected[OUTPUT].toByteArray(), collected[ERRORS].toByteArray());
        } catch (LinuxException e) {
            kill(e);
            throw Failures.exception(action, e);
        } catch (RuntimeException | Error e) {
            // Memory may have run out. Nobody else would take the status, without which the container could not end.
            Arrays.fill(collected, null);
            kill(e);
            throw e;
        } finally {
            executed.close();
        }
    }

    private void prepare() throws LinuxException {
        if (input.length == 0 && fds[INPUT] != null && fds[ERRORS] != null) {
            closeInput();
        }
        for (int i = INPUT; i <= ERRORS; i++) {
            if (fds[i] != null) {
                Poll.nonBlocking(fds[i]);
            }
        }
    }

    private void closeInput() {
        fds[INPUT].close();
        fds[INPUT] = null;
    }

    /** Waits for something to do, and does it; true when the command has ended. */
    private boolean round(long nanos) throws LinuxException {
        for (int i = 0; i < fds.length; i++) {
            boolean wanted = fds[i] != null && (i != INPUT || written < input.length);
            polls.buffer().putInt(i * 8, wanted ? fds[i].number() : -1);
            polls.buffer().putInt(i * 8 + 4, i == INPUT ? POLLOUT : POLLIN);
        }
        time.buffer().putLong(0, nanos / NANOS).putLong(8, nanos % NANOS);
        long result = Kernel.call(Syscall.PPOLL, polls.address(), fds.length, time.address(), 0, 0);
        if (result < 0 && !Errno.EINTR.is(result)) {
            throw LinuxException.of(result, "ppoll", "the command's streams");
        }
        if (result <= 0) {
            return false;
        }
        if (ready(INPUT)) {
            write();
        }
        for (int i = OUTPUT; i <= ERRORS; i++) {
            if (ready(i)) {
                read(i);
            }
        }
        return ready(PROCESS);
    }

    private boolean ready(int i) {
        return fds[i] != null && polls.buffer().getShort(i * 8 + 6) != 0;
    }

    private void write() throws LinuxException {
        int length = Math.min(BUFFER, input.length - written);
        buffer.buffer().put(0, input, written, length);
        long result = fds[INPUT].call(Syscall.WRITE, buffer.address(), length);
        if (Errno.EPIPE.is(result)) {
            // The command doesn't read its input; that is its own affair.
            written = input.length;
        } else if (result < 0 && !Errno.EAGAIN.is(result)) {
            throw LinuxException.of(result, "write", fds[INPUT], "input", length);
        } else {
            written += (int) Math.max(0, result);
        }
        if (written == input.length && fds[ERRORS] != null) {
            closeInput();
        }
    }

    /** True if there may be more. */
    private boolean read(int i) throws LinuxException {
        long result = fds[i].call(Syscall.READ, buffer.address(), BUFFER);
        if (Errno.EAGAIN.is(result) || Errno.EINTR.is(result)) {
            return false;
        }
        // A terminal's master reports EIO when nobody has the other end any more.
        if (result == 0 || Errno.EIO.is(result)) {
            fds[i].close();
            fds[i] = null;
            return false;
        }
        if (result < 0) {
            throw LinuxException.of(result, "read", fds[i], "output", BUFFER);
        }
        if (collected[i].size() + result > LIMIT) {
            throw new LxjException(Failure.of(action, "the command wrote more than " + LIMIT + " bytes")
                    .hint("read its output as it comes: Container.process(...)"));
        }
        buffer.buffer().get(0, chunk, 0, (int) result);
        collected[i].write(chunk, 0, (int) result);
        return true;
    }

    /** A process of the container that traces the command may hold its status back. */
    private WaitStatus status() throws LinuxException {
        Optional<WaitStatus> status = executed.process().poll();
        while (status.isEmpty()) {
            LockSupport.parkNanos(TRACED);
            check();
            status = executed.process().poll();
        }
        return status.get();
    }

    private long left() {
        return command.timeout()
                .map(limit -> Math.max(0, Math.min(SLICE, limit.toNanos() - (System.nanoTime() - start))))
                .orElse(SLICE);
    }

    private void check() {
        if (Thread.currentThread().isInterrupted()) {
            throw new CanceledException(action);
        }
        Duration limit = command.timeout().orElse(null);
        if (limit != null && System.nanoTime() - start > limit.toNanos()) {
            throw new LxjException(Failure.of(
                    action,
                    command.arguments().get(0) + " did not end within " + limit.toMillis() + " ms and was killed"));
        }
    }

    private void kill(Throwable failure) {
        try {
            reaping.kill(new Pidfd(executed.process().fd().duplicate()));
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }
}
