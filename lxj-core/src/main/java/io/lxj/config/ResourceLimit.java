package io.lxj.config;

import io.lxj.error.InvalidConfigException;

/**
 * How much a process may use of a resource. An immutable value. Thread-safe.
 *
 * @param soft what holds, in the unit of the resource; {@link #UNLIMITED} for no limit
 * @param hard what a process can raise it to, in the same unit; {@link #UNLIMITED} for no limit
 */
public record ResourceLimit(long soft, long hard) {
    /** No limit. */
    public static final long UNLIMITED = -1;

    /**
     * Checks the numbers.
     *
     * @param soft see {@link #soft()}
     * @param hard see {@link #hard()}
     * @throws InvalidConfigException if one is negative, or the soft limit is above the hard one
     */
    public ResourceLimit {
        if (soft < UNLIMITED || hard < UNLIMITED) {
            throw new InvalidConfigException(
                    "limit", Math.min(soft, hard), "a number from 0 to " + Long.MAX_VALUE + ", or unlimited (-1)");
        }
        if (Long.compareUnsigned(soft, hard) > 0) {
            throw new InvalidConfigException(
                    "limit", text(soft), "a soft limit of at most the hard one, " + text(hard));
        }
    }

    static String text(long limit) {
        return limit == UNLIMITED ? "unlimited" : Long.toString(limit);
    }

    /** {@return the limits, for example {@code 1024:4096}} */
    @Override
    public String toString() {
        return text(soft) + ":" + text(hard);
    }
}
