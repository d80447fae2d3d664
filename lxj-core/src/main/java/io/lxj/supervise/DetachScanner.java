package io.lxj.supervise;

import java.util.Arrays;

/**
 * Finds the detach keys in what is typed: two keys, one after the other. The first one twice is that key once, for the
 * container; the first one with anything else behind it is passed on. Keeps its state from one piece of input to the
 * next. Not thread-safe.
 */
final class DetachScanner {
    private final byte first;
    private final byte second;
    private boolean afterFirst;
    private boolean detached;

    DetachScanner(byte first, byte second) {
        this.first = first;
        this.second = second;
    }

    /** What of a piece of input is for the container; nothing behind the detach keys is. */
    byte[] scan(byte[] input, int length) {
        // A first key that was held back may come in front.
        byte[] passed = new byte[length + 1];
        int count = 0;
        for (int i = 0; i < length && !detached; i++) {
            byte key = input[i];
            if (!afterFirst && key == first) {
                afterFirst = true;
            } else if (afterFirst && key == second && second != first) {
                detached = true;
            } else {
                if (afterFirst && key != first) {
                    passed[count++] = first;
                }
                passed[count++] = key;
                afterFirst = false;
            }
        }
        return Arrays.copyOf(passed, count);
    }

    boolean isDetached() {
        return detached;
    }
}
