package io.lxj.linux;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntToLongFunction;

/**
 * An open file description that this object owns. Closing it twice is harmless. All methods are thread-safe: a read or
 * write that is under way keeps the number reserved, so that closing can never hit an unrelated file that got the same
 * number.
 */
public final class Fd implements AutoCloseable {
    private static final int CLOSED = 1 << 30;
    private static final int CHUNK = 32 * 1024;

    private final int number;
    private final Deputy deputy;
    // The calls under way, plus CLOSED once close was called.
    private final AtomicInteger users = new AtomicInteger();

    /**
     * Takes ownership of a number.
     *
     * @param number an open file descriptor
     */
    public Fd(int number) {
        this(number, null);
    }

    /** An fd that another process opened; null if it was this one. */
    Fd(int number, Deputy deputy) {
        if (number < 0) {
            throw new IllegalArgumentException("not a file descriptor: " + number);
        }
        this.number = number;
        this.deputy = deputy;
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
        return open(FileName.bytes(path), flags, mode);
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
    public static Fd open(byte[] path, int flags, int mode) throws LinuxException {
        return opened(openat(path, flags, mode), path, flags, mode);
    }

    /**
     * Opens a path of the host with openat(2) and O_CLOEXEC, if it is there.
     *
     * @param path a path that nobody but the host's owner has a say in
     * @param flags of {@link Open}, without O_CREAT
     * @return the open file, or empty if the kernel says ENOENT
     * @throws LinuxException if it can't be opened otherwise
     */
    public static Optional<Fd> find(byte[] path, int flags) throws LinuxException {
        long result = openat(path, flags, 0);
        return Errno.ENOENT.is(result) ? Optional.empty() : Optional.of(opened(result, path, flags, 0));
    }

    private static long openat(byte[] path, int flags, int mode) {
        try (Scratch scratch = Scratch.open()) {
            return Kernel.call(Syscall.OPENAT, Open.AT_FDCWD, scratch.string(path), flags | Open.O_CLOEXEC, mode);
        }
    }

    private static Fd opened(long result, byte[] path, int flags, int mode) throws LinuxException {
        if (result < 0) {
            throw LinuxException.of(
                    result, "openat", "AT_FDCWD", path, "0x" + Integer.toHexString(flags), Integer.toOctalString(mode));
        }
        return new Fd((int) result);
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

    /** Keeps the number reserved until {@link #release}, also if this is closed meanwhile. */
    void acquire() {
        int before;
        do {
            before = users.get();
            if ((before & CLOSED) != 0) {
                throw new IllegalStateException("fd " + number + " is closed");
            }
        } while (!users.compareAndSet(before, before + 1));
    }

    void release() {
        if (users.decrementAndGet() == CLOSED) {
            reallyClose();
        }
    }

    private void reallyClose() {
        // Never again on EINTR: the kernel has released the number already.
        Kernel.call(Syscall.CLOSE, number);
    }

    /**
     * Makes a system call whose first argument is this descriptor; the number stays reserved until it returns.
     *
     * @param call which one
     * @return the result, or the negated error number
     * @throws IllegalStateException if this is closed
     */
    public long call(Syscall call) {
        return call(call, 0, 0, 0, 0, 0);
    }

    /**
     * Makes a system call whose first argument is this descriptor; the number stays reserved until it returns.
     *
     * @param call which one
     * @param a1 second argument
     * @return the result, or the negated error number
     * @throws IllegalStateException if this is closed
     */
    public long call(Syscall call, long a1) {
        return call(call, a1, 0, 0, 0, 0);
    }

    /**
     * Makes a system call whose first argument is this descriptor; the number stays reserved until it returns.
     *
     * @param call which one
     * @param a1 second argument
     * @param a2 third argument
     * @return the result, or the negated error number
     * @throws IllegalStateException if this is closed
     */
    public long call(Syscall call, long a1, long a2) {
        return call(call, a1, a2, 0, 0, 0);
    }

    /**
     * Makes a system call whose first argument is this descriptor; the number stays reserved until it returns.
     *
     * @param call which one
     * @param a1 second argument
     * @param a2 third argument
     * @param a3 fourth argument
     * @return the result, or the negated error number
     * @throws IllegalStateException if this is closed
     */
    public long call(Syscall call, long a1, long a2, long a3) {
        return call(call, a1, a2, a3, 0, 0);
    }

    /**
     * Makes a system call whose first argument is this descriptor; the number stays reserved until it returns.
     *
     * @param call which one
     * @param a1 second argument
     * @param a2 third argument
     * @param a3 fourth argument
     * @param a4 fifth argument
     * @return the result, or the negated error number
     * @throws IllegalStateException if this is closed
     */
    public long call(Syscall call, long a1, long a2, long a3, long a4) {
        return call(call, a1, a2, a3, a4, 0);
    }

    /**
     * Makes a system call whose first argument is this descriptor; the number stays reserved until it returns.
     *
     * @param call which one
     * @param a1 second argument
     * @param a2 third argument
     * @param a3 fourth argument
     * @param a4 fifth argument
     * @param a5 sixth argument
     * @return the result, or the negated error number
     * @throws IllegalStateException if this is closed
     */
    public long call(Syscall call, long a1, long a2, long a3, long a4, long a5) {
        acquire();
        try {
            return makes(call, number, a1, a2, a3, a4, a5);
        } finally {
            release();
        }
    }

    /**
     * Who makes calls on this fd and on what it leads to.
     *
     * @return another process, or empty if it is this one
     */
    public Optional<Deputy> deputy() {
        return Optional.ofNullable(deputy);
    }

    /** Makes a call that concerns this fd, whatever its arguments are: for example a path through its number. */
    long makes(Syscall call, long a0, long a1, long a2, long a3, long a4, long a5) {
        return deputy == null ? Kernel.call(call, a0, a1, a2, a3, a4, a5) : deputy.call(call, a0, a1, a2, a3, a4, a5);
    }

    long makes(Syscall call, long a0, long a1, long a2, long a3) {
        return makes(call, a0, a1, a2, a3, 0, 0);
    }

    /** An fd that a call on this one has returned. */
    Fd derived(long result) {
        return new Fd((int) result, deputy);
    }

    /**
     * Makes a system call that takes this descriptor in another place than the first; the number stays reserved until
     * the call has returned.
     *
     * @param call makes the call with the number
     * @return what the call gave
     * @throws IllegalStateException if this is closed
     */
    public long borrow(IntToLongFunction call) {
        acquire();
        try {
            return call.applyAsLong(number);
        } finally {
            release();
        }
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
        long result;
        do {
            result = call(Syscall.READ, memory.address() + offset, length);
        } while (Errno.EINTR.is(result));
        Reference.reachabilityFence(memory);
        if (result < 0) {
            throw LinuxException.of(result, "read", number, "buffer", length);
        }
        return (int) result;
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
        long result;
        do {
            result = call(Syscall.PREAD64, memory.address() + offset, length, position);
        } while (Errno.EINTR.is(result));
        Reference.reachabilityFence(memory);
        if (result < 0) {
            throw LinuxException.of(result, "pread64", number, "buffer", length, position);
        }
        return (int) result;
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
        int done = 0;
        while (done < length) {
            long result = call(Syscall.WRITE, memory.address() + offset + done, length - (long) done);
            if (result < 0 && !Errno.EINTR.is(result)) {
                throw LinuxException.of(result, "write", number, "buffer", length - done);
            }
            done += (int) Math.max(0, result);
        }
        Reference.reachabilityFence(memory);
    }

    /**
     * Writes all bytes of an array, in one call if they are not more than 32 KiB.
     *
     * @param bytes what to write
     * @throws LinuxException if write(2) fails; some bytes may have been written then
     */
    public void write(byte[] bytes) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(Math.min(CHUNK, bytes.length));
            for (int done = 0; done < bytes.length; done += block.length()) {
                int length = Math.min(block.length(), bytes.length - done);
                block.buffer().put(0, bytes, done, length);
                write(block, 0, length);
            }
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
        // Most files are small: what was read is all.
        List<byte[]> parts = new ArrayList<>(1);
        int size = 0;
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(16 * 1024);
            int n;
            while ((n = read(block, 0, block.length())) > 0) {
                if (size + n > limit) {
                    throw LinuxException.of(-Errno.EFBIG.number(), "read", number, "more than " + limit + " bytes");
                }
                byte[] part = new byte[n];
                block.buffer().get(0, part);
                parts.add(part);
                size += n;
            }
        }
        if (parts.size() == 1) {
            return parts.get(0);
        }
        ByteBuffer all = ByteBuffer.allocate(size);
        parts.forEach(all::put);
        return all.array();
    }

    /**
     * A second descriptor of the same open file description, close-on-exec.
     *
     * @return the new descriptor
     * @throws LinuxException if fcntl(2) fails
     */
    public Fd duplicate() throws LinuxException {
        int dupfdCloexec = 1030;
        long result = call(Syscall.FCNTL, dupfdCloexec, 0);
        if (result < 0) {
            throw LinuxException.of(result, "fcntl", number, "F_DUPFD_CLOEXEC", 0);
        }
        return derived(result);
    }

    /**
     * A second descriptor on which this process makes all calls itself, however long they take.
     *
     * @return the new descriptor
     * @throws LinuxException if fcntl(2) fails
     */
    public Fd undelegated() throws LinuxException {
        return new Fd(duplicate().number());
    }

    /**
     * Opens the very same file once more. So a file that isn't trusted is pinned with O_PATH first, which does nothing
     * to it, then looked at, and opened only if it is what it should be, whatever its name leads to by then.
     *
     * @param flags of {@link Open}; O_CLOEXEC is added
     * @return another open file description
     * @throws LinuxException if it can't be opened in this way
     */
    public Fd reopen(int flags) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            String path = "/proc/self/fd/" + number();
            long result = makes(Syscall.OPENAT, Open.AT_FDCWD, scratch.string(path), flags | Open.O_CLOEXEC, 0);
            if (result < 0) {
                throw LinuxException.of(result, "openat", "AT_FDCWD", path, "0x" + Integer.toHexString(flags), 0);
            }
            return derived(result);
        }
    }

    /**
     * Writes the file's data and metadata to disk, as fsync(2).
     *
     * @throws LinuxException if that fails
     */
    public void sync() throws LinuxException {
        long result = call(Syscall.FSYNC);
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
        return Stat.of(this, new byte[0], Open.AT_EMPTY_PATH);
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
