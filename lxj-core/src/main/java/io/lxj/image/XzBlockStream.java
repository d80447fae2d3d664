package io.lxj.image;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.tukaani.xz.CorruptedInputException;
import org.tukaani.xz.SingleXZInputStream;

/**
 * One block of an xz stream as a stream of its own, still compressed: between the header of the stream and an index for
 * this one block. Nothing beyond the block is read. Where it ends, its header tells, or the data: LZMA2, always the
 * last filter of a block, comes in chunks that begin with their sizes.
 */
final class XzBlockStream extends InputStream {
    // What the first byte of a chunk is, at least or at most.
    private static final int END_OF_DATA = 0;
    private static final int MAX_UNCOMPRESSED_CHUNK = 2;
    private static final int LZMA_CHUNK = 0x80;
    private static final int LZMA_CHUNK_WITH_PROPERTIES = 0xC0;

    private enum Part {
        DATA,
        CHECK,
        INDEX,
        END
    }

    private final InputStream in;
    private final XzStreamHeader stream;
    private final XzBlockHeader header;

    private Part next = Part.DATA;
    // What comes first of the current part, and how much of it is still to be read after that.
    private ByteBuffer first;
    private long rest;
    private long compressed;
    private long uncompressed;

    /**
     * Begins behind the header of a block.
     *
     * @param in where the rest of the block comes from
     * @param stream the header of the stream
     * @param header the header of the block
     */
    XzBlockStream(InputStream in, XzStreamHeader stream, XzBlockHeader header) {
        this.in = in;
        this.stream = stream;
        this.header = header;
        this.first = ByteBuffer.allocate(XzStreamHeader.SIZE + header.bytes().length)
                .put(stream.bytes())
                .put(header.bytes())
                .flip();
    }

    /**
     * What decompresses such a stream.
     *
     * @param block all of it
     * @param memoryKib how much memory it may need, in KiB
     */
    static InputStream decoder(InputStream block, int memoryKib) throws IOException {
        InputStream noMore = new FilterInputStream(block) {
            @Override
            public int read() throws IOException {
                return required(super.read());
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                return required(super.read(into, offset, length));
            }

            // More than the block has is asked for, but the archive goes on behind it: it isn't cut off.
            private int required(int read) throws CorruptedInputException {
                if (read < 0) {
                    throw new CorruptedInputException("XZ Block is longer than its header says");
                }
                return read;
            }
        };
        return new SingleXZInputStream(noMore, memoryKib);
    }

    /** How many bytes the block has in the archive, without padding. To be asked at the end. */
    long unpadded() {
        return header.bytes().length + compressed + stream.checkSize();
    }

    /** How many bytes its content has. To be asked at the end. */
    long uncompressed() {
        return uncompressed;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (!first.hasRemaining() && rest == 0) {
            if (next == Part.END) {
                return -1;
            }
            beginNext();
        }
        if (first.hasRemaining()) {
            int n = Math.min(length, first.remaining());
            first.get(into, offset, n);
            return n;
        }
        int n = in.read(into, offset, (int) Math.min(length, rest));
        if (n < 0) {
            throw new EOFException();
        }
        rest -= n;
        return n;
    }

    private void beginNext() throws IOException {
        next = switch (next) {
            case DATA -> header.tellsSizes() ? beginAllData() : beginChunk();
            case CHECK -> beginCheck();
            case INDEX, END -> beginIndex();
        };
    }

    private Part beginAllData() {
        rest = header.compressed();
        compressed = rest;
        uncompressed = header.uncompressed();
        return Part.CHECK;
    }

    private Part beginCheck() {
        rest = XzIndex.padding(compressed) + stream.checkSize();
        return Part.INDEX;
    }

    private Part beginIndex() {
        first = ByteBuffer.wrap(XzIndex.ofOne(stream, unpadded(), uncompressed));
        return Part.END;
    }

    private Part beginChunk() throws IOException {
        int control = byteOfChunk();
        ByteBuffer bytes = ByteBuffer.allocate(6).put((byte) control);
        if (control >= LZMA_CHUNK) {
            uncompressed += ((control & 0x1F) << 16) + sizeOfChunk(bytes);
            rest = sizeOfChunk(bytes);
            if (control >= LZMA_CHUNK_WITH_PROPERTIES) {
                bytes.put((byte) byteOfChunk());
            }
        } else if (control == END_OF_DATA) {
            rest = 0;
        } else if (control <= MAX_UNCOMPRESSED_CHUNK) {
            rest = sizeOfChunk(bytes);
            uncompressed += rest;
        } else {
            throw new CorruptedInputException("LZMA2 chunk of an unknown kind");
        }
        first = bytes.flip();
        compressed += first.remaining() + rest;
        return control == END_OF_DATA ? Part.CHECK : Part.DATA;
    }

    private int sizeOfChunk(ByteBuffer bytes) throws IOException {
        int high = byteOfChunk();
        int low = byteOfChunk();
        bytes.put((byte) high).put((byte) low);
        return (high << 8 | low) + 1;
    }

    private int byteOfChunk() throws IOException {
        int next = in.read();
        if (next < 0) {
            throw new EOFException();
        }
        return next;
    }
}
