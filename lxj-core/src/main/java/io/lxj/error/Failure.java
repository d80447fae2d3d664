package io.lxj.error;

import java.util.Objects;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * What an exception of lxj tells: what was being done, what went wrong with it, the system call that failed, and what
 * to do. An immutable value; every method returns a new one. Thread-safe.
 *
 * <p>It exists so that all exceptions are worded alike: {@code action: problem: call: errno (meaning); hint}. Parts
 * that aren't known are left out.
 *
 * @param action what was being done to what, for example {@code start web1}
 * @param problem what went wrong, in words; may be empty where the call says it all
 * @param call the system call that failed
 * @param hint what to do about it, as a phrase without a full stop
 */
public record Failure(String action, String problem, Optional<FailedCall> call, Optional<String> hint) {

    /**
     * A system call that failed.
     *
     * @param text the call as a trace shows it, with its arguments, for example {@code mkdirat(5, "etc", 0755)}
     * @param errno the name of its errno, for example {@code EPERM}
     * @param meaning the errno in words, for example {@code Operation not permitted}
     */
    public record FailedCall(String text, String errno, String meaning) {
        /**
         * Checks that nothing is missing.
         *
         * @param text see {@link #text()}
         * @param errno see {@link #errno()}
         * @param meaning see {@link #meaning()}
         * @throws NullPointerException if an argument is null
         */
        public FailedCall {
            Objects.requireNonNull(text, "text");
            Objects.requireNonNull(errno, "errno");
            Objects.requireNonNull(meaning, "meaning");
        }

        /** {@return the call, the errno and its meaning, as they stand in a message} */
        @Override
        public String toString() {
            return text + ": " + errno + " (" + meaning + ")";
        }
    }

    /**
     * Checks that nothing is missing.
     *
     * @param action see {@link #action()}
     * @param problem see {@link #problem()}
     * @param call see {@link #call()}
     * @param hint see {@link #hint()}
     * @throws NullPointerException if an argument is null
     */
    public Failure {
        Objects.requireNonNull(action, "action");
        Objects.requireNonNull(problem, "problem");
        Objects.requireNonNull(call, "call");
        Objects.requireNonNull(hint, "hint");
    }

    /**
     * A failure of which only the action is known so far.
     *
     * @param action what was being done to what
     * @return the failure
     */
    public static Failure of(String action) {
        return of(action, "");
    }

    /**
     * A failure that is told in words.
     *
     * @param action what was being done to what
     * @param problem what went wrong
     * @return the failure
     */
    public static Failure of(String action, String problem) {
        return new Failure(action, problem, Optional.empty(), Optional.empty());
    }

    /**
     * The same failure with the system call that caused it.
     *
     * @param text the call with its arguments
     * @param errno the name of its errno
     * @param meaning the errno in words
     * @return the failure
     */
    public Failure call(String text, String errno, String meaning) {
        return new Failure(action, problem, Optional.of(new FailedCall(text, errno, meaning)), hint);
    }

    /**
     * The same failure with advice.
     *
     * @param advice what to do about it
     * @return the failure
     */
    public Failure hint(String advice) {
        return new Failure(action, problem, call, Optional.of(advice));
    }

    /**
     * The same failure, told as having happened at a place within the action: a step of a launch, an entry of an
     * archive.
     *
     * @param place the place, for example {@code step 14 of 31, mount proc on /proc}
     * @return the failure
     */
    public Failure at(String place) {
        return new Failure(action, problem.isEmpty() ? place : place + ": " + problem, call, hint);
    }

    /**
     * The failure as one line of text. What isn't plainly visible is escaped: names within it may be chosen by the
     * author of an archive or by a container, and must not forge log lines or drive a terminal.
     *
     * @return the message
     */
    public String message() {
        StringJoiner parts = new StringJoiner(": ");
        parts.add(action);
        if (!problem.isEmpty()) {
            parts.add(problem);
        }
        call.ifPresent(failed -> parts.add(failed.toString()));
        return Printable.of(parts + hint.map(advice -> "; " + advice).orElse(""));
    }
}
