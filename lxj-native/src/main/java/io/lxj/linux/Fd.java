package io.lxj.linux;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open file description that this object owns. Closing it twice is harmless. All methods are thread-safe: a read or
 * write that is under way keeps the number reserved, so that closing can never hit an unrelated file that got the same
 * number.
 */
public final class Fd implements AutoCloseable {
    private static final int CLOSED = 1 << 30;

    private final int number;
    // The calls under way, plus CLOSED once close was called.
    private final AtomicInteger users = new AtomicInteger();

    /**
     * Takes ownership of a number.
     *
     * @param number an open file descriptor
     */
    public Fd(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("not a file descriptor: " + number);
        }
        this.number = number;
    }

    /**
     * Opens a path of the host with openat(2); O_CLOEXEC is always set.
     *
     * @param path a path that the caller trusts, never one below a container's root
     * @param flags of {@link Open}
     * @param mode of a created file, before the umask
     * @return the open file
     * @throws LinuxException if it can't be opened
     */
    public static Fd open(Path path, int flags, int mode) throws LinuxException {
        byte[] name = FileName.bytes(path);
        try (Scratch scratch = Scratch.open()) {
            long result = Kernel.call(
                    Syscall.OPENAT, Open.AT_FDCWD, scratch.string(name), flags | Open.O_CLOEXEC, mode);
            if (result < 0) {
                throw LinuxException.of(
                        result, "openat", "AT_FDCWD", name, "0x" + Integer.toHexString(flags), Integer.toOctalString(mode));
            }
            return new Fd((int) result);
        }
    }

    /**
     * The number, for a system call that this type has no method for.
     *
     * @return the number
     * @throws IllegalStateException if this is closed
     */
    public int number() {
        if (!isOpen()) {
            throw new IllegalStateException("fd " + number + " is closed");
        }
        return number;
    }

    /**
     * Whether this still owns its number.
     *
     * @return false once {@link #close} was called
     */
    public boolean isOpen() {
        return (users.get() & CLOSED) == 0;
    }

    private void acquire() {
        if ((users.getAndIncrement() & CLOSED) != 0) {
            release();
            throw new IllegalStateException("fd " + number + " is closed");
        }
    }

    private void release() {
        if (users.decrementAndGet() == CLOSED) {
            reallyClose();
        }
    }

    private void reallyClose() {
        // Never again on EINTR: the kernel has released the number already.
        Kernel.call(Syscall.CLOSE, number);
    }

    /**
     * Reads into memory.
     *
     * @param memory where to read to
     * @param offset of the first byte in the memory
     * @param length how many bytes at most
     * @return how many bytes were read, 0 at the end of the file
     * @throws LinuxException if read(2) fails
     */
    public int read(Block memory, int offset, int length) throws LinuxException {
        acquire();
        try {
            long result;
            do {
                result = Kernel.call(Syscall.READ, number, memory.address() + offset, length);
            } while (Errno.EINTR.is(result));
            if (result < 0) {
                throw LinuxException.of(result, "read", number, "buffer", length);
            }
            return (int) result;
        } finally {
            release();
        }
    }

    /**
     * Reads at a position of the file, without moving it.
     *
     * @param memory where to read to
     * @param offset of the first byte in the memory
     * @param length how many bytes at most
     * @param position in the file
     * @return how many bytes were read, 0 at the end of the file
     * @throws LinuxException if pread(2) fails
     */
    public int read(Block memory, int offset, int length, long position) throws LinuxException {
        acquire();
        try {
            long result;
            do {
                result = Kernel.call(Syscall.PREAD64, number, memory.address() + offset, length, position);
            } while (Errno.EINTR.is(result));
            if (result < 0) {
                throw LinuxException.of(result, "pread64", number, "buffer", length, position);
            }
            return (int) result;
        } finally {
            release();
        }
    }

    /**
     * Writes all bytes.
     *
     * @param memory where they are
     * @param offset of the first byte
     * @param length how many
     * @throws LinuxException if write(2) fails; some bytes may have been written then
     */
    public void write(Block memory, int offset, int length) throws LinuxException {
        acquire();
        try {
            int done = 0;
            while (done < length) {
                long result =
                        Kernel.call(Syscall.WRITE, number, memory.address() + offset + done, length - (long) done);
                if (result < 0 && !Errno.EINTR.is(result)) {
                    throw LinuxException.of(result, "write", number, "buffer", length - done);
                }
                done += (int) Math.max(0, result);
            }
        } finally {
            release();
        }
    }

    /**
     * Writes all bytes of an array.
     *
     * @param bytes what to write
     * @throws LinuxException if write(2) fails
     */
    public void write(byte[] bytes) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(bytes.length);
            block.buffer().put(0, bytes);
            write(block, 0, bytes.length);
        }
    }

    /**
     * Reads from the current position to the end.
     *
     * @param limit how many bytes at most
     * @return the content
     * @throws LinuxException if read(2) fails, or with EFBIG if there is more than the limit
     */
    public byte[] readAll(int limit) throws LinuxException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(16 * 1024);
            byte[] chunk = new byte[block.length()];
            int n;
            while ((n = read(block, 0, block.length())) > 0) {
                if (out.size() + n > limit) {
                    throw LinuxException.of(-Errno.EFBIG.number(), "read", number, "more than " + limit + " bytes");
                }
                block.buffer().get(0, chunk, 0, n);
                out.write(chunk, 0, n);
            }
        }
        return out.toByteArray();
    }

    /**
     * A second descriptor of the same open file description, close-on-exec.
     *
     * @return the new descriptor
     * @throws LinuxException if fcntl(2) fails
     */
    public Fd duplicate() throws LinuxException {
        int dupfdCloexec = 1030;
        long result = Kernel.call(Syscall.FCNTL, number(), dupfdCloexec, 0);
        if (result < 0) {
            throw LinuxException.of(result, "fcntl", number, "F_DUPFD_CLOEXEC", 0);
        }
        return new Fd((int) result);
    }

    /**
     * Writes the file's data and metadata to disk, as fsync(2).
     *
     * @throws LinuxException if that fails
     */
    public void sync() throws LinuxException {
        long result = Kernel.call(Syscall.FSYNC, number());
        if (result < 0) {
            throw LinuxException.of(result, "fsync", number);
        }
    }

    /**
     * The metadata of the open file.
     *
     * @return what statx(2) says
     * @throws LinuxException if that fails
     */
    public Stat stat() throws LinuxException {
        return Stat.of(number(), new byte[0], Open.AT_EMPTY_PATH);
    }

    @Override
    public void close() {
        int before = users.getAndUpdate(n -> n | CLOSED);
        if (before == 0) {
            reallyClose();
        }
    }

    @Override
    public String toString() {
        return isOpen() ? "fd " + number : "fd " + number + " (closed)";
    }
}
