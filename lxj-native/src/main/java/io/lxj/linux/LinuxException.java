package io.lxj.linux;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A system call that failed: which one, with which arguments, and what the kernel answered. This is the one exception
 * that the Linux layer throws for anything that the kernel refuses. Immutable and thread-safe.
 */
public final class LinuxException extends IOException {
    private static final long serialVersionUID = 1L;

    /** The name of the system call. */
    private final String call;

    private final transient List<String> arguments;

    /** The error number. */
    private final int number;

    /** What to do about it, or null. */
    private final String hint;

    private LinuxException(String call, List<String> arguments, int number, String hint) {
        super(message(call, arguments, number, hint));
        this.call = call;
        this.arguments = List.copyOf(arguments);
        this.number = number;
        this.hint = hint;
    }

    /**
     * Makes the exception for a failed call.
     *
     * @param result what {@link Kernel} returned: the negated error number
     * @param call the name of the call as in its man page
     * @param arguments the arguments in the man page's order; byte arrays are taken for file names
     * @return the exception, to be thrown by the caller
     */
    public static LinuxException of(long result, String call, Object... arguments) {
        List<String> rendered = new ArrayList<>(arguments.length);
        for (Object argument : arguments) {
            rendered.add(argument instanceof byte[] name ? FileName.quote(name) : String.valueOf(argument));
        }
        return new LinuxException(call, rendered, (int) -result, null);
    }

    /**
     * The same failure with advice for whoever reads it.
     *
     * @param advice what the error means here, or what to do about it
     * @return a new exception with this one's stack trace
     */
    public LinuxException withHint(String advice) {
        LinuxException hinted = new LinuxException(call, arguments(), number, advice);
        hinted.setStackTrace(getStackTrace());
        for (Throwable suppressed : getSuppressed()) {
            hinted.addSuppressed(suppressed);
        }
        return hinted;
    }

    private static String message(String call, List<String> arguments, int number, String hint) {
        String text = call + "(" + String.join(", ", arguments) + "): " + errnoText(number);
        return hint == null ? text : text + "; " + hint;
    }

    private static String errnoText(int number) {
        return Errno.of(number).map(Errno::toString).orElse("error " + number);
    }

    /**
     * The name of the call.
     *
     * @return the name as in its man page
     */
    public String call() {
        return call;
    }

    /**
     * The arguments of the call.
     *
     * @return the arguments as text, in the man page's order
     */
    public List<String> arguments() {
        return arguments == null ? List.of() : arguments;
    }

    /**
     * The error that the kernel gave.
     *
     * @return the error, or empty for a number that errno(3) doesn't have
     */
    public Optional<Errno> errno() {
        return Errno.of(number);
    }

    /**
     * Whether the kernel gave this error.
     *
     * @param errno the error to compare with
     * @return true if it is the same
     */
    public boolean is(Errno errno) {
        return errno.number() == number;
    }

    /**
     * Advice on the error.
     *
     * @return the advice, where there is any
     */
    public Optional<String> hint() {
        return Optional.ofNullable(hint);
    }
}
