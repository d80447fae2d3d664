package io.lxj.linux;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Waits for many descriptors at once, see epoll(7). Each carries 64 bits of the caller's, by which it is told apart.
 * Thread-safe: descriptors may be added and removed while a thread waits.
 */
public final class Epoll implements AutoCloseable {
    /** There is something to read; a pidfd: the process has ended. */
    public static final int EPOLLIN = 0x001;
    /** There is something exceptional; a cgroup file or mountinfo: it has changed. */
    public static final int EPOLLPRI = 0x002;
    /** Writing doesn't block. */
    public static final int EPOLLOUT = 0x004;
    /** An error; always reported. */
    public static final int EPOLLERR = 0x008;
    /** The other end was closed; always reported. */
    public static final int EPOLLHUP = 0x010;
    /** A socket's other end has stopped writing. */
    public static final int EPOLLRDHUP = 0x2000;
    /** Report once, until {@link #modify}. */
    public static final int EPOLLONESHOT = 1 << 30;
    /** Report changes only. */
    public static final int EPOLLET = 1 << 31;

    private static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLL_CTL_DEL = 2;
    private static final int EPOLL_CTL_MOD = 3;
    private static final int MAX_EVENTS = 256;

    // struct epoll_event: events 4, data 8; packed on x86-64 only.
    private static final boolean PACKED = Architecture.current() == Architecture.X86_64;
    static final int SIZE = PACKED ? 12 : 16;
    static final int DATA = PACKED ? 4 : 8;

    private final Fd fd;

    /**
     * What happened to one descriptor.
     *
     * @param events EPOLL bits
     * @param data what the descriptor was added with
     */
    public record Event(int events, long data) {
        /**
         * Whether one of some bits is set.
         *
         * @param bits EPOLL bits
         * @return true if at least one is
         */
        public boolean has(int bits) {
            return (events & bits) != 0;
        }
    }

    private Epoll(Fd fd) {
        this.fd = fd;
    }

    /**
     * Makes an epoll instance.
     *
     * @return one that watches nothing yet
     * @throws LinuxException if epoll_create1(2) fails
     */
    public static Epoll open() throws LinuxException {
        long result = Kernel.call(Syscall.EPOLL_CREATE1, Open.O_CLOEXEC);
        if (result < 0) {
            throw LinuxException.of(result, "epoll_create1", "EPOLL_CLOEXEC");
        }
        return new Epoll(new Fd((int) result));
    }

    /**
     * Watches a descriptor. It must be removed before it is closed if another descriptor of the same open file is left.
     *
     * @param watched what to watch
     * @param events EPOLL bits
     * @param data what an event carries
     * @throws LinuxException EEXIST if it is watched already, EPERM if it can't be watched (a regular file)
     */
    public void add(Fd watched, int events, long data) throws LinuxException {
        control(EPOLL_CTL_ADD, watched, events, data);
    }

    /**
     * Changes how a descriptor is watched.
     *
     * @param watched what is watched
     * @param events EPOLL bits
     * @param data what an event carries
     * @throws LinuxException ENOENT if it isn't watched
     */
    public void modify(Fd watched, int events, long data) throws LinuxException {
        control(EPOLL_CTL_MOD, watched, events, data);
    }

    /**
     * Watches a descriptor no more. A thread that waits may still get an event that happened before.
     *
     * @param watched what is watched
     * @throws LinuxException ENOENT if it isn't watched
     */
    public void remove(Fd watched) throws LinuxException {
        control(EPOLL_CTL_DEL, watched, 0, 0);
    }

    private void control(int operation, Fd watched, int events, long data) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block event = scratch.zeroed(SIZE);
            event.buffer().putInt(0, events).putLong(DATA, data);
            long result = watched.borrow(number -> fd.call(Syscall.EPOLL_CTL, operation, number, event.address()));
            if (result < 0) {
                String name = List.of("EPOLL_CTL_ADD", "EPOLL_CTL_DEL", "EPOLL_CTL_MOD")
                        .get(operation - 1);
                LinuxException failure =
                        LinuxException.of(result, "epoll_ctl", fd, name, watched, "0x" + Integer.toHexString(events));
                throw Errno.ENOSPC.is(result)
                        ? failure.withHint(
                                "programs of this user, perhaps in a container, watch as much as they may, see"
                                        + " max_user_watches in epoll(7): end them")
                        : failure;
            }
        }
    }

    /**
     * Waits without limit.
     *
     * @return what happened, at least one event, unless a signal interrupted the wait
     * @throws LinuxException if epoll_pwait(2) fails
     */
    public List<Event> await() throws LinuxException {
        return await(-1);
    }

    /**
     * Waits up to a time.
     *
     * @param timeout how long at most, up to 24 days; rounded up to milliseconds; zero only looks
     * @return what happened; empty if the time is over or a signal interrupted the wait
     * @throws LinuxException if epoll_pwait(2) fails
     */
    public List<Event> await(Duration timeout) throws LinuxException {
        long nanos = timeout.compareTo(Duration.ofMillis(Integer.MAX_VALUE)) > 0
                ? Integer.MAX_VALUE * 1_000_000L
                : Math.max(0, timeout.toNanos());
        return await((int) ((nanos + 999_999) / 1_000_000));
    }

    private List<Event> await(int milliseconds) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block events = scratch.block(MAX_EVENTS * SIZE);
            long result = fd.call(Syscall.EPOLL_PWAIT, events.address(), MAX_EVENTS, milliseconds, 0, 8);
            if (Errno.EINTR.is(result)) {
                return List.of();
            }
            if (result < 0) {
                throw LinuxException.of(result, "epoll_pwait", fd, "events", MAX_EVENTS, milliseconds, "NULL");
            }
            List<Event> list = new ArrayList<>((int) result);
            for (int at = 0; at < result * SIZE; at += SIZE) {
                list.add(new Event(events.buffer().getInt(at), events.buffer().getLong(at + DATA)));
            }
            return list;
        }
    }

    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return "epoll " + fd;
    }
}
