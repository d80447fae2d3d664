package io.lxj.linux;

/**
 * A condition on an argument of a system call, compared as 64 bits without a sign. The kernel takes only the lower 32
 * bits of an argument of the type int: who compares such a one without {@link Comparison#MASKED_EQUAL} is deceived by a
 * bit above them (CVE-2019-10063). Immutable and thread-safe.
 *
 * @param argument which one, 0 to 5
 * @param comparison how it is compared
 * @param value what it is compared with
 * @param mask for {@link Comparison#MASKED_EQUAL} the bits of the argument that count, else 0
 */
public record ArgumentTest(int argument, Comparison comparison, long value, long mask) {
    /** The ways to compare. */
    public enum Comparison {
        /** Equal. */
        EQUAL("=="),
        /** Not equal. */
        NOT_EQUAL("!="),
        /** Less. */
        LESS("<"),
        /** Less or equal. */
        AT_MOST("<="),
        /** Greater. */
        GREATER(">"),
        /** Greater or equal. */
        AT_LEAST(">="),
        /** Equal in some bits. */
        MASKED_EQUAL("&");

        private final String symbol;

        Comparison(String symbol) {
            this.symbol = symbol;
        }
    }

    /**
     * Checks the number of the argument.
     *
     * @param argument see {@link #argument()}
     * @param comparison see {@link #comparison()}
     * @param value see {@link #value()}
     * @param mask see {@link #mask()}
     * @throws IllegalArgumentException if there is no such argument
     */
    public ArgumentTest {
        if (argument < 0 || argument > 5) {
            throw new IllegalArgumentException("a system call has no argument " + argument);
        }
    }

    /**
     * Whether the condition holds.
     *
     * @param actual the argument
     * @return whether it does
     */
    public boolean holds(long actual) {
        int order = Long.compareUnsigned(actual, value);
        return switch (comparison) {
            case EQUAL -> order == 0;
            case NOT_EQUAL -> order != 0;
            case LESS -> order < 0;
            case AT_MOST -> order <= 0;
            case GREATER -> order > 0;
            case AT_LEAST -> order >= 0;
            case MASKED_EQUAL -> (actual & mask) == value;
        };
    }

    /** The condition as in C. */
    @Override
    public String toString() {
        String number = "0x" + Long.toHexString(value);
        return comparison == Comparison.MASKED_EQUAL
                ? "(args[" + argument + "] & 0x" + Long.toHexString(mask) + ") == " + number
                : "args[" + argument + "] " + comparison.symbol + " " + number;
    }
}
