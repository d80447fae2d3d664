package io.lxj.supervise;

/**
 * The latest bytes of an endless stream, up to a limit. Every byte has a position, counted from the first one ever
 * appended, so that a reader knows what it has missed. The memory grows with the content: an empty ring has none. Not
 * thread-safe.
 */
final class ByteRing {
    private static final int FIRST_CAPACITY = 512;
    private static final byte[] NOTHING = {};

    private final int limit;
    private byte[] bytes = NOTHING;
    private long start;
    private long end;

    /**
     * An empty ring.
     *
     * @param limit how many bytes are kept at most, at least 1
     */
    ByteRing(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("a ring needs room for at least one byte, not " + limit);
        }
        this.limit = limit;
    }

    /** The position of the oldest byte that is kept. */
    long start() {
        return start;
    }

    /** The position that the next byte will get. */
    long end() {
        return end;
    }

    int size() {
        return (int) (end - start);
    }

    /** How much memory is taken. */
    int capacity() {
        return bytes.length;
    }

    /** Appends bytes; the oldest ones give way. */
    void append(byte[] source, int offset, int length) {
        int skipped = Math.max(0, length - limit);
        if (skipped > 0) {
            start = end + skipped;
            end = start;
        }
        int count = length - skipped;
        reserve(Math.min(limit, size() + count));
        copyIn(source, offset + skipped, count);
        end += count;
        start = Math.max(start, end - bytes.length);
    }

    private void reserve(int needed) {
        if (needed <= bytes.length) {
            return;
        }
        long doubled = Math.max(FIRST_CAPACITY, 2L * bytes.length);
        byte[] larger = new byte[(int) Math.min(limit, Math.max(doubled, needed))];
        byte[] kept = new byte[size()];
        copyOut(start, kept, 0, kept.length);
        bytes = larger;
        long newest = end;
        end = start;
        copyIn(kept, 0, kept.length);
        end = newest;
    }

    private void copyIn(byte[] source, int offset, int count) {
        if (count > 0) {
            int at = (int) (end % bytes.length);
            int first = Math.min(count, bytes.length - at);
            System.arraycopy(source, offset, bytes, at, first);
            System.arraycopy(source, offset + first, bytes, 0, count - first);
        }
    }

    private void copyOut(long position, byte[] target, int offset, int count) {
        if (count > 0) {
            int at = (int) (position % bytes.length);
            int first = Math.min(count, bytes.length - at);
            System.arraycopy(bytes, at, target, offset, first);
            System.arraycopy(bytes, 0, target, offset + first, count - first);
        }
    }

    /**
     * Copies bytes out; they stay in the ring.
     *
     * @param position of the first byte, from {@link #start} to {@link #end}
     * @param target where to
     * @param offset of the first byte in the target
     * @param length how many at most
     * @return how many were copied
     */
    int copy(long position, byte[] target, int offset, int length) {
        if (position < start || position > end) {
            throw new IllegalArgumentException("position " + position + " is not within " + start + " to " + end);
        }
        int count = (int) Math.min(length, end - position);
        copyOut(position, target, offset, count);
        return count;
    }

    /** Forgets what lies before a position, and gives the memory back once nothing is left. */
    void discard(long before) {
        start = Math.max(start, Math.min(end, before));
        if (start == end) {
            bytes = NOTHING;
        }
    }
}
