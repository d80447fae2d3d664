package io.lxj.supervise;

import io.lxj.linux.Block;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Poll;
import io.lxj.linux.Pty;
import io.lxj.linux.Scratch;
import io.lxj.linux.Syscall;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/** Types on the master of a PTY. Thread-safe: what is sent by one call stays together. */
public final class PtyInput implements ConsoleSink {
    private static final int CHUNK = 4096;
    /** How often a writer that waits looks whether it was interrupted. */
    private static final Duration PATIENCE = Duration.ofMillis(100);

    private final Fd master;
    private final ReentrantLock lock = new ReentrantLock();

    /**
     * Of a master.
     *
     * @param master the master; the caller goes on owning it. It is O_NONBLOCK
     */
    public PtyInput(Fd master) {
        this.master = master;
    }

    @Override
    public void send(byte[] bytes) throws IOException {
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException e) {
            throw interrupted();
        }
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(CHUNK);
            for (int done = 0; done < bytes.length; ) {
                int count = Math.min(CHUNK, bytes.length - done);
                block.buffer().put(0, bytes, done, count);
                done += write(block, count);
            }
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            lock.unlock();
        }
    }

    private int write(Block block, int length) throws IOException {
        while (true) {
            long result = master.call(Syscall.WRITE, block.address(), length);
            if (result > 0) {
                return (int) result;
            }
            if (result < 0 && !Errno.EAGAIN.is(result) && !Errno.EINTR.is(result)) {
                throw LinuxException.of(result, "write", master, "input", length);
            }
            // Nobody in the container reads its console, and the terminal's queue is full.
            Poll.await(master, Poll.POLLOUT, PATIENCE);
            if (Thread.currentThread().isInterrupted()) {
                throw interrupted();
            }
        }
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted before the console had taken all input");
    }

    private static IOException closed(IllegalStateException cause) {
        return new IOException("the console is closed", cause);
    }

    @Override
    public void resize(int rows, int columns) throws IOException {
        try {
            Pty.resize(master, rows, columns);
        } catch (IllegalStateException e) {
            throw closed(e);
        }
    }
}
