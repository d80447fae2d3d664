package io.lxj.linux;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * Reads a descriptor as a stream. The end of a terminal's other side, which the master of a PTY reports as EIO, is the
 * end of the stream. A descriptor that doesn't block is waited for.
 *
 * <p>Thread-safe. {@link #close} never waits: a read that is under way ends when something arrives or the other end is
 * closed, and only then is the descriptor's number given back to the kernel.
 */
public final class FdInputStream extends InputStream {
    private static final int CHUNK = 32 * 1024;
    private static final int FIONREAD = 0x541B;

    private final Fd fd;

    /**
     * Takes ownership of a descriptor.
     *
     * @param fd open for reading
     */
    public FdInputStream(Fd fd) {
        this.fd = Objects.requireNonNull(fd, "fd");
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(Math.min(CHUNK, length));
            int count = read(block);
            if (count == 0) {
                return -1;
            }
            block.buffer().get(0, bytes, offset, count);
            return count;
        }
    }

    private int read(Block block) throws IOException {
        while (true) {
            try {
                checkOpen();
                return fd.read(block, 0, block.length());
            } catch (LinuxException e) {
                if (e.is(Errno.EIO) && Pty.isMaster(fd)) {
                    return 0;
                }
                if (!e.is(Errno.EAGAIN)) {
                    throw e;
                }
            } catch (IllegalStateException e) {
                throw new IOException("the stream is closed", e);
            }
            Poll.await(fd, Poll.POLLIN);
        }
    }

    private void checkOpen() throws IOException {
        if (!fd.isOpen()) {
            throw new IOException("the stream is closed");
        }
    }

    @Override
    public int available() throws IOException {
        checkOpen();
        try (Scratch scratch = Scratch.open()) {
            Block count = scratch.block(4);
            // Not every kind of file knows; then a read might block.
            long result = fd.call(Syscall.IOCTL, FIONREAD, count.address());
            return result < 0 ? 0 : count.buffer().getInt(0);
        }
    }

    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return "input from " + fd;
    }
}
