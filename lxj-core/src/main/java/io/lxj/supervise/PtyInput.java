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
        try {
            int done = write(bytes, 0);
            while (done < bytes.length) {
                // Nobody in the container reads its console, and the terminal's queue is full.
                Poll.await(master, Poll.POLLOUT, PATIENCE);
                if (Thread.currentThread().isInterrupted()) {
                    throw interrupted();
                }
                done = write(bytes, done);
            }
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int offer(byte[] bytes) throws IOException {
        if (!lock.tryLock()) {
            return 0;
        }
        try {
            return write(bytes, 0);
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            lock.unlock();
        }
    }

    /** How far the terminal has taken the bytes. */
    private int write(byte[] bytes, int from) throws IOException {
        int done = from;
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(CHUNK);
            while (done < bytes.length) {
                int count = Math.min(CHUNK, bytes.length - done);
                block.buffer().put(0, bytes, done, count);
                long result = master.call(Syscall.WRITE, block.address(), count);
                if (Errno.EAGAIN.is(result)) {
                    return done;
                }
                if (result < 0 && !Errno.EINTR.is(result)) {
                    throw LinuxException.of(result, "write", master, "input", count);
                }
                done += (int) Math.max(0, result);
            }
            return done;
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
