package io.lxj;

import io.lxj.linux.Block;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.Kernel;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Pidfd;
import io.lxj.linux.Poll;
import io.lxj.linux.Scratch;
import io.lxj.linux.Syscall;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * What a command writes. When it has ended, what is in its pipe by then is kept and the pipe closed: so a caller who
 * never reads loses no descriptor, and one who reads to the end doesn't wait for background processes that have the pipe
 * still. The processes of {@link ProcessBuilder} do it the same way. Thread-safe.
 */
final class ProcessInput extends InputStream {
    private static final int CHUNK = 32 * 1024;
    /** The most that a pipe can hold if nobody has raised /proc/sys/fs/pipe-max-size. */
    private static final int MOST = 1024 * 1024;

    private final Fd fd;
    private final Pidfd process;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private InputStream rest;

    ProcessInput(Fd fd, Pidfd process) throws LinuxException {
        this.fd = fd;
        this.process = process;
        Poll.nonBlocking(fd);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        while (length > 0) {
            synchronized (this) {
                if (rest != null) {
                    return rest.read(bytes, offset, length);
                }
                int count = take(bytes, offset, Math.min(CHUNK, length));
                if (count != 0) {
                    return count;
                }
            }
            await();
        }
        return 0;
    }

    /** Waits until there is something to read, or until the command has ended and the rest was taken. */
    private void await() throws IOException {
        try (Scratch scratch = Scratch.open()) {
            Block polls = scratch.zeroed(16);
            long result = fd.borrow(output -> process.fd().borrow(pidfd -> {
                polls.buffer().putInt(0, output).putShort(4, (short) Poll.POLLIN);
                polls.buffer().putInt(8, pidfd).putShort(12, (short) Poll.POLLIN);
                return Kernel.call(Syscall.PPOLL, polls.address(), 2, 0, 0, 0);
            }));
            if (result < 0 && !Errno.EINTR.is(result)) {
                throw LinuxException.of(result, "ppoll", fd, process.fd());
            }
            if (result > 0 && polls.buffer().getShort(6) == 0) {
                ended.join();
            }
        } catch (IllegalStateException e) {
            // Closed by a reader, or because the command has ended: the next look tells which.
            if (fd.isOpen()) {
                ended.join();
            }
        }
    }

    /** Reads without waiting: the count, 0 if there is nothing now, or -1 at the end. */
    private int take(byte[] bytes, int offset, int length) throws IOException {
        if (!fd.isOpen()) {
            throw new IOException("the stream is closed");
        }
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(length);
            long count = fd.call(Syscall.READ, block.address(), length);
            if (Errno.EAGAIN.is(count) || Errno.EINTR.is(count)) {
                return 0;
            }
            // A terminal's master reports EIO when nobody has the other end any more.
            if (count == 0 || Errno.EIO.is(count)) {
                return -1;
            }
            if (count < 0) {
                throw LinuxException.of(count, "read", fd, "output", length);
            }
            block.buffer().get(0, bytes, offset, (int) count);
            return (int) count;
        }
    }

    /** The command has ended: keeps what it has written last, and lets go of the pipe. */
    void ended() throws IOException {
        try {
            takeRest();
        } finally {
            ended.complete(null);
        }
    }

    private synchronized void takeRest() throws IOException {
        if (rest != null || !fd.isOpen()) {
            return;
        }
        ByteArrayOutputStream left = new ByteArrayOutputStream(0);
        byte[] chunk = new byte[CHUNK];
        try {
            int count = take(chunk, 0, CHUNK);
            while (count > 0 && left.size() < MOST) {
                left.write(chunk, 0, count);
                count = take(chunk, 0, CHUNK);
            }
        } finally {
            rest = left.size() == 0 ? InputStream.nullInputStream() : new ByteArrayInputStream(left.toByteArray());
            fd.close();
        }
    }

    @Override
    public synchronized int available() throws IOException {
        if (rest != null) {
            return rest.available();
        }
        if (!fd.isOpen()) {
            throw new IOException("the stream is closed");
        }
        try (Scratch scratch = Scratch.open()) {
            int fionread = 0x541B;
            Block count = scratch.block(4);
            long result = fd.call(Syscall.IOCTL, fionread, count.address());
            return result < 0 ? 0 : count.buffer().getInt(0);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        fd.close();
        if (rest != null) {
            rest.close();
            rest = InputStream.nullInputStream();
        }
    }

    @Override
    public String toString() {
        return "output of a command";
    }
}
