package io.lxj.storage;

import io.lxj.linux.DirectoryEntry;
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
            if (name.isPresent() && !state.exists(name.get()) && removeIfFree(name.get())) {
                removed.add("lock of " + name.get());
            }
        }
        return removed;
    }

    private boolean removeIfFree(LockName name) throws LinuxException {
        Optional<Lock> lock = state.locks().tryExclusive(name);
        // Its file goes with it, unless what it protects has been made since.
        lock.ifPresent(Lock::close);
        return lock.isPresent() && !state.exists(name);
    }
}
