package io.lxj.linux;

/** A message to the process of a {@link Deputy}, and what it answers, see sendmsg(2) and unix(7). Used by one thread. */
final class DeputyExchange {
    static final int IOVEC = 16;

    /** Instead of a result: the process has ended. */
    static final long GONE = Long.MIN_VALUE;
    /** Instead of a result: there was none in the time that the socket waits. */
    static final long SILENT = Long.MIN_VALUE + 1;

    private static final int MSGHDR = 56;
    private static final int CMSG_HEADER = 16;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;

    /** What is asked of a process. */
    @FunctionalInterface
    interface Call {
        long make(UnixSocket socket);
    }

    private final UnixSocket socket;
    private final Scratch scratch;

    DeputyExchange(UnixSocket socket, Scratch scratch) {
        this.socket = socket;
        this.scratch = scratch;
    }

    /**
     * Sends and waits. Whatever this needs it has before it sends: an answer that nobody takes would be taken for the next
     * one's.
     *
     * @param pieces iovecs of what is sent
     * @param count how many of them
     * @param carried the fds that are sent
     * @param carrying how many of them
     * @param output where what comes behind the result is stored
     * @param outputLength how much of it
     * @param returnsFd whether the result is an fd, which comes along
     * @return the result, {@link #GONE} or {@link #SILENT}
     */
    long run(Block pieces, int count, int[] carried, int carrying, long output, int outputLength, boolean returnsFd) {
        Block control = scratch.zeroed(CMSG_HEADER + 8 * DeputyProgram.CARRIED);
        int header = CMSG_HEADER + 4 * DeputyProgram.CARRIED;
        control.buffer().putLong(0, header).putInt(8, SOL_SOCKET).putInt(12, SCM_RIGHTS);
        Block request = scratch.zeroed(MSGHDR);
        request.buffer()
                .putLong(16, pieces.address())
                .putLong(24, count)
                .putLong(32, control.address())
                .putLong(40, header);
        Block value = scratch.zeroed(8);
        Block received = scratch.zeroed(CMSG_HEADER + 8);
        Block answer = answer(value, output, outputLength, received);
        return socket.fd().borrow(own -> {
            for (int i = 0; i < DeputyProgram.CARRIED; i++) {
                control.buffer().putInt(CMSG_HEADER + 4 * i, i < carrying ? carried[i] : own);
            }
            long sent;
            do {
                sent = Kernel.call(Syscall.SENDMSG, own, request.address(), MSG_NOSIGNAL);
            } while (Errno.EINTR.is(sent));
            return sent < 0 ? notSent(sent) : receive(own, answer, value, returnsFd ? received : null);
        });
    }

    private Block answer(Block value, long output, int outputLength, Block control) {
        Block vectors = scratch.block(2 * IOVEC);
        vectors.buffer()
                .putLong(0, value.address())
                .putLong(8, 8)
                .putLong(16, output)
                .putLong(24, outputLength);
        Block answer = scratch.zeroed(MSGHDR);
        answer.buffer()
                .putLong(16, vectors.address())
                .putLong(24, 2)
                .putLong(32, control.address())
                .putLong(40, control.length());
        return answer;
    }

    // The fd that is the result comes in the control data, if there are any.
    private long receive(int own, Block answer, Block value, Block control) {
        long start = System.nanoTime();
        long received;
        do {
            received = Kernel.call(Syscall.RECVMSG, own, answer.address(), MSG_CMSG_CLOEXEC);
            // The kernel begins to count anew after a signal, of which a profiler may send many.
        } while (Errno.EINTR.is(received) && socket.waits(System.nanoTime() - start));
        if (received <= 0) {
            return Errno.EAGAIN.is(received) || Errno.EINTR.is(received) ? SILENT : GONE;
        }
        long result = value.buffer().getLong(0);
        if (result < 0 || control == null) {
            return result;
        }
        return answer.buffer().getLong(40) < CMSG_HEADER + 4
                ? -Errno.EMFILE.number()
                : control.buffer().getInt(CMSG_HEADER);
    }

    private static long notSent(long result) {
        return Errno.EPIPE.is(result) || Errno.ECONNRESET.is(result) ? GONE : result;
    }
}
