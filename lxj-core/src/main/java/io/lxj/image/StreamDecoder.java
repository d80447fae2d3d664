package io.lxj.image;

import io.lxj.config.ArchiveFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.MemoryLimitException;
import org.tukaani.xz.UnsupportedOptionsException;
import org.tukaani.xz.XZInputStream;

/** Decompresses by a library that gives a stream, and says where in the data it failed. */
final class StreamDecoder implements ByteSource {
    /** xz -9 needs 65 MiB. What asks for more than this, or for as much of a small heap, is out to use up the memory. */
    private static final int XZ_MEMORY_KIB =
            (int) Math.min(512 * 1024, Runtime.getRuntime().maxMemory() / 1024 / 3);

    private final ArchiveFormat format;
    private final CompressedBytes in;
    private final Opener opener;
    private StreamSource stream;

    private interface Opener {
        InputStream open(InputStream compressed) throws IOException;
    }

    private StreamDecoder(ArchiveFormat format, CompressedBytes in, Opener opener) {
        this.format = format;
        this.in = in;
        this.opener = opener;
    }

    static StreamDecoder bzip2(CompressedBytes in) {
        return new StreamDecoder(
                ArchiveFormat.TAR_BZIP2, in, compressed -> new BZip2CompressorInputStream(compressed, true));
    }

    static StreamDecoder xz(CompressedBytes in) {
        return new StreamDecoder(ArchiveFormat.TAR_XZ, in, compressed -> new XZInputStream(compressed, XZ_MEMORY_KIB));
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        try {
            if (stream == null) {
                stream = new StreamSource(opener.open(in.stream()), true);
            }
            return stream.read(into);
        } catch (MemoryLimitException | UnsupportedOptionsException e) {
            throw ArchiveException.packAgain("with xz -6", "the xz data is refused: " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            in.rethrow();
            if (in.isExhausted()) {
                throw new ArchiveException("the " + name() + " data is cut off at byte " + in.offset(), e);
            }
            throw new ArchiveException("the " + name() + " data is corrupt before byte " + in.offset() + why(e), e);
        }
    }

    private String name() {
        return format == ArchiveFormat.TAR_XZ ? "xz" : "bzip2";
    }

    private static String why(Exception e) {
        return e.getMessage() == null ? "" : ": " + e.getMessage();
    }

    @Override
    public void close() throws IOException {
        try {
            if (stream != null) {
                stream.close();
            }
        } finally {
            in.close();
        }
    }
}
