package io.lxj.image;

import io.lxj.linux.Block;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * One stage of the import with a thread of its own: it reads ahead from a source into a fixed number of buffers, which
 * go round. So reading, decompression and writing overlap, and memory doesn't grow with the archive.
 */
final class Stage implements ChunkSource {
    private static final int CHUNK = 256 * 1024;
    private static final int CHUNKS = 6;
    private static final Chunk END = new Chunk(null, 0);

    private final ByteSource source;
    private final boolean waitsAtClose;
    private final BlockingQueue<Block> free = new ArrayBlockingQueue<>(CHUNKS);
    private final BlockingQueue<Chunk> full = new ArrayBlockingQueue<>(CHUNKS + 1);
    private final Thread thread;

    private Chunk current;
    private boolean ended;
    // Written before END is queued, read after it is taken.
    private ThreadFailure failure;

    private Stage(String name, ByteSource source, boolean waitsAtClose) {
        this.source = source;
        this.waitsAtClose = waitsAtClose;
        for (int i = 0; i < CHUNKS; i++) {
            free.add(Block.allocate(CHUNK));
        }
        thread = new Thread(this::run, "lxj import: " + name);
        thread.setDaemon(true);
    }

    /** A stage whose source answers an interrupt, so that closing can wait for its thread. */
    static Stage start(String name, ByteSource source) {
        return start(name, source, true);
    }

    /**
     * A stage over a source of somebody else's, which may block for as long as it likes: closing interrupts the thread
     * but doesn't wait for it. The thread then ends with the read that is under way.
     */
    static Stage startUnbounded(String name, ByteSource source) {
        return start(name, source, false);
    }

    private static Stage start(String name, ByteSource source, boolean waitsAtClose) {
        Stage stage = new Stage(name, source, waitsAtClose);
        stage.thread.start();
        return stage;
    }

    private void run() {
        try (source) {
            Chunk chunk;
            do {
                chunk = fill(free.take());
                if (chunk.length() > 0) {
                    full.put(chunk);
                }
            } while (chunk.length() == CHUNK);
        } catch (Throwable e) {
            failure = new ThreadFailure(e);
        }
        // There is room for it: the queue is one longer than there are buffers.
        full.add(END);
    }

    private Chunk fill(Block block) throws IOException {
        block.buffer().clear();
        while (block.buffer().hasRemaining() && source.read(block.buffer()) >= 0) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("closed");
            }
        }
        return new Chunk(block, block.buffer().position());
    }

    @Override
    public Chunk next() throws IOException {
        if (ended) {
            return null;
        }
        if (current != null) {
            free.add(current.memory());
            current = null;
        }
        Chunk chunk;
        try {
            chunk = full.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
        if (chunk == END) {
            ended = true;
            if (failure != null) {
                failure.rethrow();
            }
            return null;
        }
        chunk.memory().buffer().position(0).limit(chunk.length());
        current = chunk;
        return chunk;
    }

    @Override
    public void close() {
        ended = true;
        thread.interrupt();
        boolean interrupted = false;
        while (waitsAtClose && thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
