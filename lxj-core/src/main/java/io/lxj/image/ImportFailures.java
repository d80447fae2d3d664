package io.lxj.image;

import io.lxj.error.CanceledException;
import io.lxj.error.Failure;
import io.lxj.error.ImportException;
import io.lxj.error.LxjException;
import io.lxj.failure.Failures;
import io.lxj.failure.StateFolderHints;
import io.lxj.linux.Errno;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.Optional;

/** Words what went wrong with an import for the caller: which image, which archive, which entry, what to do. */
final class ImportFailures {
    private static final Map<Errno, String> HINTS =
            Map.of(Errno.EMFILE, "raise the limit of open files, or lower ImportLimits.pathDepth");

    private ImportFailures() {}

    /**
     * The exception for the caller.
     *
     * @param action what was being done, for example {@code import debian-12}
     * @param archive what the archive is called
     * @param cause what went wrong
     */
    static LxjException of(String action, String archive, IOException cause) {
        if (cause instanceof InterruptedIOException || cause instanceof ClosedByInterruptException) {
            return new CanceledException(action, cause);
        }
        if (cause instanceof ArchiveException problem) {
            return ofArchive(action, archive, problem);
        }
        if (cause instanceof NoSuchFileException) {
            return new ImportException(Failure.of(action, "there is no such file"), archive, cause);
        }
        if (cause instanceof AccessDeniedException) {
            return new ImportException(Failure.of(action, "this user may not read it"), archive, cause);
        }
        return new ImportException(hinted(Failures.of(action, cause), cause), archive, cause);
    }

    private static ImportException ofArchive(String action, String archive, ArchiveException problem) {
        Failure worded = Failure.of(action, problem.problem());
        Failure failure = problem.advice().map(worded::hint).orElse(worded);
        Optional<LinuxException> call = call(problem);
        if (call.isPresent()) {
            Failure of = Failures.of(action, call.get());
            String words = problem.problem().replace(": " + call.get().getMessage(), "");
            failure = hinted(new Failure(action, words, of.call(), of.hint()), call.get());
        }
        if (problem.entry().isEmpty()) {
            return new ImportException(failure, archive, problem);
        }
        return new ImportException(
                failure, archive, FileName.string(problem.entry().get()), problem.offset(), problem);
    }

    private static Optional<LinuxException> call(Throwable problem) {
        for (Throwable cause = problem.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof LinuxException call) {
                return Optional.of(call);
            }
        }
        return Optional.empty();
    }

    private static Failure hinted(Failure failure, IOException cause) {
        if (!(cause instanceof LinuxException call)) {
            return failure;
        }
        return call.errno()
                .flatMap(errno -> Optional.ofNullable(HINTS.get(errno)).or(() -> StateFolderHints.disk(errno)))
                .map(failure::hint)
                .orElse(failure);
    }
}
