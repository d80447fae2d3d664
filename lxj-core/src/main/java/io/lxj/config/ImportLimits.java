package io.lxj.config;

import io.lxj.error.InvalidConfigException;

/**
 * What an archive may ask for while it is imported. Archives are not trusted: without limits a few bytes can fill a
 * disk (decompression bombs), use up the inodes or the memory. The defaults are far above what distributions ship.
 * An immutable value: every method that takes an argument returns a new one. Thread-safe.
 */
public final class ImportLimits {
    private static final ImportLimits DEFAULTS = new ImportLimits(new Values(
            4_000_000,
            ByteSize.gib(64),
            ByteSize.gib(64),
            ByteSize.tib(16),
            16 * 1024,
            256,
            ByteSize.mib(16),
            1_000_000));

    private final Values values;

    private record Values(
            long entries,
            ByteSize totalBytes,
            ByteSize fileBytes,
            ByteSize sparseBytes,
            int pathBytes,
            int pathDepth,
            ByteSize headerBytes,
            long sparsePieces) {
        Values {
            positive(entries, "entries");
            positive(totalBytes.bytes(), "totalBytes");
            positive(fileBytes.bytes(), "fileBytes");
            positive(sparseBytes.bytes(), "sparseBytes");
            positive(pathBytes, "pathBytes");
            positive(pathDepth, "pathDepth");
            positive(headerBytes.bytes(), "headerBytes");
            positive(sparsePieces, "sparsePieces");
        }

        private static void positive(long value, String name) {
            if (value <= 0) {
                throw new InvalidConfigException(name, value, "a number from 1 to " + Long.MAX_VALUE);
            }
        }
    }

    private ImportLimits(Values values) {
        this.values = values;
    }

    /**
     * The limits that hold where none are given: 4 million entries, 64 GiB of uncompressed archive and of a single
     * file, 16 TiB for a sparse file with its holes, paths of 16 KiB and 256 levels, 16 MiB of extended header for an
     * entry, a million pieces of a sparse file.
     *
     * @return the defaults
     */
    public static ImportLimits defaults() {
        return DEFAULTS;
    }

    /**
     * How many entries an archive may have.
     *
     * @return the number
     */
    public long entries() {
        return values.entries;
    }

    /**
     * The same with another number of entries.
     *
     * @param entries the number, more than 0
     * @return new limits
     * @throws InvalidConfigException if the number isn't positive
     */
    public ImportLimits entries(long entries) {
        Values v = values;
        return new ImportLimits(new Values(
                entries,
                v.totalBytes,
                v.fileBytes,
                v.sparseBytes,
                v.pathBytes,
                v.pathDepth,
                v.headerBytes,
                v.sparsePieces));
    }

    /**
     * How large an archive may be once it is uncompressed.
     *
     * @return the size
     */
    public ByteSize totalBytes() {
        return values.totalBytes;
    }

    /**
     * The same with another size of the uncompressed archive.
     *
     * @param bytes the size, more than 0
     * @return new limits
     * @throws InvalidConfigException if the size isn't positive
     */
    public ImportLimits totalBytes(ByteSize bytes) {
        Values v = values;
        return new ImportLimits(new Values(
                v.entries, bytes, v.fileBytes, v.sparseBytes, v.pathBytes, v.pathDepth, v.headerBytes, v.sparsePieces));
    }

    /**
     * How much content a single file may have.
     *
     * @return the size, holes not counted
     */
    public ByteSize fileBytes() {
        return values.fileBytes;
    }

    /**
     * The same with another size of a file.
     *
     * @param bytes the size, more than 0
     * @return new limits
     * @throws InvalidConfigException if the size isn't positive
     */
    public ImportLimits fileBytes(ByteSize bytes) {
        Values v = values;
        return new ImportLimits(new Values(
                v.entries,
                v.totalBytes,
                bytes,
                v.sparseBytes,
                v.pathBytes,
                v.pathDepth,
                v.headerBytes,
                v.sparsePieces));
    }

    /**
     * How long a sparse file may be with its holes.
     *
     * @return the size
     */
    public ByteSize sparseBytes() {
        return values.sparseBytes;
    }

    /**
     * The same with another length of a sparse file.
     *
     * @param bytes the length in bytes, more than 0
     * @return new limits
     * @throws InvalidConfigException if the length isn't positive
     */
    public ImportLimits sparseBytes(ByteSize bytes) {
        Values v = values;
        return new ImportLimits(new Values(
                v.entries, v.totalBytes, v.fileBytes, bytes, v.pathBytes, v.pathDepth, v.headerBytes, v.sparsePieces));
    }

    /**
     * How long the path of an entry may be. The kernel's PATH_MAX of 4096 doesn't matter here.
     *
     * @return in bytes
     */
    public int pathBytes() {
        return values.pathBytes;
    }

    /**
     * The same with another length of a path.
     *
     * @param bytes the length in bytes, more than 0
     * @return new limits
     * @throws InvalidConfigException if the length isn't positive
     */
    public ImportLimits pathBytes(int bytes) {
        Values v = values;
        return new ImportLimits(new Values(
                v.entries,
                v.totalBytes,
                v.fileBytes,
                v.sparseBytes,
                bytes,
                v.pathDepth,
                v.headerBytes,
                v.sparsePieces));
    }

    /**
     * How many folders deep an entry may lie. As many are open at a time.
     *
     * @return the number of components of a path
     */
    public int pathDepth() {
        return values.pathDepth;
    }

    /**
     * The same with another depth.
     *
     * @param components the number of components of a path, more than 0
     * @return new limits
     * @throws InvalidConfigException if the number isn't positive
     */
    public ImportLimits pathDepth(int components) {
        Values v = values;
        return new ImportLimits(new Values(
                v.entries,
                v.totalBytes,
                v.fileBytes,
                v.sparseBytes,
                v.pathBytes,
                components,
                v.headerBytes,
                v.sparsePieces));
    }

    /**
     * How much extended header an entry may have: long names, extended attributes, access control lists. It is held in
     * memory.
     *
     * @return the size
     */
    public ByteSize headerBytes() {
        return values.headerBytes;
    }

    /**
     * The same with another size of extended headers.
     *
     * @param bytes the size, more than 0
     * @return new limits
     * @throws InvalidConfigException if the size isn't positive
     */
    public ImportLimits headerBytes(ByteSize bytes) {
        Values v = values;
        return new ImportLimits(new Values(
                v.entries, v.totalBytes, v.fileBytes, v.sparseBytes, v.pathBytes, v.pathDepth, bytes, v.sparsePieces));
    }

    /**
     * How many pieces of content a sparse file may have. Their map is held in memory, 16 bytes each.
     *
     * @return the number
     */
    public long sparsePieces() {
        return values.sparsePieces;
    }

    /**
     * The same with another number of pieces.
     *
     * @param pieces the number, more than 0
     * @return new limits
     * @throws InvalidConfigException if the number isn't positive
     */
    public ImportLimits sparsePieces(long pieces) {
        Values v = values;
        return new ImportLimits(new Values(
                v.entries, v.totalBytes, v.fileBytes, v.sparseBytes, v.pathBytes, v.pathDepth, v.headerBytes, pieces));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ImportLimits limits && values.equals(limits.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "ImportLimits" + values.toString().substring("Values".length());
    }
}
