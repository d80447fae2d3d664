package io.lxj.storage;

import io.lxj.linux.Directory;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;

/**
 * The files that are locked: one for each image and container, for as long as it is there or somebody holds its lock.
 * Thread-safe.
 */
final class LockFiles {
    private final Directory folder;
    private final Need need;

    /** Tells what there is. */
    interface Need {
        /** Whether there is what a lock protects. */
        boolean exists(LockName name) throws LinuxException;
    }

    LockFiles(Directory folder, Need need) {
        this.folder = folder;
        this.need = need;
    }

    /** Opens a file, and makes it if it isn't there. */
    Fd open(LockName name) throws LinuxException {
        return folder.open(FileName.bytes(name.fileName()), Open.O_RDWR | Open.O_CREAT, 0600);
    }

    /** Whether a file has to stay when nobody holds its lock. */
    boolean isNeeded(LockName name) throws LinuxException {
        return need.exists(name);
    }

    /** Removes a file, if it is there; the caller holds its lock alone. */
    void remove(LockName name) throws LinuxException {
        folder.unlinkIfThere(FileName.bytes(name.fileName()));
    }
}
