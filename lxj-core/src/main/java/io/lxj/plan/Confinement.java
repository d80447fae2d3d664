package io.lxj.plan;

import java.util.List;

/**
 * The privileges that every process of a container has: its init and whatever is executed in it. Immutable and
 * thread-safe.
 *
 * @param droppedCapabilities numbers of the capabilities that leave the bounding set, see capabilities(7)
 * @param permitted the capabilities of the process that launches, as a bit mask; what is dropped leaves it
 * @param maxOpenFiles hard limit of RLIMIT_NOFILE; the soft limit is 1024, or this if it is lower
 */
public record Confinement(List<Integer> droppedCapabilities, long permitted, long maxOpenFiles) {
    /** Takes a copy of the list. */
    public Confinement {
        droppedCapabilities = List.copyOf(droppedCapabilities);
    }

    /**
     * The capabilities that are left.
     *
     * @return a bit mask
     */
    public long remaining() {
        long remaining = permitted;
        for (int capability : droppedCapabilities) {
            remaining &= ~(1L << capability);
        }
        return remaining;
    }
}
