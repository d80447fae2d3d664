package io.lxj.image;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Decompresses xz, any number of streams in a row, see <a href="https://tukaani.org/xz/xz-file-format.txt">the format</a>.
 * Blocks whose headers tell their sizes, as those that xz(1) writes with several threads, are decompressed ahead by other
 * threads, as many as there are processors, as long as there is memory for them; any other one in its turn by the reader. A
 * stream may have both, as those of pixz(1) do. The library decompresses one block at a time; that the blocks of a stream are
 * all there and in order is seen to here.
 */
final class XzDecoder implements ByteSource {
    /** It takes one thread about eight times as long to decompress a Debian as another one to write its files. */
    private static final int MAX_THREADS = 8;

    private static final int THREADS =
            Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors());
    private static final int WORD = 4;

    private final InputStream in;
    private final int limitKib;
    private final HeapShare heap;
    // Threads are started as blocks come in.
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, XzDecoder::thread);
    private final Queue<XzBlock> ahead = new ArrayDeque<>();
    private int taken;

    private XzStreamHeader stream;
    private XzIndex index;
    private XzBlockHeader header;
    private boolean any;
    private boolean ended;
    // What has failed behind the blocks ahead.
    private ThreadFailure failure;
    // The block behind those ahead, if it isn't decompressed before it is read.
    private XzBlockStream inTurn;
    private ByteSource inTurnContent;

    /**
     * Begins with nothing read.
     *
     * @param in the compressed bytes; stays open
     * @param limitKib how much memory the decoder of a block may need, in KiB
     * @param heap where the memory for blocks ahead is taken from
     */
    XzDecoder(InputStream in, int limitKib, HeapShare heap) {
        this.in = in;
        this.limitKib = limitKib;
        this.heap = heap;
    }

    /** The part of the heap that all imports together may have for blocks ahead; nothing if there is one processor. */
    static HeapShare quarterOfHeap() {
        return new HeapShare(THREADS == 1 ? 0 : (int) (Runtime.getRuntime().maxMemory() / 4 / 1024));
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "lxj import: decompress a block");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        while (true) {
            readAhead();
            ByteSource next = ahead.isEmpty() ? inTurnContent : ahead.element();
            if (next == null) {
                if (failure != null) {
                    failure.rethrow();
                }
                return -1;
            }
            int n = next.read(into);
            if (n > 0) {
                return n;
            }
            leaveBlock();
        }
    }

    private void leaveBlock() {
        if (ahead.isEmpty()) {
            index.add(inTurn.unpadded(), inTurn.uncompressed());
            inTurn = null;
            inTurnContent = null;
        } else {
            int kib = ahead.remove().memoryKib();
            heap.give(kib);
            taken -= kib;
        }
    }

    /** Reads as far as it can. A failure waits for its turn: what comes before is whole. */
    private void readAhead() {
        try {
            while (!ended && failure == null && inTurnContent == null && advance()) {
                // On to the next.
            }
        } catch (IOException | RuntimeException e) {
            failure = new ThreadFailure(e);
        }
    }

    /** Goes one step on; false if some of what is ahead has to be read first. */
    private boolean advance() throws IOException {
        if (stream == null) {
            beginStream();
        } else if (header == null) {
            beginBlock();
        } else if (!header.tellsSizes() || !heap.hasRoomForTwo(header.memoryKib())) {
            beginInTurn();
        } else if (ahead.size() <= THREADS && heap.take((int) header.memoryKib())) {
            beginAhead();
        } else if (ahead.isEmpty()) {
            // Other imports have the memory.
            beginInTurn();
        } else {
            return false;
        }
        return true;
    }

    /** Between streams and at the end there may be words of zeros. */
    private void beginStream() throws IOException {
        byte[] bytes = new byte[XzStreamHeader.SIZE];
        do {
            int n = in.readNBytes(bytes, 0, WORD);
            if (n == 0 && any) {
                ended = true;
                return;
            }
            requireAll(n, WORD);
        } while (any && Arrays.equals(bytes, new byte[bytes.length]));
        requireAll(in.readNBytes(bytes, WORD, bytes.length - WORD), bytes.length - WORD);
        stream = XzStreamHeader.of(bytes);
        index = new XzIndex(stream);
        any = true;
    }

    private static void requireAll(int read, int size) throws EOFException {
        if (read < size) {
            throw new EOFException();
        }
    }

    private void beginBlock() throws IOException {
        int size = in.read();
        if (size < 0) {
            throw new EOFException();
        }
        if (size == 0) {
            index.require(in);
            stream = null;
        } else {
            header = XzBlockHeader.read(size, in, stream);
        }
    }

    private void beginInTurn() throws IOException {
        inTurn = new XzBlockStream(in, stream, header);
        inTurnContent = new StreamSource(XzBlockStream.decoder(inTurn, limitKib), true);
        header = null;
    }

    private void beginAhead() throws IOException {
        int kib = (int) header.memoryKib();
        taken += kib;
        XzBlockStream bytes = new XzBlockStream(in, stream, header);
        XzBlock block = new XzBlock(bytes, kib, limitKib);
        index.add(bytes.unpadded(), bytes.uncompressed());
        header = null;
        ahead.add(block);
        threads.execute(block);
    }

    /** Ends what other threads do ahead, and waits for that: each looks for it after some kilobytes. */
    @Override
    public void close() {
        threads.shutdownNow();
        boolean interrupted = false;
        while (!threads.isTerminated()) {
            try {
                threads.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        ahead.clear();
        heap.give(taken);
        taken = 0;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
