package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.List;

/**
 * What an archive may ask for while it is imported. Archives are not trusted: without limits a few bytes can fill a
 * disk (decompression bombs), use up the inodes or the memory. The defaults are far above what distributions ship.
 * An immutable value: every method that takes an argument returns a new one. Thread-safe.
 */
public final class ImportLimits {
    private static final Setting<Long> ENTRIES = Setting.of("entries", 4_000_000L);
    private static final Setting<ByteSize> TOTAL_BYTES = Setting.of("totalBytes", ByteSize.gib(64));
    private static final Setting<ByteSize> FILE_BYTES = Setting.of("fileBytes", ByteSize.gib(64));
    private static final Setting<ByteSize> SPARSE_BYTES = Setting.of("sparseBytes", ByteSize.tib(16));
    private static final Setting<Long> SPARSE_PIECES = Setting.of("sparsePieces", 1_000_000L);
    private static final Setting<Integer> PATH_BYTES = Setting.of("pathBytes", 16 * 1024);
    private static final Setting<Integer> PATH_DEPTH = Setting.of("pathDepth", 256);
    private static final Setting<ByteSize> HEADER_BYTES = Setting.of("headerBytes", ByteSize.mib(16));
    private static final List<Setting<?>> ALL = List.of(
            ENTRIES, TOTAL_BYTES, FILE_BYTES, SPARSE_BYTES, SPARSE_PIECES, PATH_BYTES, PATH_DEPTH, HEADER_BYTES);
    private static final ImportLimits DEFAULTS = new ImportLimits(Settings.NONE);

    private final Settings settings;

    private ImportLimits(Settings settings) {
        this.settings = settings;
    }

    /**
     * The limits that hold where none are given: 4 million entries, 64 GiB of archive and of a single file, 16 TiB for a
     * sparse file with its holes and a million pieces of content in it, paths of 16 KiB and 256 levels, 16 MiB of
     * extended header for an entry.
     *
     * @return the defaults
     */
    public static ImportLimits defaults() {
        return DEFAULTS;
    }

    private <T> ImportLimits with(Setting<T> setting, T value, long number) {
        if (number <= 0) {
            throw new InvalidConfigException(setting.name(), value, "more than 0");
        }
        return new ImportLimits(settings.with(setting, value));
    }

    /**
     * How many entries an archive may have.
     *
     * @return the number
     */
    public long entries() {
        return settings.get(ENTRIES);
    }

    /**
     * The same with another number of entries.
     *
     * @param entries the number, more than 0
     * @return new limits
     * @throws InvalidConfigException if the number isn't positive
     */
    public ImportLimits entries(long entries) {
        return with(ENTRIES, entries, entries);
    }

    /**
     * How large an archive may be, both as it comes and once it is uncompressed.
     *
     * @return the size
     */
    public ByteSize totalBytes() {
        return settings.get(TOTAL_BYTES);
    }

    /**
     * The same with another size of the archive.
     *
     * @param size the size, more than 0
     * @return new limits
     * @throws InvalidConfigException if the size is 0
     */
    public ImportLimits totalBytes(ByteSize size) {
        return with(TOTAL_BYTES, size, size.bytes());
    }

    /**
     * How much content a single file may have.
     *
     * @return the size, holes not counted
     */
    public ByteSize fileBytes() {
        return settings.get(FILE_BYTES);
    }

    /**
     * The same with another size of a file.
     *
     * @param size the size, more than 0
     * @return new limits
     * @throws InvalidConfigException if the size is 0
     */
    public ImportLimits fileBytes(ByteSize size) {
        return with(FILE_BYTES, size, size.bytes());
    }

    /**
     * How long a sparse file may be with its holes.
     *
     * @return the length
     */
    public ByteSize sparseBytes() {
        return settings.get(SPARSE_BYTES);
    }

    /**
     * The same with another length of a sparse file.
     *
     * @param length the length, more than 0
     * @return new limits
     * @throws InvalidConfigException if the length is 0
     */
    public ImportLimits sparseBytes(ByteSize length) {
        return with(SPARSE_BYTES, length, length.bytes());
    }

    /**
     * How many pieces of content a sparse file may have. Their map is held in memory, 16 bytes each.
     *
     * @return the number
     */
    public long sparsePieces() {
        return settings.get(SPARSE_PIECES);
    }

    /**
     * The same with another number of pieces.
     *
     * @param pieces the number, more than 0
     * @return new limits
     * @throws InvalidConfigException if the number isn't positive
     */
    public ImportLimits sparsePieces(long pieces) {
        return with(SPARSE_PIECES, pieces, pieces);
    }

    /**
     * How long the path of an entry may be. The kernel's PATH_MAX of 4096 doesn't matter here.
     *
     * @return the number of bytes
     */
    public int pathBytes() {
        return settings.get(PATH_BYTES);
    }

    /**
     * The same with another length of a path.
     *
     * @param bytes the number of bytes, more than 0
     * @return new limits
     * @throws InvalidConfigException if the number isn't positive
     */
    public ImportLimits pathBytes(int bytes) {
        return with(PATH_BYTES, bytes, bytes);
    }

    /**
     * How many folders deep an entry may lie. As many are open at a time.
     *
     * @return the number of components of a path
     */
    public int pathDepth() {
        return settings.get(PATH_DEPTH);
    }

    /**
     * The same with another depth.
     *
     * @param components the number of components of a path, more than 0
     * @return new limits
     * @throws InvalidConfigException if the number isn't positive
     */
    public ImportLimits pathDepth(int components) {
        return with(PATH_DEPTH, components, components);
    }

    /**
     * How much extended header an entry may have: long names, extended attributes, access control lists. It is held in
     * memory.
     *
     * @return the size
     */
    public ByteSize headerBytes() {
        return settings.get(HEADER_BYTES);
    }

    /**
     * The same with another size of extended headers.
     *
     * @param size the size, more than 0
     * @return new limits
     * @throws InvalidConfigException if the size is 0
     */
    public ImportLimits headerBytes(ByteSize size) {
        return with(HEADER_BYTES, size, size.bytes());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ImportLimits limits && settings.equals(limits.settings);
    }

    @Override
    public int hashCode() {
        return settings.hashCode();
    }

    /** {@return the limits that differ from the defaults} */
    @Override
    public String toString() {
        return "ImportLimits" + settings.show(ALL);
    }
}
