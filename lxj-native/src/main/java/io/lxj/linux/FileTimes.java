package io.lxj.linux;

/**
 * When a file was last read and last changed, as utimensat(2) sets it. Immutable and thread-safe.
 *
 * @param accessedSeconds time of last access, in seconds since 1970
 * @param accessedNanos the nanoseconds to add to that, 0 to 999,999,999
 * @param modifiedSeconds time of last modification, in seconds since 1970
 * @param modifiedNanos the nanoseconds to add to that, 0 to 999,999,999
 */
public record FileTimes(long accessedSeconds, int accessedNanos, long modifiedSeconds, int modifiedNanos) {
    /**
     * The same time for both.
     *
     * @param seconds since 1970
     * @param nanos 0 to 999,999,999
     * @return the times
     */
    public static FileTimes at(long seconds, int nanos) {
        return new FileTimes(seconds, nanos, seconds, nanos);
    }

    /** Two structs timespec, as the kernel takes them. */
    Block in(Scratch scratch) {
        Block block = scratch.block(32);
        block.buffer()
                .putLong(0, accessedSeconds)
                .putLong(8, accessedNanos)
                .putLong(16, modifiedSeconds)
                .putLong(24, modifiedNanos);
        return block;
    }

    @Override
    public String toString() {
        return String.format("[%d.%09d, %d.%09d]", accessedSeconds, accessedNanos, modifiedSeconds, modifiedNanos);
    }
}
