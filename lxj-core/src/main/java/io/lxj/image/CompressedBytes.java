package io.lxj.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * The compressed bytes as a decoder wants them: as buffers, one byte at a time, or as a stream, whichever it needs, with
 * the offset for messages. Used by one thread.
 */
final class CompressedBytes {
    private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

    private final ChunkSource source;
    private ByteBuffer buffer = NOTHING;
    // The offset of the end of the current buffer.
    private long end;
    private boolean exhausted;
    private Exception failure;

    CompressedBytes(ChunkSource source) {
        this.source = source;
    }

    /** The bytes at hand, at least one; whoever takes some moves the position. Null at the end. */
    ByteBuffer buffer() throws IOException {
        if (!buffer.hasRemaining()) {
            ChunkSource.Chunk chunk = next();
            if (chunk == null) {
                exhausted = true;
                return null;
            }
            buffer = chunk.memory().buffer();
            end += chunk.length();
        }
        return buffer;
    }

    private ChunkSource.Chunk next() throws IOException {
        try {
            return source.next();
        } catch (IOException | RuntimeException e) {
            failure = e;
            throw e;
        }
    }

    /** Throws what reading has failed with, whatever a decoder has made of it. */
    void rethrow() throws IOException {
        if (failure instanceof RuntimeException bug) {
            throw bug;
        }
        if (failure instanceof IOException io) {
            throw io;
        }
    }

    /** The next byte, or -1 at the end. */
    int read() throws IOException {
        ByteBuffer bytes = buffer();
        return bytes == null ? -1 : bytes.get() & 0xFF;
    }

    /** How many bytes have been taken. */
    long offset() {
        return end - buffer.remaining();
    }

    /** Whether more was asked for than there is. */
    boolean isExhausted() {
        return exhausted;
    }

    /** The same bytes as a stream, for decoders that want one. Closing it does nothing. */
    InputStream stream() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                return CompressedBytes.this.read();
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                if (length == 0) {
                    return 0;
                }
                ByteBuffer bytes = buffer();
                if (bytes == null) {
                    return -1;
                }
                int n = Math.min(length, bytes.remaining());
                bytes.get(into, offset, n);
                return n;
            }
        };
    }

    void close() throws IOException {
        source.close();
    }
}
