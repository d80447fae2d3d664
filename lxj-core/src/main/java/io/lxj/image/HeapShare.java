package io.lxj.image;

import java.util.concurrent.Semaphore;

/** A part of the heap that is given to whoever asks first, so that all of them together don't take more. Thread-safe. */
final class HeapShare {
    private final int size;
    private final Semaphore free;

    /**
     * A share that nothing is taken of yet.
     *
     * @param size in KiB
     */
    HeapShare(int size) {
        this.size = size;
        this.free = new Semaphore(size);
    }

    /** Whether there is room for two of a size in KiB when nobody else has any: one alone is ahead of nothing. */
    boolean hasRoomForTwo(long kib) {
        return kib <= size / 2;
    }

    /** Takes KiB, for which there is room if nobody else has any; false if somebody has. */
    boolean take(int kib) {
        return free.tryAcquire(kib);
    }

    /** Gives KiB back. */
    void give(int kib) {
        free.release(kib);
    }

    /** How many KiB nobody has. */
    int free() {
        return free.availablePermits();
    }
}
