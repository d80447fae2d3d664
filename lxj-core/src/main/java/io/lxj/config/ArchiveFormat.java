package io.lxj.config;

/** How a tar archive is compressed. It is recognised from the content, never from a file's name. */
public enum ArchiveFormat {
    /** A tar archive that isn't compressed. */
    TAR("tar"),
    /** Compressed by gzip, RFC 1952; several members in a row are one stream. */
    TAR_GZIP("tar.gz"),
    /** Compressed by xz. */
    TAR_XZ("tar.xz"),
    /** Compressed by zstd, RFC 8878. */
    TAR_ZSTD("tar.zst"),
    /** Compressed by bzip2. */
    TAR_BZIP2("tar.bz2");

    private final String suffix;

    ArchiveFormat(String suffix) {
        this.suffix = suffix;
    }

    /**
     * The usual suffix of such a file's name.
     *
     * @return the suffix without a leading dot, for example {@code tar.gz}
     */
    public String suffix() {
        return suffix;
    }

    /**
     * The format that has a suffix.
     *
     * @param suffix as {@link #suffix()} gives it
     * @return the format
     * @throws IllegalArgumentException if no format has that suffix
     */
    public static ArchiveFormat ofSuffix(String suffix) {
        for (ArchiveFormat format : values()) {
            if (format.suffix.equals(suffix)) {
                return format;
            }
        }
        throw new IllegalArgumentException("no archive format is called " + suffix);
    }

    @Override
    public String toString() {
        return suffix;
    }
}
