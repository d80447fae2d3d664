package io.lxj.linux;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Waiting for one descriptor, see poll(2). For many descriptors there is {@link Epoll}. Thread-safe. A waiting thread
 * doesn't notice {@link Thread#interrupt}.
 */
public final class Poll {
    /** There is something to read. */
    public static final int POLLIN = 0x001;
    /** There is something exceptional: a changed cgroup file, for example. */
    public static final int POLLPRI = 0x002;
    /** Writing doesn't block. */
    public static final int POLLOUT = 0x004;
    /** An error; always reported. */
    public static final int POLLERR = 0x008;
    /** The other end was closed; always reported. */
    public static final int POLLHUP = 0x010;

    private static final int F_SETFL = 4;

    private Poll() {}

    /**
     * Has reading and writing fail with EAGAIN where it would wait else: for everyone who shares the descriptor.
     *
     * @param fd the descriptor; its other status flags are given up
     * @throws LinuxException if fcntl(2) fails
     */
    public static void nonBlocking(Fd fd) throws LinuxException {
        long result = fd.call(Syscall.FCNTL, F_SETFL, Open.O_NONBLOCK);
        if (result < 0) {
            throw LinuxException.of(result, "fcntl", fd, "F_SETFL", "O_NONBLOCK");
        }
    }

    /**
     * Waits without limit.
     *
     * @param fd what to wait for
     * @param events what would end the wait
     * @return what happened
     * @throws LinuxException if ppoll(2) fails
     */
    public static int await(Fd fd, int events) throws LinuxException {
        int happened;
        do {
            happened = await(fd, events, Duration.ofHours(1));
        } while (happened == 0);
        return happened;
    }

    /**
     * Waits up to a time.
     *
     * @param fd what to wait for
     * @param events what would end the wait
     * @param timeout how long at most; zero only looks
     * @return what happened, 0 if the time is over
     * @throws LinuxException if ppoll(2) fails
     */
    public static int await(Fd fd, int events, Duration timeout) throws LinuxException {
        long start = System.nanoTime();
        // About 292 years at most: enough.
        long limit = timeout.compareTo(Duration.ofNanos(Long.MAX_VALUE)) > 0 ? Long.MAX_VALUE : timeout.toNanos();
        long left = Math.max(0, limit);
        try (Scratch scratch = Scratch.open()) {
            Block poll = scratch.block(8);
            Block time = scratch.block(16);
            while (true) {
                long second = TimeUnit.SECONDS.toNanos(1);
                time.buffer().putLong(0, left / second).putLong(8, left % second);
                long result = wait(fd, events, poll, time);
                if (result >= 0) {
                    return result == 0 ? 0 : poll.buffer().getShort(6) & 0xFFFF;
                }
                if (!Errno.EINTR.is(result)) {
                    throw LinuxException.of(result, "ppoll", fd, "0x" + Integer.toHexString(events), timeout);
                }
                left = Math.max(0, limit - (System.nanoTime() - start));
            }
        }
    }

    // struct pollfd: fd 4, events 2, revents 2.
    private static long wait(Fd fd, int events, Block poll, Block time) {
        return fd.borrow(number -> {
            poll.buffer().putInt(0, number).putShort(4, (short) events).putShort(6, (short) 0);
            return Kernel.call(Syscall.PPOLL, poll.address(), 1, time.address(), 0, 0);
        });
    }
}
