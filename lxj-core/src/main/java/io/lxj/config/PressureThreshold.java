package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;

/**
 * For how long processes of a container may have to wait within a window of time until somebody is told; the kernel watches
 * that, see {@code accounting/psi}. An immutable value. Thread-safe.
 *
 * <pre>{@code
 * PressureThreshold.memory(Duration.ofMillis(300), Duration.ofSeconds(2))        // some process, for 15 % of two seconds
 * PressureThreshold.io(Duration.ofSeconds(1), Duration.ofSeconds(10)).full()     // all of them at the same time
 * }</pre>
 *
 * @param resource what they wait for
 * @param isFull whether all processes have to wait, not only some
 * @param stall for how long; to the microsecond, and not longer than the window
 * @param window within what time: 500 ms to 10 s; where lxj hasn't got CAP_SYS_RESOURCE, as an ordinary user hasn't, the
 *     kernel only takes 2, 4, 6, 8 and 10 seconds
 */
public record PressureThreshold(Resource resource, boolean isFull, Duration stall, Duration window) {
    private static final Duration SHORTEST = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final Duration LEAST = Duration.ofNanos(1000);

    /** What processes wait for. */
    public enum Resource {
        /** A processor: a process could run, and there is none for it. */
        CPU,
        /** Memory: it is being freed, or fetched again. */
        MEMORY,
        /** A disk. */
        IO;

        /** {@return the name as the kernel has it, for example {@code cpu}} */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Checks the times.
     *
     * @param resource see {@link #resource()}
     * @param isFull see {@link #isFull()}
     * @param stall see {@link #stall()}
     * @param window see {@link #window()}
     * @throws InvalidConfigException if a time is out of its bounds
     */
    public PressureThreshold {
        Objects.requireNonNull(resource, "resource");
        if (window.compareTo(SHORTEST) < 0 || window.compareTo(LONGEST) > 0) {
            throw new InvalidConfigException("pressure.window", window, "500 ms to 10 s");
        }
        if (stall.compareTo(LEAST) < 0 || stall.compareTo(window) > 0) {
            throw new InvalidConfigException("pressure.stall", stall, "1 microsecond to the window, " + window);
        }
    }

    /**
     * Some process has to wait for a processor.
     *
     * @param stall for how long
     * @param window within what time
     * @return the threshold
     * @throws InvalidConfigException if a time is out of its bounds
     */
    public static PressureThreshold cpu(Duration stall, Duration window) {
        return new PressureThreshold(Resource.CPU, false, stall, window);
    }

    /**
     * Some process has to wait for memory.
     *
     * @param stall for how long
     * @param window within what time
     * @return the threshold
     * @throws InvalidConfigException if a time is out of its bounds
     */
    public static PressureThreshold memory(Duration stall, Duration window) {
        return new PressureThreshold(Resource.MEMORY, false, stall, window);
    }

    /**
     * Some process has to wait for a disk.
     *
     * @param stall for how long
     * @param window within what time
     * @return the threshold
     * @throws InvalidConfigException if a time is out of its bounds
     */
    public static PressureThreshold io(Duration stall, Duration window) {
        return new PressureThreshold(Resource.IO, false, stall, window);
    }

    /**
     * The same threshold for the time in which all processes have to wait at once.
     *
     * @return the threshold
     */
    public PressureThreshold full() {
        return new PressureThreshold(resource, true, stall, window);
    }
}
