package io.lxj.linux;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Tells of changes of files and directories, see inotify(7). Thread-safe. The kernel allows few instances per user (128
 * by default), so one should serve many watches.
 */
public final class Inotify implements AutoCloseable {
    /** A file was written to. */
    public static final int IN_MODIFY = 0x2;
    /** A file that was open for writing was closed. */
    public static final int IN_CLOSE_WRITE = 0x8;
    /** A name was moved out of the directory. */
    public static final int IN_MOVED_FROM = 0x40;
    /** A name was moved into the directory. */
    public static final int IN_MOVED_TO = 0x80;
    /** A name was made in the directory. */
    public static final int IN_CREATE = 0x100;
    /** A name was removed from the directory. */
    public static final int IN_DELETE = 0x200;
    /** What is watched was removed. */
    public static final int IN_DELETE_SELF = 0x400;
    /** Reported when there were too many events: some were dropped. Its watch is -1. */
    public static final int IN_Q_OVERFLOW = 0x4000;
    /** Reported when a watch has ended, by {@link #remove} or by itself. */
    public static final int IN_IGNORED = 0x8000;
    /** Watch directories only. */
    public static final int IN_ONLYDIR = 0x1000000;

    private static final int BUFFER = 32 * 1024;
    private static final int HEADER = 16;

    private final Fd fd;

    /**
     * Something that has happened.
     *
     * @param watch what {@link #add} returned, or -1
     * @param mask IN_ bits
     * @param name the name in the directory that is watched; empty for what is watched itself
     */
    public record Event(int watch, int mask, String name) {}

    private Inotify(Fd fd) {
        this.fd = fd;
    }

    /**
     * Makes an instance that doesn't block and is close-on-exec.
     *
     * @return one that watches nothing yet
     * @throws LinuxException EMFILE if this user has too many
     */
    public static Inotify open() throws LinuxException {
        long result = Kernel.call(Syscall.INOTIFY_INIT1, Open.O_CLOEXEC | Open.O_NONBLOCK);
        if (result < 0) {
            LinuxException failure = LinuxException.of(result, "inotify_init1", "IN_NONBLOCK|IN_CLOEXEC");
            throw Errno.EMFILE.is(result) ? failure.withHint(exhausted("instances")) : failure;
        }
        return new Inotify(new Fd((int) result));
    }

    private static String exhausted(String what) {
        return "this user has no more inotify " + what
                + ", of which those in containers count, too: end what has so many," + " or raise fs.inotify.max_user_"
                + what;
    }

    /**
     * The descriptor, readable while there are events.
     *
     * @return the fd, which this object still owns
     */
    public Fd fd() {
        return fd;
    }

    /**
     * Watches an open file or directory, which may be closed afterwards. The same one is only watched once: a second
     * call changes the mask and returns the same number.
     *
     * @param watched what to watch
     * @param mask IN_ bits
     * @return the number of the watch
     * @throws LinuxException ENOSPC if this user has too many watches
     */
    public int add(Fd watched, int mask) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long result = watched.borrow(number -> fd.borrow(own ->
                    watched.makes(Syscall.INOTIFY_ADD_WATCH, own, scratch.string("/proc/self/fd/" + number), mask, 0)));
            if (result < 0) {
                LinuxException failure =
                        LinuxException.of(result, "inotify_add_watch", fd, watched, "0x" + Integer.toHexString(mask));
                throw Errno.ENOSPC.is(result) ? failure.withHint(exhausted("watches")) : failure;
            }
            return (int) result;
        }
    }

    /**
     * Ends a watch. Events that happened before may still be read.
     *
     * @param watch what {@link #add} returned
     * @throws LinuxException EINVAL if there is no such watch, which may have ended by itself
     */
    public void remove(int watch) throws LinuxException {
        long result = fd.call(Syscall.INOTIFY_RM_WATCH, watch);
        if (result < 0) {
            throw LinuxException.of(result, "inotify_rm_watch", fd, watch);
        }
    }

    /**
     * Takes what has happened, up to some hundred events.
     *
     * @return the events in order; empty if there are none
     * @throws LinuxException if read(2) fails
     */
    public List<Event> read() throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(BUFFER);
            long result;
            do {
                result = fd.call(Syscall.READ, block.address(), BUFFER);
            } while (Errno.EINTR.is(result));
            if (Errno.EAGAIN.is(result)) {
                return List.of();
            }
            if (result < 0) {
                throw LinuxException.of(result, "read", fd, "events", BUFFER);
            }
            return parse(block, (int) result);
        }
    }

    // struct inotify_event: wd 0, mask 4, cookie 8, len 12, then the name, filled up with NULs.
    private static List<Event> parse(Block block, int length) {
        List<Event> events = new ArrayList<>();
        int at = 0;
        while (at < length) {
            byte[] name = new byte[block.buffer().getInt(at + 12)];
            block.buffer().get(at + HEADER, name);
            int end = 0;
            while (end < name.length && name[end] != 0) {
                end++;
            }
            events.add(new Event(
                    block.buffer().getInt(at),
                    block.buffer().getInt(at + 4),
                    FileName.string(Arrays.copyOf(name, end))));
            at += HEADER + name.length;
        }
        return events;
    }

    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return "inotify " + fd;
    }
}
