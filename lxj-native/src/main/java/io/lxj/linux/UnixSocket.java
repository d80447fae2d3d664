package io.lxj.linux;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One end of a pair of connected Unix sockets, over which processes hand each other descriptors, see unix(7). Messages
 * keep their bounds. Thread-safe.
 */
public final class UnixSocket implements AutoCloseable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_SEQPACKET = 5;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int SO_RCVTIMEO = 20;
    private static final int MSG_PEEK = 0x2;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_CTRUNC = 0x8;
    private static final int MSG_TRUNC = 0x20;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    /** The kernel takes no more descriptors in one message: SCM_MAX_FD. */
    public static final int MAX_FDS = 253;

    private static final int HEADER = 16;
    private static final int MSGHDR = 56;

    private final Fd fd;
    private volatile long patience = Long.MAX_VALUE;

    /**
     * Takes ownership of a socket.
     *
     * @param fd a socket of the family AF_UNIX
     */
    public UnixSocket(Fd fd) {
        this.fd = fd;
    }

    /**
     * Two connected sockets.
     *
     * @param first one end
     * @param second the other end
     */
    public record Pair(UnixSocket first, UnixSocket second) implements AutoCloseable {
        @Override
        public void close() {
            first.close();
            second.close();
        }
    }

    /**
     * What arrived. Whoever gets it owns the descriptors.
     *
     * @param bytes the message, empty if the other end is closed
     * @param fds descriptors, close-on-exec
     */
    public record Message(byte[] bytes, List<Fd> fds) {}

    /**
     * Makes a connected pair of sockets that keep message bounds (SOCK_SEQPACKET), close-on-exec.
     *
     * @return both ends
     * @throws LinuxException if socketpair(2) fails
     */
    public static Pair pair() throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block ends = scratch.block(8);
            long result = Kernel.call(Syscall.SOCKETPAIR, AF_UNIX, SOCK_SEQPACKET | Open.O_CLOEXEC, 0, ends.address());
            if (result < 0) {
                throw LinuxException.of(result, "socketpair", "AF_UNIX", "SOCK_SEQPACKET|SOCK_CLOEXEC", 0, "ends");
            }
            return new Pair(
                    new UnixSocket(new Fd(ends.buffer().getInt(0))),
                    new UnixSocket(new Fd(ends.buffer().getInt(4))));
        }
    }

    /**
     * The descriptor.
     *
     * @return the fd, which this object still owns
     */
    public Fd fd() {
        return fd;
    }

    // struct msghdr: name 0, namelen 8, iov 16, iovlen 24, control 32, controllen 40, flags 48. struct iovec: base,
    // len.
    private static Block header(Scratch scratch, Block data, Block control) {
        Block vector = scratch.block(16);
        vector.buffer().putLong(0, data.address()).putLong(8, data.length());
        Block header = scratch.zeroed(MSGHDR);
        header.buffer().putLong(16, vector.address()).putLong(24, 1);
        if (control != null) {
            header.buffer().putLong(32, control.address()).putLong(40, control.length());
        }
        return header;
    }

    /** How much memory the header of so many descriptors takes. */
    static int space(int fds) {
        return HEADER + ((fds * 4 + 7) & ~7);
    }

    /**
     * Sends a message with descriptors; the receiver gets copies of them.
     *
     * @param bytes at least one byte
     * @param fds descriptors to pass, at most {@link #MAX_FDS}
     * @throws LinuxException EPIPE if the other end is closed, EMSGSIZE if the message is too large
     */
    public void send(byte[] bytes, List<Fd> fds) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block data = scratch.block(bytes.length);
            data.buffer().put(0, bytes);
            Block control = null;
            if (!fds.isEmpty()) {
                control = scratch.zeroed(space(fds.size()));
                control.buffer()
                        .putLong(0, HEADER + 4L * fds.size())
                        .putInt(8, SOL_SOCKET)
                        .putInt(12, SCM_RIGHTS);
            }
            long result = send(header(scratch, data, control), control, fds, 0);
            if (result < 0) {
                throw LinuxException.of(result, "sendmsg", fd, bytes.length + " bytes", fds, "MSG_NOSIGNAL");
            }
        }
    }

    // Borrows one descriptor after the other, so that none of them can be closed before the kernel has them all.
    private long send(Block header, Block control, List<Fd> fds, int index) {
        if (index == fds.size()) {
            long result;
            do {
                result = fd.call(Syscall.SENDMSG, header.address(), MSG_NOSIGNAL);
            } while (Errno.EINTR.is(result));
            return result;
        }
        return fds.get(index).borrow(number -> {
            control.buffer().putInt(HEADER + 4 * index, number);
            return send(header, control, fds, index + 1);
        });
    }

    /**
     * Waits for a message.
     *
     * @param limit how many bytes at most
     * @param maxFds how many descriptors at most
     * @return the message
     * @throws LinuxException if recvmsg(2) fails, or with EMSGSIZE if the message or its descriptors are more than
     *     allowed; those that came are closed then
     */
    public Message receive(int limit, int maxFds) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block data = scratch.block(limit);
            Block control = scratch.zeroed(space(maxFds));
            Block header = header(scratch, data, control);
            long result;
            do {
                result = fd.call(Syscall.RECVMSG, header.address(), MSG_CMSG_CLOEXEC);
            } while (Errno.EINTR.is(result));
            if (result < 0) {
                throw LinuxException.of(result, "recvmsg", fd, limit + " bytes", "MSG_CMSG_CLOEXEC");
            }
            List<Fd> fds = rights(control, header.buffer().getLong(40));
            int flags = header.buffer().getInt(48);
            if ((flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 || fds.size() > maxFds) {
                fds.forEach(Fd::close);
                throw LinuxException.of(-Errno.EMSGSIZE.number(), "recvmsg", fd, limit + " bytes", "MSG_CMSG_CLOEXEC")
                        .withHint("the message is larger than allowed, has more than " + maxFds
                                + " descriptors, or this process has no more room for them");
            }
            byte[] bytes = new byte[(int) result];
            data.buffer().get(0, bytes);
            return new Message(bytes, fds);
        }
    }

    /** Lets waiting for a message end with EAGAIN after that time. */
    void receiveWithin(Duration time) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block limit = scratch.zeroed(16);
            limit.buffer().putLong(0, time.toSeconds()).putLong(8, time.toNanosPart() / 1000);
            long result = fd.call(Syscall.SETSOCKOPT, SOL_SOCKET, SO_RCVTIMEO, limit.address(), limit.length(), 0);
            if (result < 0) {
                throw LinuxException.of(result, "setsockopt", fd, "SOL_SOCKET", "SO_RCVTIMEO", time);
            }
        }
        patience = time.toNanos();
    }

    /** Whether somebody who has waited for so many nanoseconds goes on with it. */
    boolean waits(long nanos) {
        return nanos < patience;
    }

    /** Whether the other end is closed, and there is no message left. */
    boolean isClosedByPeer() {
        try (Scratch scratch = Scratch.open()) {
            Block data = scratch.block(8);
            return fd.call(Syscall.RECVFROM, data.address(), 1, MSG_PEEK | MSG_DONTWAIT, 0, 0) == 0;
        }
    }

    // struct cmsghdr: len 8, level 4, type 4; then the data, padded to 8 bytes.
    private static List<Fd> rights(Block control, long length) {
        List<Fd> fds = new ArrayList<>();
        int at = 0;
        while (at + HEADER <= length) {
            long size = control.buffer().getLong(at);
            boolean rights = control.buffer().getInt(at + 8) == SOL_SOCKET
                    && control.buffer().getInt(at + 12) == SCM_RIGHTS;
            for (int i = at + HEADER; rights && i + 4 <= Math.min(length, at + size); i += 4) {
                fds.add(new Fd(control.buffer().getInt(i)));
            }
            at += (int) Math.max(HEADER, (size + 7) & ~7);
        }
        return fds;
    }

    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return "socket " + fd;
    }
}
