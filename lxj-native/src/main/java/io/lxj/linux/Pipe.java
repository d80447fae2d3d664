package io.lxj.linux;

/**
 * Both ends of a pipe, see pipe(7). Thread-safe.
 *
 * @param reader what is written at the other end is read here
 * @param writer where to write
 */
public record Pipe(Fd reader, Fd writer) implements AutoCloseable {
    /**
     * Makes a pipe whose ends are close-on-exec.
     *
     * @return the pipe, to be closed by the caller
     * @throws LinuxException if pipe2(2) fails, EMFILE or ENFILE if there are too many open files
     */
    public static Pipe open() throws LinuxException {
        return open(0);
    }

    /**
     * Makes a pipe with flags; O_CLOEXEC is always set.
     *
     * @param flags of {@link Open}: O_NONBLOCK
     * @return the pipe, to be closed by the caller
     * @throws LinuxException if pipe2(2) fails, EMFILE or ENFILE if there are too many open files
     */
    public static Pipe open(int flags) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block ends = scratch.block(8);
            long result = Kernel.call(Syscall.PIPE2, ends.address(), flags | Open.O_CLOEXEC);
            if (result < 0) {
                throw LinuxException.of(result, "pipe2", "ends", "0x" + Integer.toHexString(flags));
            }
            return new Pipe(
                    new Fd(ends.buffer().getInt(0)), new Fd(ends.buffer().getInt(4)));
        }
    }

    /** Closes both ends. */
    @Override
    public void close() {
        reader.close();
        writer.close();
    }
}
