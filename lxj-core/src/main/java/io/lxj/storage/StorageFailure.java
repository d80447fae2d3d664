package io.lxj.storage;

import io.lxj.error.Failure;
import io.lxj.error.LxjException;
import io.lxj.failure.Failures;
import io.lxj.linux.Errno;
import io.lxj.linux.LinuxException;

/**
 * Failures of work in the state folder, with advice for what can go wrong with any file there: a full disk, a read-only
 * one, another owner.
 */
public final class StorageFailure {
    private StorageFailure() {}

    /**
     * Makes the exception.
     *
     * @param action what was being done to what, for example {@code create container web1}
     * @param cause the call that failed
     * @return the exception, to be thrown by the caller
     */
    public static LxjException of(String action, LinuxException cause) {
        Failure failure = Failures.of(action, cause);
        String known = cause.errno().map(StorageFailure::hint).orElse("");
        if (known.isEmpty()) {
            return new LxjException(failure, cause);
        }
        String all = failure.hint().map(hint -> hint + "; " + known).orElse(known);
        return new LxjException(failure.hint(all), cause);
    }

    private static String hint(Errno errno) {
        switch (errno) {
            case ENOSPC:
                return "the file system of the state folder is full: remove images or containers, or make room";
            case EDQUOT:
                return "the disk quota of this user is used up";
            case EROFS:
                return "the file system of the state folder is mounted read-only";
            case EACCES:
                return "the state folder belongs to one user; run as that user, or open another state folder";
            case EMFILE:
                return "this process has too many open files; raise RLIMIT_NOFILE";
            case EIO:
                return "the disk reports an error; see the kernel's log";
            default:
                return "";
        }
    }
}
