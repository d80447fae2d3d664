package io.lxj.supervise;

import io.lxj.linux.Block;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Poll;
import io.lxj.linux.Scratch;
import io.lxj.linux.Syscall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A thread that writes what a follower gets to a terminal. Thread-safe. */
final class OutputWriter implements AutoCloseable {
    private static final int CHUNK = 16 * 1024;
    private static final int PIECE = 1024;
    private static final Duration GLANCE = Duration.ofMillis(100);

    private final OutputFollower follower;
    private final Fd out;
    private final Thread thread = new Thread(null, this::run, "lxj-attach", 0, false);
    private volatile boolean closed;
    private volatile boolean failed;

    private OutputWriter(OutputFollower follower, Fd out) {
        this.follower = follower;
        this.out = out;
    }

    static OutputWriter start(OutputFollower follower, Fd out) {
        OutputWriter writer = new OutputWriter(follower, out);
        writer.thread.setDaemon(true);
        writer.thread.start();
        return writer;
    }

    /** Whether there is nothing more to write, or nowhere to write it to. */
    boolean hasEnded() {
        return !thread.isAlive();
    }

    /** Whether it ended because the terminal did. */
    boolean failed() {
        return failed;
    }

    private void run() {
        byte[] chunk = new byte[CHUNK];
        long lost = 0;
        try {
            int count;
            while ((count = follower.read(chunk, 0, CHUNK)) >= 0) {
                if (follower.lost() > lost) {
                    String note = "\r\n[lxj: " + (follower.lost() - lost) + " bytes are missing here]\r\n";
                    lost = follower.lost();
                    byte[] bytes = note.getBytes(StandardCharsets.US_ASCII);
                    write(bytes, bytes.length);
                }
                write(chunk, count);
            }
        } catch (IOException | IllegalStateException e) {
            failed = true;
            Supervisor.ignore(this, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for the terminal in short pieces: one that doesn't take anything must not keep this thread for ever. */
    private void write(byte[] bytes, int length) throws IOException {
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(length);
            block.buffer().put(0, bytes, 0, length);
            int done = 0;
            while (done < length && !closed) {
                if (Poll.await(out, Poll.POLLOUT, GLANCE) != 0) {
                    done += write(block, done, Math.min(PIECE, length - done));
                }
            }
        }
    }

    private int write(Block block, int offset, int length) throws LinuxException {
        long result = out.call(Syscall.WRITE, block.address() + offset, length);
        if (result < 0 && !Errno.EINTR.is(result) && !Errno.EAGAIN.is(result)) {
            throw LinuxException.of(result, "write", out, "output", length);
        }
        return (int) Math.max(0, result);
    }

    /** Writes no more. Doesn't wait long for a write that doesn't return, of a terminal that was stopped in its midst. */
    @Override
    public void close() {
        closed = true;
        follower.close();
        try {
            thread.join(10 * GLANCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
