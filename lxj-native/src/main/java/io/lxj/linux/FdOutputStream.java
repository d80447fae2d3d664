package io.lxj.linux;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/**
 * Writes a descriptor as a stream, without a buffer: what was written is with the kernel. A descriptor that doesn't
 * block is waited for. When nobody reads a pipe any more, a write fails with EPIPE; the JVM ignores SIGPIPE.
 *
 * <p>Thread-safe; the bytes of two threads that write at once can mix where they are more than {@code PIPE_BUF}
 * (4,096). {@link #close} never waits: the descriptor's number is given back to the kernel when a write that is under
 * way has returned.
 */
public final class FdOutputStream extends OutputStream {
    private static final int CHUNK = 32 * 1024;

    private final Fd fd;

    /**
     * Takes ownership of a descriptor.
     *
     * @param fd open for writing
     */
    public FdOutputStream(Fd fd) {
        this.fd = Objects.requireNonNull(fd, "fd");
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(Math.min(CHUNK, length));
            for (int done = 0; done < length; ) {
                int count = Math.min(block.length(), length - done);
                block.buffer().put(0, bytes, offset + done, count);
                write(block, count);
                done += count;
            }
        }
    }

    private void write(Block block, int length) throws IOException {
        int done = 0;
        while (done < length) {
            if (!fd.isOpen()) {
                throw new IOException("the stream is closed");
            }
            long result = fd.call(Syscall.WRITE, block.address() + done, length - done);
            if (Errno.EAGAIN.is(result)) {
                Poll.await(fd, Poll.POLLOUT);
            } else if (result < 0 && !Errno.EINTR.is(result)) {
                throw LinuxException.of(result, "write", fd, "buffer", length - done);
            } else {
                done += (int) Math.max(0, result);
            }
        }
    }

    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return "output to " + fd;
    }
}
