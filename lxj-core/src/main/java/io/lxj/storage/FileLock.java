package io.lxj.storage;

import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Syscall;

/**
 * flock(2) on an open file. Such a lock belongs to the open file description: it excludes other threads that opened the
 * file for themselves as well as other processes, and it vanishes with the process that holds it.
 */
final class FileLock {
    private static final int LOCK_SH = 1;
    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;
    private static final int LOCK_UN = 8;

    private FileLock() {}

    /** Takes the lock alone, if nobody has it; false if somebody has. */
    static boolean tryExclusive(Fd file) throws LinuxException {
        return take(file, LOCK_EX, "LOCK_EX");
    }

    /** Takes the lock together with others, if nobody has it alone; false if somebody has. */
    static boolean tryShared(Fd file) throws LinuxException {
        return take(file, LOCK_SH, "LOCK_SH");
    }

    /** Waits until nobody has the lock, and takes it alone: for what is soon given up again, as the wait can't be ended. */
    static void awaitExclusive(Fd file) throws LinuxException {
        long result;
        do {
            result = file.call(Syscall.FLOCK, LOCK_EX);
        } while (Errno.EINTR.is(result));
        if (result < 0) {
            throw LinuxException.of(result, "flock", file, "LOCK_EX");
        }
    }

    private static boolean take(Fd file, int operation, String name) throws LinuxException {
        long result = file.call(Syscall.FLOCK, operation | LOCK_NB);
        if (Errno.EAGAIN.is(result)) {
            return false;
        }
        if (result < 0) {
            throw LinuxException.of(result, "flock", file, name + "|LOCK_NB");
        }
        return true;
    }

    /**
     * Gives the lock up. Closing the file does that too, but not while a process that was just spawned, and hasn't
     * reached its execve(2) yet, still has a copy of the descriptor.
     */
    static void release(Fd file) throws LinuxException {
        long result = file.call(Syscall.FLOCK, LOCK_UN);
        if (result < 0) {
            throw LinuxException.of(result, "flock", file, "LOCK_UN");
        }
    }
}
