package io.lxj;

import io.lxj.supervise.OutputFollower;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Objects;

/**
 * What a container writes to its console, as it writes it. Reading waits for more, and comes to the end when the
 * container has stopped; a reboot is not the end. A reader may fall behind by 1 MiB; after that the oldest bytes are
 * lost, and {@link #lost} says how many. Several streams of one console don't disturb each other.
 *
 * <p>Thread-safe. A thread that waits comes to the end when another one closes the stream, and gets an {@link
 * InterruptedIOException} when it is interrupted.
 */
public final class ConsoleStream extends InputStream {
    private final OutputFollower follower;

    ConsoleStream(OutputFollower follower) {
        this.follower = follower;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        try {
            return follower.read(bytes, offset, length);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("interrupted while waiting for output");
            interrupted.initCause(e);
            throw interrupted;
        }
    }

    @Override
    public int available() {
        return follower.available();
    }

    /**
     * How many bytes this stream has lost so far, because its reader was too slow or it began after they had left the
     * console's buffer.
     *
     * @return a number of bytes
     */
    public long lost() {
        return follower.lost();
    }

    /** Follows the console no longer. */
    @Override
    public void close() {
        follower.close();
    }
}
