package io.lxj.error;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * An archive could not be imported: it is missing, damaged, of a format that isn't known, beyond a limit, or it reaches
 * outside of the image's root. No image is left behind.
 *
 * @serial exclude
 */
public class ImportException extends LxjException {
    private static final long serialVersionUID = 1L;

    private final String archive;
    private final String entry;
    private final long offset;

    /**
     * An archive as a whole could not be imported.
     *
     * @param failure what failed
     * @param archive what the archive is called, usually its file
     * @param cause the exception that led to it, or null
     */
    public ImportException(Failure failure, String archive, Throwable cause) {
        super(failure.at(archive), cause);
        this.archive = archive;
        this.entry = null;
        this.offset = -1;
    }

    /**
     * An archive could not be imported because of one entry of it.
     *
     * @param failure what failed
     * @param archive what the archive is called, usually its file
     * @param entry the name of the entry
     * @param offset where the entry begins in the uncompressed archive, in bytes
     * @param cause the exception that led to it, or null
     */
    public ImportException(Failure failure, String archive, String entry, long offset, Throwable cause) {
        super(failure.at(archive + ": entry \"" + entry + "\" at byte " + offset), cause);
        this.archive = archive;
        this.entry = entry;
        this.offset = offset;
    }

    /**
     * What the archive is called.
     *
     * @return usually its file
     */
    public final String archive() {
        return archive;
    }

    /**
     * The entry at fault.
     *
     * @return its name as the archive has it, or empty if it isn't one entry
     */
    public final Optional<String> entry() {
        return Optional.ofNullable(entry);
    }

    /**
     * Where the entry begins.
     *
     * @return the offset in the uncompressed archive in bytes, or empty if it isn't one entry
     */
    public final OptionalLong offset() {
        return offset < 0 ? OptionalLong.empty() : OptionalLong.of(offset);
    }
}
