package io.lxj.config;

import io.lxj.error.InvalidConfigException;

/**
 * The size of a terminal, in characters. Immutable and thread-safe.
 *
 * @param rows how many lines, 1 to 65535
 * @param columns how many characters in a line, 1 to 65535
 */
public record TerminalSize(int rows, int columns) {
    /** The size that terminals had when they were furniture: 24 lines of 80 characters. */
    public static final TerminalSize DEFAULT = new TerminalSize(24, 80);

    /** The kernel's struct winsize has 16 bits for each, see ioctl_tty(2). */
    private static final int HIGHEST = 0xffff;

    /**
     * Checks the numbers.
     *
     * @param rows see {@link #rows()}
     * @param columns see {@link #columns()}
     * @throws InvalidConfigException if one is below 1 or above 65535
     */
    public TerminalSize {
        check("rows", rows);
        check("columns", columns);
    }

    private static void check(String field, int number) {
        if (number < 1 || number > HIGHEST) {
            throw new InvalidConfigException("terminal." + field, number, "a number from 1 to " + HIGHEST);
        }
    }

    /** {@return the size in words, for example {@code 24x80}} */
    @Override
    public String toString() {
        return rows + "x" + columns;
    }
}
