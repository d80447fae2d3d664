package io.lxj.image;

import java.io.IOException;

/** A source whose beginning can be looked at first. */
final class PeekedChunks implements ChunkSource {
    private final ChunkSource source;
    private Chunk first;

    PeekedChunks(ChunkSource source) throws IOException {
        this.source = source;
        this.first = source.next();
    }

    /** The first bytes, {@link FormatDetector#HEAD} of them or all there are. To be asked before anything is taken. */
    byte[] head() {
        if (first == null) {
            return new byte[0];
        }
        byte[] head = new byte[Math.min(first.length(), FormatDetector.HEAD)];
        first.memory().buffer().get(0, head);
        return head;
    }

    @Override
    public Chunk next() throws IOException {
        Chunk chunk = first;
        if (chunk != null) {
            first = null;
            return chunk;
        }
        return source.next();
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
