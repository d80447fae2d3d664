package io.lxj.image;

import io.lxj.config.ByteSize;
import io.lxj.config.ImageInfo;
import io.lxj.config.ImportLimits;
import io.lxj.config.ImportOptions;
import io.lxj.error.ImportException;
import io.lxj.linux.Directory;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.Open;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/**
 * The import of an archive. The first byte of an input says whether the checksums of its headers are put right: nothing
 * else would get past them. Beside the state folder is a file that links in the seeds lead to; it has to stay as it is.
 */
public final class TarImportFuzz {
    private static final Path OUTSIDE = Path.of("outside");
    private static final Path STATE = Path.of("state");
    private static final String WAY_OUT = "../../../../../../proc/self/cwd/outside";
    private static final ImportLimits LIMITS = ImportLimits.defaults()
            .entries(50)
            .totalBytes(ByteSize.mib(1))
            .fileBytes(ByteSize.kib(256))
            .sparseBytes(ByteSize.mib(1))
            .sparsePieces(100)
            .headerBytes(ByteSize.kib(64))
            .pathDepth(16);
    private static final ImportOptions OPTIONS = ImportOptions.defaults().limits(LIMITS);
    private static final int NUMBER = 12;
    private static final int SIZE = 124;

    private TarImportFuzz() {}

    public static List<byte[]> seeds() {
        byte[] tree = new TarBytes()
                .directory("etc")
                .file("etc/os-release", "ID=x\n")
                .symlink("etc/out", WAY_OUT)
                .symlink("up", "../../..")
                .file("up/f", "x")
                .hardlink("l", "up/f")
                .name("null")
                .type('3')
                .device(1, 3)
                .add()
                .finish();
        byte[] extended = new TarBytes()
                .pax(
                        "path",
                        "etc/out/outside",
                        "mtime",
                        "1.5",
                        "SCHILY.xattr.user.x",
                        "y",
                        "SCHILY.acl.access",
                        "user::rwx,user:5:r--,group::r-x,mask::rwx,other::---")
                .file("short", "content")
                .pax("GNU.sparse.map", "0,1,9,1", "GNU.sparse.size", "20")
                .file("sparse", "ab")
                .rawPax('L', "a-long-name\0".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                .file("x", "")
                .finish();
        return List.of(
                input(1, tree),
                input(1, extended),
                input(0, compressed(tree, GZIPOutputStream::new)),
                input(0, compressed(tree, BZip2CompressorOutputStream::new)),
                input(0, compressed(tree, out -> new XZOutputStream(out, new LZMA2Options(0)))),
                input(0, blocksOfXz(tree)),
                input(0, compressed(tree, com.github.luben.zstd.ZstdOutputStream::new)));
    }

    private static byte[] blocksOfXz(byte[] archive) {
        int first = archive.length / 3;
        int second = archive.length / 2;
        return new XzBytes()
                .sized(Arrays.copyOf(archive, first))
                .sized(Arrays.copyOfRange(archive, first, second))
                .unsized(Arrays.copyOfRange(archive, second, archive.length))
                .finish();
    }

    private static byte[] input(int how, byte[] archive) {
        byte[] input = new byte[archive.length + 1];
        input[0] = (byte) how;
        System.arraycopy(archive, 0, input, 1, archive.length);
        return input;
    }

    private interface Compressor {
        OutputStream around(OutputStream out) throws IOException;
    }

    private static byte[] compressed(byte[] archive, Compressor compressor) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = compressor.around(bytes)) {
            out.write(archive);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        if (input.length == 0) {
            return;
        }
        byte[] archive = Arrays.copyOfRange(input, 1, input.length);
        if ((input[0] & 1) != 0) {
            seal(archive);
        }
        FileTime changed = FileTime.fromMillis(0);
        Files.writeString(OUTSIDE, "untouched");
        Files.setLastModifiedTime(OUTSIDE, changed);
        Object before = Files.readAttributes(OUTSIDE, "unix:*");
        try {
            ImageInfo info = new ImageImporter(STATE)
                    .importArchive("x", new ByteArrayInputStream(archive), "fuzzed", OPTIONS, ImportWatch.none());
            if (info.entries() > LIMITS.entries() || info.size().compareTo(LIMITS.totalBytes()) > 0) {
                throw new AssertionError("beyond the limits: " + info);
            }
        } catch (ImportException e) {
            requireEmpty(STATE.resolve("images"));
        }
        requireEmpty(STATE.resolve("tmp"));
        if (!before.equals(Files.readAttributes(OUTSIDE, "unix:*"))) {
            throw new AssertionError("a file outside was changed");
        }
        remove();
    }

    /** Puts the checksum of each header right, wherever the sizes say that there is one. */
    private static void seal(byte[] archive) {
        for (int offset = 0; offset >= 0 && offset + TarHeader.SIZE <= archive.length; ) {
            byte[] header = Arrays.copyOfRange(archive, offset, offset + TarHeader.SIZE);
            if (!TarHeader.isZero(header)) {
                TarHeader.seal(header);
                System.arraycopy(header, 0, archive, offset, TarHeader.SIZE);
            }
            offset += TarHeader.SIZE + (size(header) + TarHeader.SIZE - 1) / TarHeader.SIZE * TarHeader.SIZE;
        }
    }

    private static int size(byte[] header) {
        int size = 0;
        for (int i = SIZE; i < SIZE + NUMBER && header[i] >= '0' && header[i] <= '7'; i++) {
            size = Math.min(size * 8 + header[i] - '0', 1 << 20);
        }
        return size;
    }

    private static void requireEmpty(Path folder) throws IOException {
        try (var names = Files.list(folder)) {
            if (names.findAny().isPresent()) {
                throw new AssertionError("left in " + folder);
            }
        }
    }

    private static void remove() throws IOException {
        try (Directory images = new Directory(Fd.open(STATE.resolve("images"), Open.O_RDONLY | Open.O_DIRECTORY, 0))) {
            if (Files.exists(STATE.resolve("images/x"))) {
                images.removeTree(FileName.bytes("x"));
            }
        }
    }
}
