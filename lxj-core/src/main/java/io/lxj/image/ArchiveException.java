package io.lxj.image;

import io.lxj.linux.FileName;
import java.io.IOException;
import java.util.Optional;

/**
 * An archive that can't be taken as it is: damaged, cut off, of a format that isn't known, beyond a limit, or hostile.
 * The name of the archive is added by whoever knows it.
 */
final class ArchiveException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String problem;
    private final transient byte[] entry;
    private final long offset;
    private final String advice;

    private ArchiveException(String problem, byte[] entry, long offset, String advice, Throwable cause) {
        super(entry == null ? problem : place(entry, offset) + ": " + problem, cause);
        this.problem = problem;
        this.entry = entry;
        this.offset = offset;
        this.advice = advice;
    }

    private ArchiveException(String problem, byte[] entry, long offset, Throwable cause) {
        this(problem, entry, offset, cause instanceof ArchiveException same ? same.advice : null, cause);
    }

    // A file of a tree has no offset.
    private static String place(byte[] entry, long offset) {
        return offset < 0 ? FileName.quote(entry) : "entry " + FileName.quote(entry) + " at byte " + offset;
    }

    /** The archive as a whole is at fault. */
    ArchiveException(String problem) {
        this(problem, null, -1, null);
    }

    /** The archive as a whole is at fault, as another failure shows. */
    ArchiveException(String problem, Throwable cause) {
        this(problem, null, -1, cause);
    }

    /** It is beyond one of the limits, which is named as the method of ImportLimits is. */
    static ArchiveException beyond(String limit, String problem) {
        return new ArchiveException(
                problem, null, -1, "if the archive is to be trusted, raise ImportLimits." + limit, null);
    }

    /** It was packed in a way that is refused, and can be packed in another. */
    static ArchiveException packAgain(String how, String problem, Throwable cause) {
        return new ArchiveException(problem, null, -1, "pack it again " + how, cause);
    }

    /** An entry is at fault, which begins at an offset of the uncompressed archive. */
    static ArchiveException ofEntry(byte[] name, long offset, String problem) {
        return new ArchiveException(problem, name, offset, null);
    }

    /** An entry could not be written. */
    static ArchiveException ofEntry(byte[] name, long offset, String problem, Throwable cause) {
        return new ArchiveException(problem, name, offset, cause);
    }

    /** What is wrong, without the entry. */
    String problem() {
        return problem;
    }

    /** What whoever imports it can do, if anything. */
    Optional<String> advice() {
        return Optional.ofNullable(advice);
    }

    /** The name of the entry at fault. */
    Optional<byte[]> entry() {
        return Optional.ofNullable(entry);
    }

    /** Where the entry at fault begins in the uncompressed archive, or -1. */
    long offset() {
        return offset;
    }
}
