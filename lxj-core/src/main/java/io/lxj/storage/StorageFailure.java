package io.lxj.storage;

import io.lxj.error.Failure;
import io.lxj.error.LxjException;
import io.lxj.linux.Errno;
import io.lxj.linux.LinuxException;
import java.util.Optional;

/** Turns a failed system call into an exception of the API: what was being done, the call, and what to do about it. */
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
        return new LxjException(describe(action, "", cause), cause);
    }

    /**
     * Makes the exception.
     *
     * @param action what was being done to what
     * @param problem what is wrong, in words
     * @param cause the call that failed
     * @return the exception, to be thrown by the caller
     */
    public static LxjException of(String action, String problem, LinuxException cause) {
        return new LxjException(describe(action, problem, cause), cause);
    }

    private static Failure describe(String action, String problem, LinuxException cause) {
        String call = cause.call() + "(" + String.join(", ", cause.arguments()) + ")";
        Failure failure = Failure.of(action, problem)
                .call(
                        call,
                        cause.errno().map(Errno::name).orElse("unknown error"),
                        cause.errno().map(Errno::text).orElse("no text"));
        return cause.hint().or(() -> hint(cause)).map(failure::hint).orElse(failure);
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
