package io.lxj.failure;

import io.lxj.error.Failure;
import io.lxj.error.LaunchException;
import io.lxj.error.LxjException;
import io.lxj.linux.Errno;
import io.lxj.linux.LinuxException;
import io.lxj.linux.StepFailure;
import java.io.IOException;
import java.util.Optional;

/** Makes exceptions of the API out of failed system calls. Thread-safe. */
public final class Failures {
    private Failures() {}

    /**
     * What failed, as a failure that can be worded further.
     *
     * @param action what was being done to what, for example {@code start web1}
     * @param cause the failed call, or another I/O error
     * @return the failure, with the call and its hint where there are
     */
    public static Failure of(String action, IOException cause) {
        if (!(cause instanceof LinuxException call)) {
            return Failure.of(action, String.valueOf(cause.getMessage()));
        }
        Failure failure = Failure.of(action)
                .call(
                        call.call() + "(" + String.join(", ", call.arguments()) + ")",
                        call.errno().map(Errno::name).orElse("unknown error"),
                        call.errno().map(Errno::text).orElse("not in errno(3)"));
        return call.hint()
                .or(() -> call.errno().flatMap(errno -> CallHints.of(call.call(), errno)))
                .map(failure::hint)
                .orElse(failure);
    }

    /**
     * The exception for a failed call.
     *
     * @param action what was being done to what
     * @param cause the failed call, or another I/O error
     * @return the exception, to be thrown by the caller
     */
    public static LxjException exception(String action, IOException cause) {
        return new LxjException(of(action, cause), cause);
    }

    /**
     * The exception for a failed call in the state folder, with advice for what can go wrong with any file there: a full
     * disk, a read-only one, another owner.
     *
     * @param action what was being done to what, for example {@code create container web1}
     * @param cause the failed call, or another I/O error
     * @return the exception, to be thrown by the caller
     */
    public static LxjException inStateFolder(String action, IOException cause) {
        Failure failure = of(action, cause);
        Optional<String> known =
                cause instanceof LinuxException call ? call.errno().flatMap(StateFolderHints::of) : Optional.empty();
        Failure advised = known.map(advice ->
                        failure.hint().map(hint -> hint + "; " + advice).orElse(advice))
                .map(failure::hint)
                .orElse(failure);
        return new LxjException(advised, cause);
    }

    /**
     * The exception for a failed call on a file of an image or a container: on the disk of the state folder, or on something
     * that is mounted in a container.
     *
     * @param action what was being done to what, for example {@code write /file in web1}
     * @param cause the failed call, or another I/O error
     * @return the exception, to be thrown by the caller
     */
    public static LxjException inFiles(String action, IOException cause) {
        Failure failure = of(action, cause);
        boolean full = cause instanceof LinuxException call
                && call.is(Errno.ENOSPC)
                && call.hint().isEmpty();
        return new LxjException(
                full
                        ? failure.hint("the file system is full; if it is that of the state folder, remove images or"
                                + " containers, or make room")
                        : failure,
                cause);
    }

    /**
     * The exception for a step of a launch that failed.
     *
     * @param action what was being done to what
     * @param step the step
     * @param hint what to do about it, or null
     * @return the exception, to be thrown by the caller
     */
    public static LaunchException exception(String action, StepFailure step, String hint) {
        Failure failure = Failure.of(action)
                .call(
                        step.step().render(),
                        step.errno().map(Errno::name).orElse("error " + step.number()),
                        step.errno().map(Errno::text).orElse("not in errno(3)"));
        Failure advised = Optional.ofNullable(hint)
                .or(() -> step.errno()
                        .flatMap(errno -> CallHints.of(step.step().call().manName(), errno)))
                .map(failure::hint)
                .orElse(failure);
        return new LaunchException(
                advised, step.index() + 1, step.total(), step.step().what(), null);
    }
}
