package io.lxj.config;

import io.lxj.error.InvalidConfigException;

/**
 * User or group ids of a container and what they are on the host. Immutable and thread-safe.
 *
 * @param inside the first id in the container
 * @param outside what it is on the host
 * @param count how many there are from both on
 */
public record IdRange(long inside, long outside, long count) {
    /** 4294967295 is (uid_t) -1, which stands for no id. */
    private static final long IDS = 4_294_967_295L;

    /**
     * Checks the numbers.
     *
     * @param inside see {@link #inside()}
     * @param outside see {@link #outside()}
     * @param count see {@link #count()}
     * @throws InvalidConfigException if there are no such ids
     */
    public IdRange {
        Ids.check("idRange.inside", inside);
        Ids.check("idRange.outside", outside);
        long most = IDS - Math.max(inside, outside);
        if (count < 1 || count > most) {
            throw new InvalidConfigException(
                    "idRange.count", count, "a number from 1 to " + most + ", so that no id is above " + (IDS - 1));
        }
    }

    /**
     * A range.
     *
     * @param inside the first id in the container
     * @param outside what it is on the host
     * @param count how many there are
     * @return the range
     * @throws InvalidConfigException if there are no such ids
     */
    public static IdRange of(long inside, long outside, long count) {
        return new IdRange(inside, outside, count);
    }

    /** What is behind the last id in the container. */
    long insideEnd() {
        return inside + count;
    }

    /** What is behind the last id on the host. */
    long outsideEnd() {
        return outside + count;
    }

    /** {@return the range in words, for example {@code 0-65535 as 1879048192-1879113727}} */
    @Override
    public String toString() {
        return count == 1
                ? inside + " as " + outside
                : inside + "-" + (insideEnd() - 1) + " as " + outside + "-" + (outsideEnd() - 1);
    }
}
