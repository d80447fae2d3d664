package io.lxj.linux;

/**
 * Wakes a thread that waits in an {@link Epoll}, see eventfd(2). Thread-safe.
 */
public final class EventFd implements AutoCloseable {
    private final Fd fd;

    private EventFd(Fd fd) {
        this.fd = fd;
    }

    /**
     * Makes an eventfd that doesn't block and is close-on-exec.
     *
     * @return one that wasn't signalled yet
     * @throws LinuxException if eventfd2(2) fails
     */
    public static EventFd open() throws LinuxException {
        long result = Kernel.call(Syscall.EVENTFD2, 0, Open.O_CLOEXEC | Open.O_NONBLOCK);
        if (result < 0) {
            throw LinuxException.of(result, "eventfd2", 0, "EFD_CLOEXEC|EFD_NONBLOCK");
        }
        return new EventFd(new Fd((int) result));
    }

    /**
     * The descriptor, readable while there are signals that weren't taken.
     *
     * @return the fd, which this object still owns
     */
    public Fd fd() {
        return fd;
    }

    /**
     * Adds a signal.
     *
     * @throws LinuxException if write(2) fails
     */
    public void signal() throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block one = scratch.block(8);
            one.buffer().putLong(0, 1);
            fd.write(one, 0, 8);
        }
    }

    /**
     * Takes all signals.
     *
     * @return how many there were since the last call
     * @throws LinuxException if read(2) fails
     */
    public long take() throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block count = scratch.block(8);
            long result = fd.call(Syscall.READ, count.address(), 8);
            if (Errno.EAGAIN.is(result)) {
                return 0;
            }
            if (result < 0) {
                throw LinuxException.of(result, "read", fd, "count", 8);
            }
            return count.buffer().getLong(0);
        }
    }

    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return "eventfd " + fd;
    }
}
