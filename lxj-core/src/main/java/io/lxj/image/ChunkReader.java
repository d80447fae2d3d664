package io.lxj.image;

import io.lxj.config.ByteSize;
import io.lxj.linux.Block;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads an uncompressed archive in the order that a tar reader needs it. Content goes through without being copied. */
final class ChunkReader {
    private final ChunkSource source;
    private final ByteSize limit;
    private Block memory;
    private ByteBuffer buffer = ByteBuffer.allocate(0);
    // The offset of the end of the current chunk.
    private long end;

    /**
     * Begins to read.
     *
     * @param source the archive
     * @param limit how large the archive may be
     */
    ChunkReader(ChunkSource source, ByteSize limit) {
        this.source = source;
        this.limit = limit;
    }

    long position() {
        return end - buffer.remaining();
    }

    private boolean isAtEnd() throws IOException {
        if (buffer.hasRemaining()) {
            return false;
        }
        ChunkSource.Chunk chunk = source.next();
        if (chunk == null) {
            return true;
        }
        memory = chunk.memory();
        buffer = memory.buffer();
        end += chunk.length();
        if (end > limit.bytes()) {
            throw ArchiveException.beyond(
                    "totalBytes", "the uncompressed archive is larger than the limit of " + limit);
        }
        return false;
    }

    /** Looks at the beginning of the archive, as far as it is at hand, without taking anything. */
    byte[] peek() throws IOException {
        if (isAtEnd()) {
            return new byte[0];
        }
        byte[] head = new byte[Math.min(buffer.remaining(), FormatDetector.HEAD)];
        buffer.get(buffer.position(), head);
        return head;
    }

    /** Fills a block; false if the archive has ended just here. */
    boolean readBlock(byte[] block) throws IOException {
        if (isAtEnd()) {
            return false;
        }
        readFully(block);
        return true;
    }

    /** Fills an array. */
    void readFully(byte[] into) throws IOException {
        int done = 0;
        while (done < into.length) {
            int n = (int) available(into.length - done);
            buffer.get(into, done, n);
            done += n;
        }
    }

    /** Leaves bytes out. */
    void skip(long length) throws IOException {
        long rest = length;
        while (rest > 0) {
            int n = (int) available(rest);
            buffer.position(buffer.position() + n);
            rest -= n;
        }
    }

    /** Hands bytes on. */
    void transfer(long length, ContentSink sink) throws IOException {
        long rest = length;
        while (rest > 0) {
            int n = (int) available(rest);
            int at = buffer.position();
            sink.accept(memory, at, n);
            buffer.position(at + n);
            rest -= n;
        }
    }

    private long available(long wanted) throws IOException {
        if (isAtEnd()) {
            throw new ArchiveException("the archive is cut off at byte " + end + " of the uncompressed data");
        }
        return Math.min(wanted, buffer.remaining());
    }

    /**
     * Reads to the end, so that the decoder gets to see the last checksum.
     *
     * @return whether there was anything but zeros
     */
    boolean drain() throws IOException {
        boolean content = false;
        while (!isAtEnd()) {
            while (buffer.hasRemaining()) {
                content |= buffer.get() != 0;
            }
        }
        return content;
    }
}
