package io.lxj.image;

import io.lxj.config.ArchiveFormat;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.MemoryLimitException;
import org.tukaani.xz.UnsupportedOptionsException;

/** Decompresses by a library that decodes streams, and says where in the data it failed. */
final class StreamDecoder implements ByteSource {
    /** xz -9 needs 65 MiB. What asks for more than this, or for as much of a small heap, is out to use up the memory. */
    private static final int XZ_MEMORY_KIB =
            (int) Math.min(512 * 1024, Runtime.getRuntime().maxMemory() / 1024 / 3);

    /** For the blocks of all imports that are decompressed ahead. */
    private static final HeapShare AHEAD = XzDecoder.quarterOfHeap();

    private final ArchiveFormat format;
    private final CompressedBytes in;
    private final Opener opener;
    private ByteSource decoder;

    private interface Opener {
        ByteSource open(InputStream compressed) throws IOException;
    }

    private StreamDecoder(ArchiveFormat format, CompressedBytes in, Opener opener) {
        this.format = format;
        this.in = in;
        this.opener = opener;
    }

    static StreamDecoder bzip2(CompressedBytes in) {
        return new StreamDecoder(
                ArchiveFormat.TAR_BZIP2,
                in,
                compressed -> new StreamSource(new BZip2CompressorInputStream(compressed, true), true));
    }

    static StreamDecoder xz(CompressedBytes in) {
        return new StreamDecoder(
                ArchiveFormat.TAR_XZ, in, compressed -> new XzDecoder(compressed, XZ_MEMORY_KIB, AHEAD));
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        try {
            if (decoder == null) {
                decoder = opener.open(in.stream());
            }
            return decoder.read(into);
        } catch (InterruptedIOException e) {
            throw e;
        } catch (MemoryLimitException | UnsupportedOptionsException e) {
            throw ArchiveException.packAgain("with xz -6", "the xz data is refused: " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            in.rethrow();
            if (isCutOff(e)) {
                throw new ArchiveException("the " + name() + " data is cut off at byte " + in.offset(), e);
            }
            throw new ArchiveException("the " + name() + " data is corrupt before byte " + in.offset() + why(e), e);
        }
    }

    /** What is read of xz ahead of its time may well have come to the end before something is found to be corrupt. */
    private boolean isCutOff(Exception e) {
        return in.isExhausted() && (format != ArchiveFormat.TAR_XZ || e instanceof EOFException);
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
            if (decoder != null) {
                decoder.close();
            }
        } finally {
            in.close();
        }
    }
}
