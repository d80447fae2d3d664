package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.time.Duration;
import java.util.Objects;

/**
 * By how much the clocks of a container are ahead of the host's, see time_namespaces(7): so that programs see the same
 * uptime when a container moves to another host. The time of day is the host's. An immutable value. Thread-safe.
 *
 * @param monotonic of CLOCK_MONOTONIC; negative if it is behind, by no more than the host has been up
 * @param boottime of CLOCK_BOOTTIME, and of the uptime; likewise
 */
public record ClockOffsets(Duration monotonic, Duration boottime) {
    private static final Duration LARGEST = Duration.ofDays(36_500);

    /** The host's clocks. */
    public static final ClockOffsets NONE = new ClockOffsets(Duration.ZERO, Duration.ZERO);

    /**
     * Checks the offsets.
     *
     * @param monotonic see {@link #monotonic()}
     * @param boottime see {@link #boottime()}
     * @throws InvalidConfigException if one is larger than 36500 days
     */
    public ClockOffsets {
        check("monotonic", monotonic);
        check("boottime", boottime);
    }

    private static void check(String clock, Duration offset) {
        Objects.requireNonNull(offset, clock);
        if (offset.compareTo(LARGEST) > 0 || offset.compareTo(LARGEST.negated()) < 0) {
            throw new InvalidConfigException(
                    "clockOffsets." + clock, offset, "an offset from -" + LARGEST + " to " + LARGEST);
        }
    }

    /** {@return the offsets, for example {@code monotonic PT1H, boottime PT2H}} */
    @Override
    public String toString() {
        return "monotonic " + monotonic + ", boottime " + boottime;
    }
}
