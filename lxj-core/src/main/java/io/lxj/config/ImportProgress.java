package io.lxj.config;

import java.util.Objects;
import java.util.OptionalLong;

/**
 * How far an import has come. Numbers never become less. Immutable and thread-safe.
 *
 * @param bytesRead how much of the archive has been read to unpack it, compressed as it is; 0 as long as a digest is
 *     checked before that
 * @param bytesTotal how large the archive is in bytes, where that is known: not for a stream, unless it was kept in a
 *     file until its digest was checked
 * @param entries how many entries have been begun
 * @param current the name of the entry that is being written; empty before the first
 */
public record ImportProgress(ByteSize bytesRead, OptionalLong bytesTotal, long entries, String current) {
    /**
     * Checks that nothing is missing.
     *
     * @param bytesRead how much of the archive has been read, compressed as it is
     * @param bytesTotal how large the archive is
     * @param entries how many entries have been begun
     * @param current the name of the entry that is being written
     * @throws NullPointerException if an argument is null
     */
    public ImportProgress {
        Objects.requireNonNull(bytesRead, "bytesRead");
        Objects.requireNonNull(bytesTotal, "bytesTotal");
        Objects.requireNonNull(current, "current");
    }
}
