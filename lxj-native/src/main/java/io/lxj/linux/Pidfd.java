package io.lxj.linux;

import java.time.Duration;
import java.util.Optional;

/**
 * A process, held by a descriptor that never means another process, see pidfd_open(2). It becomes readable for
 * {@link Epoll} when the process has ended. Closing it does nothing to the process. Thread-safe.
 */
public final class Pidfd implements AutoCloseable {
    private static final int P_PIDFD = 3;
    private static final int WNOHANG = 1;
    private static final int WEXITED = 4;
    // A child that was cloned with another signal than SIGCHLD counts too.
    private static final int WALL = 0x40000000;
    private static final int SIGINFO_SIZE = 128;

    private final Fd fd;

    /**
     * Takes ownership of a pidfd.
     *
     * @param fd from clone3(2) or {@code SCM_RIGHTS}, for example
     */
    public Pidfd(Fd fd) {
        this.fd = fd;
    }

    /**
     * Opens a process by its id. Whether it is the one that is meant must be checked by the caller, unless it is a child
     * that wasn't waited for: see {@link ProcessIdentity#open}.
     *
     * @param pid the process id
     * @return the process
     * @throws LinuxException ESRCH if there is none
     */
    public static Pidfd open(int pid) throws LinuxException {
        long result = Kernel.call(Syscall.PIDFD_OPEN, pid, 0);
        if (result < 0) {
            throw LinuxException.of(result, "pidfd_open", pid, 0);
        }
        return new Pidfd(new Fd((int) result));
    }

    static Optional<Pidfd> find(int pid) throws LinuxException {
        try {
            return Optional.of(open(pid));
        } catch (LinuxException e) {
            // EINVAL: the number belongs to a thread by now.
            if (e.is(Errno.ESRCH) || e.is(Errno.EINVAL) || e.is(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw e;
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

    /**
     * Sends a signal.
     *
     * @param signal which one
     * @return false if the process has ended and was waited for: there is nobody to get the signal
     * @throws LinuxException EPERM if the caller may not
     */
    public boolean send(Signal signal) throws LinuxException {
        long result = fd.call(Syscall.PIDFD_SEND_SIGNAL, signal.number(), 0, 0);
        if (Errno.ESRCH.is(result)) {
            return false;
        }
        if (result < 0) {
            throw LinuxException.of(result, "pidfd_send_signal", fd, signal, "NULL", 0);
        }
        return true;
    }

    /**
     * Whether the process is running (or stopped, or frozen).
     *
     * @return false if it has ended, waited for or not
     * @throws LinuxException if the kernel can't be asked
     */
    public boolean isAlive() throws LinuxException {
        return !awaitExit(Duration.ZERO);
    }

    /**
     * Whether there is still a process table entry: alive, or ended but not waited for.
     *
     * @return false once it was waited for
     */
    boolean exists() {
        long result = fd.call(Syscall.PIDFD_SEND_SIGNAL, 0, 0, 0);
        return !Errno.ESRCH.is(result);
    }

    /**
     * Waits for the end of any process, child or not, and leaves its status to its parent.
     *
     * @param timeout how long at most; zero only looks
     * @return whether it has ended
     * @throws LinuxException if the kernel can't be asked
     */
    public boolean awaitExit(Duration timeout) throws LinuxException {
        return Poll.await(fd, Poll.POLLIN, timeout) != 0;
    }

    /**
     * Waits for a child of this JVM to end and takes its status; the process is gone for good then. A waiting thread
     * doesn't notice {@link Thread#interrupt}.
     *
     * @return how it ended
     * @throws LinuxException ECHILD if it is no child of this JVM, or was waited for already
     */
    public WaitStatus waitFor() throws LinuxException {
        return wait(0).orElseThrow();
    }

    /**
     * Takes the status of a child of this JVM if it has ended; the process is gone for good then.
     *
     * @return how it ended, or empty if it is alive
     * @throws LinuxException ECHILD if it is no child of this JVM, or was waited for already
     */
    public Optional<WaitStatus> poll() throws LinuxException {
        return wait(WNOHANG);
    }

    // siginfo_t: si_signo 0, si_code 8, si_pid 16, si_uid 20, si_status 24; all zero if there is nothing to report.
    private Optional<WaitStatus> wait(int flags) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block siginfo = scratch.zeroed(SIGINFO_SIZE);
            int options = WEXITED | WALL | flags;
            long result;
            do {
                result = fd.borrow(
                        number -> Kernel.call(Syscall.WAITID, P_PIDFD, number, siginfo.address(), options, 0));
            } while (Errno.EINTR.is(result));
            if (result < 0) {
                throw LinuxException.of(result, "waitid", "P_PIDFD", fd, "info", "0x" + Integer.toHexString(options));
            }
            if (siginfo.buffer().getInt(0) == 0) {
                return Optional.empty();
            }
            return Optional.of(WaitStatus.ofSiginfo(
                    siginfo.buffer().getInt(8), siginfo.buffer().getInt(24)));
        }
    }

    /**
     * Copies a descriptor out of the process, see pidfd_getfd(2). The caller must be allowed to ptrace it.
     *
     * @param number of the descriptor in that process
     * @return the same open file description, close-on-exec
     * @throws LinuxException EBADF if it isn't open there, EPERM if the caller may not, ESRCH if the process has ended
     */
    public Fd getFd(int number) throws LinuxException {
        long result = fd.call(Syscall.PIDFD_GETFD, number, 0);
        if (result < 0) {
            throw LinuxException.of(result, "pidfd_getfd", fd, number, 0);
        }
        return new Fd((int) result);
    }

    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return "process of " + fd;
    }
}
