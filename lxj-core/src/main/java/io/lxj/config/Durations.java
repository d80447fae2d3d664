package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.time.Duration;
import java.util.Objects;

/** Rules for time limits. */
final class Durations {
    /** Longer than anybody waits, short enough for its nanoseconds to fit in a long. */
    private static final Duration LONGEST = Duration.ofDays(365);

    private Durations() {}

    static Duration check(String field, Duration duration, Duration shortest) {
        Objects.requireNonNull(duration, field);
        if (duration.compareTo(shortest) < 0 || duration.compareTo(LONGEST) > 0) {
            throw new InvalidConfigException(field, duration, "a duration from " + shortest + " to " + LONGEST);
        }
        return duration;
    }
}
