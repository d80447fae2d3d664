package io.lxj.error;

import java.util.Optional;

/**
 * Something that lxj was asked to do could not be done. The message is one line: what was being done to which image or
 * container, what went wrong, the failing system call with its arguments and errno, and what to do. What the clean-up
 * after the failure met on its way is attached as {@linkplain Throwable#getSuppressed() suppressed} exceptions.
 *
 * <p>Unchecked, because a caller can seldom do more than report it; the subclasses are for the cases where it can.
 * Thread-safe as far as {@link Throwable} is.
 *
 * @serial exclude
 */
public class LxjException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final String errno;
    private final String hint;

    /**
     * An exception that tells of a failure.
     *
     * @param failure what failed
     */
    public LxjException(Failure failure) {
        this(failure, null);
    }

    /**
     * An exception that tells of a failure and of its cause.
     *
     * @param failure what failed
     * @param cause the exception that led to it, or null
     */
    public LxjException(Failure failure, Throwable cause) {
        super(failure.message(), cause);
        call = failure.call().map(Failure.FailedCall::text).orElse(null);
        errno = failure.call().map(Failure.FailedCall::errno).orElse(null);
        hint = failure.hint().orElse(null);
    }

    /**
     * The system call that failed, as a trace shows it.
     *
     * @return the call with its arguments, for example {@code mkdirat(5, "etc", 0755)}, or empty if it wasn't one
     */
    public final Optional<String> call() {
        return Optional.ofNullable(call);
    }

    /**
     * The error number that the system call returned.
     *
     * @return its name, for example {@code EPERM}, or empty if it wasn't a system call that failed
     */
    public final Optional<String> errno() {
        return Optional.ofNullable(errno);
    }

    /**
     * What to do about it; also the end of the message.
     *
     * @return a phrase, or empty if nothing is known to help
     */
    public final Optional<String> hint() {
        return Optional.ofNullable(hint);
    }
}
