package io.lxj.storage;

import io.lxj.linux.Directory;
import io.lxj.linux.DirectoryEntry;
import io.lxj.linux.Errno;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Removes the lock files of containers and images that don't exist, unless somebody holds them: to make one, say. */
final class LockSweep {
    private final StateFolder state;

    LockSweep(StateFolder state) {
        this.state = state;
    }

    List<String> run() throws LinuxException {
        List<String> removed = new ArrayList<>();
        for (DirectoryEntry entry : state.lockFiles().list()) {
            Optional<LockName> name = LockName.ofFile(entry.string());
            if (name.isPresent() && !exists(name.get()) && removeIfFree(name.get())) {
                removed.add("lock of " + name.get());
            }
        }
        return removed;
    }

    private boolean removeIfFree(LockName name) throws LinuxException {
        Optional<Lock> lock = state.locks().tryExclusive(name);
        if (lock.isEmpty()) {
            return false;
        }
        try (Lock held = lock.get()) {
            if (exists(name)) {
                return false;
            }
            held.closeAndRemove();
            return true;
        }
    }

    private boolean exists(LockName name) throws LinuxException {
        Directory folder = name.kind() == LockName.Kind.CONTAINER ? state.containers() : state.images();
        try {
            folder.stat(FileName.bytes(name.name()));
            return true;
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                return false;
            }
            throw e;
        }
    }
}
