package io.lxj.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A block of an xz stream that one thread decompresses, and another reads while that goes on. All of it is in memory: first
 * compressed, in the end decompressed.
 */
final class XzBlock implements ByteSource, Runnable {
    private static final int PIECE = 64 * 1024;
    private static final byte[] END = {};

    private final int memoryKib;
    private final int decoderLimitKib;
    private final Queue<byte[]> compressed = new ArrayDeque<>();
    private final BlockingQueue<byte[]> content = new LinkedBlockingQueue<>();
    private ByteBuffer current = ByteBuffer.wrap(END);
    // Written before END is queued, read after it is taken.
    private ThreadFailure failure;

    /**
     * Takes a block into memory.
     *
     * @param block as a stream of its own
     * @param memoryKib how much memory it takes as a whole, in KiB
     * @param decoderLimitKib how much of that its decoder may need, in KiB
     */
    XzBlock(InputStream block, int memoryKib, int decoderLimitKib) throws IOException {
        this.memoryKib = memoryKib;
        this.decoderLimitKib = decoderLimitKib;
        for (byte[] piece = block.readNBytes(PIECE); piece.length > 0; piece = block.readNBytes(PIECE)) {
            compressed.add(piece);
        }
    }

    int memoryKib() {
        return memoryKib;
    }

    /** Decompresses it; ends early when its thread is interrupted. */
    @Override
    public void run() {
        try (InputStream decoder = XzBlockStream.decoder(takeCompressed(), decoderLimitKib)) {
            byte[] piece = new byte[PIECE];
            for (int n = decoder.read(piece); n > 0; n = decoder.read(piece)) {
                content.add(Arrays.copyOf(piece, n));
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException("closed");
                }
            }
        } catch (Throwable e) {
            failure = new ThreadFailure(e);
        }
        content.add(END);
    }

    /** The compressed bytes; what was read is no longer kept. */
    private InputStream takeCompressed() {
        return new SequenceInputStream(new Enumeration<>() {
            @Override
            public boolean hasMoreElements() {
                return !compressed.isEmpty();
            }

            @Override
            public InputStream nextElement() {
                return new ByteArrayInputStream(compressed.remove());
            }
        });
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        if (!current.hasRemaining()) {
            byte[] piece = take();
            if (piece == END) {
                if (failure != null) {
                    failure.rethrow();
                }
                return -1;
            }
            current = ByteBuffer.wrap(piece);
        }
        int n = Math.min(into.remaining(), current.remaining());
        into.put(current.slice(current.position(), n));
        current.position(current.position() + n);
        return n;
    }

    private byte[] take() throws InterruptedIOException {
        try {
            return content.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    @Override
    public void close() {
        // It is nothing but memory.
    }
}
