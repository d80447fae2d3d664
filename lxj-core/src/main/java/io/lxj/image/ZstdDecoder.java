package io.lxj.image;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Decompresses zstd, any number of frames in a row. The window is limited to 128 MiB, the library's default and that
 * of zstd(1), so that a frame can't ask for all memory.
 */
final class ZstdDecoder implements ByteSource {
    private final CompressedBytes in;
    private final ZstdDecompressCtx context = new ZstdDecompressCtx();
    private boolean inFrame;

    ZstdDecoder(CompressedBytes in) {
        this.in = in;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int start = into.position();
        boolean flushed = false;
        while (into.position() == start) {
            ByteBuffer bytes = in.buffer();
            if (bytes == null) {
                if (!inFrame) {
                    return -1;
                }
                if (flushed) {
                    throw new ArchiveException("the zstd data is cut off at byte " + in.offset());
                }
                // What the decoder still holds comes out without more input.
                bytes = ByteBuffer.allocateDirect(1).limit(0);
                flushed = true;
            }
            inFrame = !decompress(into, bytes);
        }
        return into.position() - start;
    }

    private boolean decompress(ByteBuffer into, ByteBuffer bytes) throws IOException {
        try {
            return context.decompressDirectByteBufferStream(into, bytes);
        } catch (ZstdException e) {
            if (Zstd.getErrorCode(e.getErrorCode()) == Zstd.errFrameParameterWindowTooLarge()) {
                throw ArchiveException.packAgain(
                        "without --long, or with --long=27",
                        "the zstd data asks for a window of more than 128MiB of memory",
                        e);
            }
            throw new ArchiveException("the zstd data is corrupt at byte " + in.offset() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        context.close();
        in.close();
    }
}
