package io.lxj.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** An {@link InputStream} as a source of bytes. */
final class StreamSource implements ByteSource {
    private static final int BUFFER = 64 * 1024;

    private final InputStream stream;
    private final boolean owned;
    private final byte[] buffer = new byte[BUFFER];

    /**
     * Reads a stream.
     *
     * @param stream what to read
     * @param owned whether closing this closes the stream
     */
    StreamSource(InputStream stream, boolean owned) {
        this.stream = stream;
        this.owned = owned;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int n = stream.read(buffer, 0, Math.min(buffer.length, into.remaining()));
        if (n > 0) {
            into.put(buffer, 0, n);
        }
        return n;
    }

    @Override
    public void close() throws IOException {
        if (owned) {
            stream.close();
        }
    }
}
