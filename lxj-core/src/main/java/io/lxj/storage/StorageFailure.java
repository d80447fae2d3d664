package io.lxj.storage;

import io.lxj.error.Failure;
import io.lxj.error.LxjException;
import io.lxj.failure.Failures;
import io.lxj.linux.Errno;
import io.lxj.linux.LinuxException;
import java.util.Optional;

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
        Failure advised = failure.hint().isPresent()
                ? failure
                : hint(cause).map(failure::hint).orElse(failure);
        return new LxjException(advised, cause);
    }

    private static Optional<String> hint(LinuxException cause) {
        return cause.errno().map(StorageFailure::hint).filter(hint -> !hint.isEmpty());
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
