package io.lxj.image;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What people hand in by mistake instead of a tar archive, told by its first bytes, so that an error can name it. */
final class ForeignFormat {
    private record Signature(String name, int offset, int... bytes) {}

    private static final List<Signature> SIGNATURES = List.of(
            new Signature("a zip archive", 0, 'P', 'K', 3, 4),
            new Signature("an empty zip archive", 0, 'P', 'K', 5, 6),
            new Signature("a 7z archive", 0, '7', 'z', 0xBC, 0xAF, 0x27, 0x1C),
            new Signature("a RAR archive", 0, 'R', 'a', 'r', '!', 0x1A, 7),
            new Signature("a squashfs image", 0, 'h', 's', 'q', 's'),
            new Signature("a squashfs image", 0, 's', 'q', 's', 'h'),
            new Signature("an EROFS image", 1024, 0xE2, 0xE1, 0xF5, 0xE0),
            new Signature("an ISO 9660 image", 32769, 'C', 'D', '0', '0', '1'),
            new Signature("an ext2, ext3 or ext4 file system", 1080, 0x53, 0xEF),
            new Signature("an XFS file system", 0, 'X', 'F', 'S', 'B'),
            new Signature("a qcow2 disk image", 0, 'Q', 'F', 'I', 0xFB),
            new Signature("a VMDK disk image", 0, 'K', 'D', 'M', 'V'),
            new Signature("a VHDX disk image", 0, 'v', 'h', 'd', 'x', 'f', 'i', 'l', 'e'),
            new Signature("a disk image with a GPT partition table", 512, 'E', 'F', 'I', ' ', 'P', 'A', 'R', 'T'),
            new Signature("an ELF program", 0, 0x7F, 'E', 'L', 'F'),
            new Signature("a Debian package or ar archive", 0, '!', '<', 'a', 'r', 'c', 'h', '>', '\n'),
            new Signature("an RPM package", 0, 0xED, 0xAB, 0xEE, 0xDB),
            new Signature("a cpio archive", 0, '0', '7', '0', '7', '0'),
            new Signature("a cpio archive", 0, 0xC7, 0x71),
            new Signature("lz4 data", 0, 0x04, 0x22, 0x4D, 0x18),
            new Signature("lzip data", 0, 'L', 'Z', 'I', 'P'),
            new Signature("lzop data", 0, 0x89, 'L', 'Z', 'O', 0),
            new Signature("lzma data (not xz)", 0, 0x5D, 0, 0),
            new Signature("compress (.Z) data", 0, 0x1F, 0x9D),
            new Signature("a PDF document", 0, '%', 'P', 'D', 'F', '-'),
            new Signature("a PGP signature or message", 0, '-', '-', '-', '-', '-', 'B', 'E', 'G', 'I', 'N', ' '),
            new Signature("a disk image with a partition table", 510, 0x55, 0xAA));

    private ForeignFormat() {}

    /** Whether bytes stand at an offset. */
    static boolean has(byte[] head, int offset, int... bytes) {
        if (head.length < offset + bytes.length) {
            return false;
        }
        for (int i = 0; i < bytes.length; i++) {
            if ((head[offset + i] & 0xFF) != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    /** What the content looks like, or empty if nothing known. */
    static Optional<String> describe(byte[] head) {
        if (head.length == 0) {
            return Optional.of("nothing: it is empty");
        }
        for (Signature signature : SIGNATURES) {
            if (has(head, signature.offset(), signature.bytes())) {
                return Optional.of(signature.name());
            }
        }
        return describeText(head);
    }

    private static Optional<String> describeText(byte[] head) {
        int length = Math.min(head.length, 512);
        for (int i = 0; i < length; i++) {
            if ((head[i] & 0xFF) < ' ' && head[i] != '\n' && head[i] != '\r' && head[i] != '\t') {
                return Optional.empty();
            }
        }
        String start =
                new String(head, 0, length, StandardCharsets.ISO_8859_1).strip().toLowerCase(Locale.ROOT);
        if (start.startsWith("<!doctype html") || start.startsWith("<html")) {
            return Optional.of("an HTML page, perhaps an error page saved by a download");
        }
        if (start.startsWith("version https://git-lfs")) {
            return Optional.of("a Git LFS pointer instead of the file itself");
        }
        return Optional.of(start.startsWith("{") ? "JSON text" : "text");
    }
}
