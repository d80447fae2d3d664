package io.lxj.image;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Something that bytes come out of, into memory that the reader provides. Used by one thread. */
interface ByteSource extends AutoCloseable {
    /**
     * Reads at least one byte.
     *
     * @param into a direct buffer with space left; its position moves on
     * @return how many bytes were read, or -1 at the end
     */
    int read(ByteBuffer into) throws IOException;

    @Override
    void close() throws IOException;
}
