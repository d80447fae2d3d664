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

    private ArchiveException(String problem, byte[] entry, long offset, Throwable cause) {
        super(entry == null ? problem : place(entry, offset) + ": " + problem, cause);
        this.problem = problem;
        this.entry = entry;
        this.offset = offset;
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

    /** The name of the entry at fault. */
    Optional<byte[]> entry() {
        return Optional.ofNullable(entry);
    }

    /** Where the entry at fault begins in the uncompressed archive, or -1. */
    long offset() {
        return offset;
    }
}
