package io.lxj.image;

import io.lxj.config.ArchiveFormat;
import java.util.Optional;

/** Tells by the first bytes of a file what it is. */
final class FormatDetector {
    /** How many bytes of the beginning are enough: the signature of ISO 9660 comes latest. */
    static final int HEAD = 32 * 1024 + 8;

    private FormatDetector() {}

    /**
     * Recognises an archive.
     *
     * @param head the first bytes, {@link #HEAD} of them or all there are
     * @return the format
     * @throws ArchiveException if it is nothing that can be imported; it says what it looks like
     */
    static ArchiveFormat detect(byte[] head) throws ArchiveException {
        Optional<ArchiveFormat> format = known(head);
        if (format.isPresent()) {
            return format.get();
        }
        String looks = ForeignFormat.describe(head)
                .map(what -> "it looks like " + what)
                .orElse("what it is can't be told from its content");
        throw new ArchiveException("not a tar archive, compressed or not: " + looks
                + "; lxj imports tar, tar.gz, tar.xz, tar.zst and tar.bz2");
    }

    /**
     * Checks that what came out of a decoder is a tar archive.
     *
     * @param head the first decompressed bytes
     * @param format how they were compressed
     */
    static void requireTar(byte[] head, ArchiveFormat format) throws ArchiveException {
        Optional<ArchiveFormat> found = known(head);
        if (found.equals(Optional.of(ArchiveFormat.TAR))) {
            return;
        }
        String looks = found.map(inner -> ", but compressed a second time (" + inner + ")")
                .or(() -> ForeignFormat.describe(head).map(what -> "; it looks like " + what))
                .orElse("");
        String outer = format == ArchiveFormat.TAR ? "the content" : "the decompressed content (" + format + ")";
        throw new ArchiveException(outer + " is not a tar archive" + looks);
    }

    private static Optional<ArchiveFormat> known(byte[] head) {
        if (ForeignFormat.has(head, 0, 0x1F, 0x8B)) {
            return Optional.of(ArchiveFormat.TAR_GZIP);
        }
        if (ForeignFormat.has(head, 0, 0xFD, '7', 'z', 'X', 'Z', 0)) {
            return Optional.of(ArchiveFormat.TAR_XZ);
        }
        // The second is a skippable frame, which some writers begin with.
        if (ForeignFormat.has(head, 0, 0x28, 0xB5, 0x2F, 0xFD)
                || (head.length >= 4 && (head[0] & 0xF0) == 0x50 && ForeignFormat.has(head, 1, 0x2A, 0x4D, 0x18))) {
            return Optional.of(ArchiveFormat.TAR_ZSTD);
        }
        if (ForeignFormat.has(head, 0, 'B', 'Z', 'h') && head.length > 3 && head[3] >= '1' && head[3] <= '9') {
            return Optional.of(ArchiveFormat.TAR_BZIP2);
        }
        return isTar(head) ? Optional.of(ArchiveFormat.TAR) : Optional.empty();
    }

    /** The oldest tar has no signature: a header is told by its checksum. An empty archive is all zeros. */
    private static boolean isTar(byte[] head) {
        return head.length >= TarHeader.SIZE && (TarHeader.checksumMatches(head) || TarHeader.isZero(head));
    }
}
