package io.lxj.linux;

/** A message to the process of a {@link Deputy}, and what it answers, see sendmsg(2) and unix(7). Used by one thread. */
final class DeputyExchange {
    static final int IOVEC = 16;

    private static final int MSGHDR = 56;
    private static final int CMSG_HEADER = 16;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;

    private final UnixSocket socket;
    private final Scratch scratch;

    DeputyExchange(UnixSocket socket, Scratch scratch) {
        this.socket = socket;
        this.scratch = scratch;
    }

    /**
     * Sends and waits.
     *
     * @param pieces iovecs of what is sent
     * @param count how many of them
     * @param carried the fds that are sent
     * @param carrying how many of them
     * @param output where what comes behind the result is stored
     * @param outputLength how much of it
     * @param returnsFd whether the result is an fd, which comes along
     * @return the result
     */
    long run(Block pieces, int count, int[] carried, int carrying, long output, int outputLength, boolean returnsFd) {
        Block control = scratch.zeroed(CMSG_HEADER + 8 * DeputyProgram.CARRIED);
        int header = CMSG_HEADER + 4 * DeputyProgram.CARRIED;
        control.buffer().putLong(0, header).putInt(8, SOL_SOCKET).putInt(12, SCM_RIGHTS);
        return socket.fd().borrow(own -> {
            for (int i = 0; i < DeputyProgram.CARRIED; i++) {
                control.buffer().putInt(CMSG_HEADER + 4 * i, i < carrying ? carried[i] : own);
            }
            Block request = scratch.zeroed(MSGHDR);
            request.buffer()
                    .putLong(16, pieces.address())
                    .putLong(24, count)
                    .putLong(32, control.address())
                    .putLong(40, header);
            long sent = again(Syscall.SENDMSG, own, request.address(), MSG_NOSIGNAL);
            return sent < 0 ? gone(sent) : receive(own, output, outputLength, returnsFd);
        });
    }

    private long receive(int own, long output, int outputLength, boolean returnsFd) {
        Block result = scratch.zeroed(8);
        Block vectors = scratch.block(2 * IOVEC);
        vectors.buffer()
                .putLong(0, result.address())
                .putLong(8, 8)
                .putLong(16, output)
                .putLong(24, outputLength);
        Block control = scratch.zeroed(CMSG_HEADER + 8);
        Block message = scratch.zeroed(MSGHDR);
        message.buffer()
                .putLong(16, vectors.address())
                .putLong(24, 2)
                .putLong(32, control.address())
                .putLong(40, control.length());
        long received = again(Syscall.RECVMSG, own, message.address(), MSG_CMSG_CLOEXEC);
        if (received <= 0) {
            return gone(received);
        }
        long value = result.buffer().getLong(0);
        if (value < 0 || !returnsFd) {
            return value;
        }
        return message.buffer().getLong(40) < CMSG_HEADER + 4
                ? -Errno.EMFILE.number()
                : control.buffer().getInt(CMSG_HEADER);
    }

    private static long again(Syscall call, int own, long message, long flags) {
        long result;
        do {
            result = Kernel.call(call, own, message, flags);
        } while (Errno.EINTR.is(result));
        return result;
    }

    private static long gone(long result) {
        return result < 0 && !Errno.EPIPE.is(result) && !Errno.ECONNRESET.is(result)
                ? result
                : -Errno.EOWNERDEAD.number();
    }
}
