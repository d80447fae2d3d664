package io.lxj.lifecycle;

import io.lxj.linux.Deputy;
import io.lxj.linux.Errno;
import io.lxj.linux.LinuxException;
import java.io.IOException;

/**
 * Works on the files of a running container for this JVM: as root of a user namespace with the ids of the container's, whose
 * rights end where those of the container's root end. The kernel sees to that wherever a path of the container leads: to
 * settings of the kernel, or to files of the host that are mounted in it. It is no process of the container, and its
 * namespace is another one: file systems that the container serves itself (FUSE) are closed to it. Started when it is first
 * needed; ends when the last who has borrowed it gives it back after this was closed. Thread-safe.
 */
final class FilesDeputy implements AutoCloseable {
    private final Deputy.Ids ids;
    private Deputy deputy;
    private int users;
    private boolean closed;

    FilesDeputy(Deputy.Ids ids) {
        this.ids = ids;
    }

    /** To be given back. */
    synchronized Deputy borrow() throws IOException {
        if (closed) {
            throw LinuxException.of(-Errno.ESRCH.number(), "unshare", "CLONE_NEWUSER")
                    .withHint("the container has ended");
        }
        if (deputy == null) {
            deputy = Deputy.startForFiles(ids);
        }
        users++;
        return deputy;
    }

    synchronized void giveBack() {
        users--;
        end();
    }

    @Override
    public synchronized void close() {
        closed = true;
        end();
    }

    private void end() {
        if (closed && users == 0 && deputy != null) {
            deputy.close();
            deputy = null;
        }
    }
}
