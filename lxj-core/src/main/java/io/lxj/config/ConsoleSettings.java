package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.Objects;

/**
 * The console of a container, and what is kept of its output. An immutable value; every method returns a new one.
 * Thread-safe.
 *
 * @param size the size of the terminal until somebody attaches
 * @param logSize how large console.log may become before it is rotated; zero for no log at all
 * @param logRotations how many rotated logs are kept beside the current one, 0 to 100
 * @param bufferSize how much of the latest output is held in memory, 1KiB to 64MiB
 */
public record ConsoleSettings(TerminalSize size, ByteSize logSize, int logRotations, ByteSize bufferSize) {
    private static final int MOST_ROTATIONS = 100;
    private static final ByteSize SMALLEST_BUFFER = ByteSize.kib(1);
    private static final ByteSize LARGEST_BUFFER = ByteSize.mib(64);
    private static final ByteSize SMALLEST_LOG = ByteSize.kib(4);

    /** 24 lines of 80 characters; a log of 1MiB and two rotated ones; a buffer of 16KiB. */
    public static final ConsoleSettings DEFAULT =
            new ConsoleSettings(TerminalSize.DEFAULT, ByteSize.mib(1), 2, ByteSize.kib(16));

    /**
     * Checks the numbers.
     *
     * @param size see {@link #size()}
     * @param logSize see {@link #logSize()}
     * @param logRotations see {@link #logRotations()}
     * @param bufferSize see {@link #bufferSize()}
     * @throws InvalidConfigException if one is outside of its range
     */
    public ConsoleSettings {
        Objects.requireNonNull(size, "size");
        Objects.requireNonNull(logSize, "logSize");
        Objects.requireNonNull(bufferSize, "bufferSize");
        if (logSize.bytes() != 0 && logSize.compareTo(SMALLEST_LOG) < 0) {
            throw new InvalidConfigException(
                    "console.logSize", logSize, "0 for no log, or a size of at least " + SMALLEST_LOG);
        }
        if (logRotations < 0 || logRotations > MOST_ROTATIONS) {
            throw new InvalidConfigException(
                    "console.logRotations", logRotations, "a number from 0 to " + MOST_ROTATIONS);
        }
        if (bufferSize.compareTo(SMALLEST_BUFFER) < 0 || bufferSize.compareTo(LARGEST_BUFFER) > 0) {
            throw new InvalidConfigException(
                    "console.bufferSize", bufferSize, "a size from " + SMALLEST_BUFFER + " to " + LARGEST_BUFFER);
        }
    }

    /**
     * The same console with another size.
     *
     * @param rows how many lines, 1 to 65535
     * @param columns how many characters in a line, 1 to 65535
     * @return the console
     * @throws InvalidConfigException if one is outside of its range
     */
    public ConsoleSettings size(int rows, int columns) {
        return new ConsoleSettings(new TerminalSize(rows, columns), logSize, logRotations, bufferSize);
    }

    /**
     * The same console with another log.
     *
     * @param limit how large the log may become before it is rotated, at least 4KiB
     * @param rotations how many rotated logs are kept, 0 to 100
     * @return the console
     * @throws InvalidConfigException if one is outside of its range
     */
    public ConsoleSettings log(ByteSize limit, int rotations) {
        return new ConsoleSettings(size, limit, rotations, bufferSize);
    }

    /**
     * The same console without a log. A container that is kept has a file of up to 4KiB all the same: by it its console gets
     * to other JVMs.
     *
     * @return the console
     */
    public ConsoleSettings noLog() {
        return new ConsoleSettings(size, ByteSize.ZERO, 0, bufferSize);
    }

    /**
     * The same console with another buffer.
     *
     * @param capacity how much of the latest output is held in memory, 1KiB to 64MiB
     * @return the console
     * @throws InvalidConfigException if it is outside of its range
     */
    public ConsoleSettings bufferSize(ByteSize capacity) {
        return new ConsoleSettings(size, logSize, logRotations, capacity);
    }

    /**
     * Whether console.log is written.
     *
     * @return false after {@link #noLog()}
     */
    public boolean hasLog() {
        return logSize.bytes() != 0;
    }

    /** {@return the console in words, for example {@code 24x80, log 1MiB and 2 rotated, buffer 16KiB}} */
    @Override
    public String toString() {
        String log = hasLog() ? "log " + logSize + " and " + logRotations + " rotated" : "no log";
        return size + ", " + log + ", buffer " + bufferSize;
    }
}
