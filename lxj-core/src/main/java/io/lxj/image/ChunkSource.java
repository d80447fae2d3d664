package io.lxj.image;

import io.lxj.linux.Block;
import java.io.IOException;

/** Something that pieces of native memory with content come out of, in order. Used by one thread. */
interface ChunkSource extends AutoCloseable {
    /** A piece of content: the first {@code length} bytes of the memory. */
    record Chunk(Block memory, int length) {}

    /**
     * The next piece. It belongs to the caller until the next call of this method or of {@link #close}.
     *
     * @return the piece, which isn't empty, or null at the end
     */
    Chunk next() throws IOException;

    @Override
    void close() throws IOException;
}
