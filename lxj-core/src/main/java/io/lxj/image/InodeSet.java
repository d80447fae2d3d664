package io.lxj.image;

/**
 * Which files were seen, in 16 to 32 bytes for each. Of some trillions of pairs that were never added, one may be taken for
 * one that was: enough to tell whether much is seen twice. Not thread-safe.
 */
final class InodeSet {
    /** How much memory each takes at most, in bytes. */
    static final int MEMORY = 32;

    private static final int SMALLEST = 1024;

    // Open addressing; 0 is a free place, and never the mark of a file.
    private long[] marks = new long[SMALLEST];
    private int size;

    /** Adds a file; false if it is there already. */
    boolean add(long fileSystem, long inode) {
        if (size >= marks.length / 2) {
            grow();
        }
        boolean added = put(marks, mark(fileSystem, inode));
        size += added ? 1 : 0;
        return added;
    }

    private void grow() {
        long[] larger = new long[marks.length * 2];
        for (long mark : marks) {
            if (mark != 0) {
                put(larger, mark);
            }
        }
        marks = larger;
    }

    private static boolean put(long[] places, long mark) {
        int place = (int) mark & places.length - 1;
        while (places[place] != 0) {
            if (places[place] == mark) {
                return false;
            }
            place = place + 1 & places.length - 1;
        }
        places[place] = mark;
        return true;
    }

    /** Mixes all bits of both, as the finalizer of MurmurHash3 does. */
    private static long mark(long fileSystem, long inode) {
        long mixed = inode * 0x9E3779B97F4A7C15L + fileSystem;
        mixed = (mixed ^ mixed >>> 33) * 0xFF51AFD7ED558CCDL;
        mixed = (mixed ^ mixed >>> 33) * 0xC4CEB9FE1A85EC53L;
        mixed ^= mixed >>> 33;
        return mixed == 0 ? 1 : mixed;
    }
}
