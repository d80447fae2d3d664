package io.lxj.lifecycle;

import io.lxj.linux.Deputy;
import io.lxj.linux.Errno;
import io.lxj.linux.LinuxException;
import io.lxj.linux.UserNamespaces;
import java.io.IOException;
import java.time.Duration;

/**
 * Works on the files of a running container for this JVM: as root of a user namespace with the container's ids, whose
 * rights end where those of the container's root end. The kernel sees to that wherever a path of the container leads: to
 * settings of the kernel, or to files of the host that are mounted in it. It is no process of the container, and its
 * namespace is another one: a FUSE that the container serves is closed to it, unless both have the one id of a user. An overlay
 * of the container's on a FUSE never is, and there are files that a container holds up by the kernel's locks: then it is given
 * up, and another one takes its place, as for one that was killed. It also reads and writes what is in the files, but for streams
 * that were opened to be read. The first is started
 * when it is needed; they end when the last who has borrowed one gives it back after this was closed. Thread-safe.
 */
final class FilesDeputy implements AutoCloseable {
    /** How long a file system of the container's may take for an answer. */
    static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Start start;
    private Shared current;
    private boolean closed;

    /** Starts a process. */
    @FunctionalInterface
    interface Start {
        Deputy run() throws IOException;
    }

    private static final class Shared {
        private final Deputy deputy;
        private int users;

        private Shared(Deputy deputy) {
            this.deputy = deputy;
        }
    }

    /** What somebody has borrowed until this is closed. */
    final class Loan implements AutoCloseable {
        private final Shared shared;

        private Loan(Shared shared) {
            this.shared = shared;
        }

        Deputy deputy() {
            return shared.deputy;
        }

        @Override
        public void close() {
            giveBack(shared);
        }
    }

    FilesDeputy(Start start) {
        this.start = start;
    }

    synchronized Loan borrow() throws IOException {
        if (closed) {
            throw ended();
        }
        if (current == null || current.deputy.isLost()) {
            Shared last = current;
            current = new Shared(started());
            end(last);
        }
        current.users++;
        return new Loan(current);
    }

    static LinuxException ended() {
        return LinuxException.of(-Errno.ESRCH.number(), "unshare", "CLONE_NEWUSER")
                .withHint("the container has ended");
    }

    private Deputy started() throws IOException {
        try {
            return start.run();
        } catch (LinuxException e) {
            boolean isForbidden = e.is(Errno.EPERM) || e.is(Errno.EACCES) || e.is(Errno.ENOSPC);
            throw e.hint().isEmpty() && isForbidden ? e.withHint(UserNamespaces.advice(e)) : e;
        }
    }

    private synchronized void giveBack(Shared shared) {
        shared.users--;
        if (closed || shared != current) {
            end(shared);
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            end(current);
        }
    }

    private static void end(Shared shared) {
        if (shared != null && shared.users == 0) {
            shared.deputy.close();
        }
    }
}
