package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.Objects;

/**
 * A condition on an argument of a system call. Arguments are compared as 64 bits without a sign. Of an argument that the
 * kernel takes for an {@code int} it reads only the lower 32 bits, so that another comparison than {@link #lowBits} can
 * be got around with a bit above them. An immutable value. Thread-safe.
 *
 * @param index which argument, 0 to 5
 * @param operator how it is compared
 * @param value what it is compared with; for {@link Operator#MASKED_EQ} the bits of the argument that count
 * @param valueTwo for {@link Operator#MASKED_EQ} what these bits are compared with, else 0
 */
public record SeccompArgument(int index, Operator operator, long value, long valueTwo) {
    /** The ways to compare, as in the OCI's runtime specification. */
    public enum Operator {
        /** Not equal. */
        NE("!="),
        /** Less than. */
        LT("<"),
        /** Less than or equal. */
        LE("<="),
        /** Equal. */
        EQ("=="),
        /** Greater than or equal. */
        GE(">="),
        /** Greater than. */
        GT(">"),
        /** Equal in some bits. */
        MASKED_EQ("&");

        private static final String PREFIX = "SCMP_CMP_";
        private final String symbol;

        Operator(String symbol) {
            this.symbol = symbol;
        }

        /** The name in JSON. */
        String oci() {
            return PREFIX + name();
        }
    }

    private static final int HIGHEST_INDEX = 5;
    private static final long LOW_BITS = 0xFFFFFFFFL;

    /**
     * Checks the index.
     *
     * @param index see {@link #index()}
     * @param operator see {@link #operator()}
     * @param value see {@link #value()}
     * @param valueTwo see {@link #valueTwo()}
     * @throws InvalidConfigException if there is no such argument, or a second value that isn't used
     */
    public SeccompArgument {
        Objects.requireNonNull(operator, "operator");
        if (index < 0 || index > HIGHEST_INDEX) {
            throw new InvalidConfigException("seccomp.args.index", index, "a number from 0 to " + HIGHEST_INDEX);
        }
        if (operator != Operator.MASKED_EQ && valueTwo != 0) {
            throw new InvalidConfigException(
                    "seccomp.args.valueTwo",
                    Long.toUnsignedString(valueTwo),
                    "0, as only MASKED_EQ has a second value");
        }
    }

    /**
     * A comparison.
     *
     * @param index which argument, 0 to 5
     * @param operator how it is compared, not {@link Operator#MASKED_EQ}
     * @param value what it is compared with
     * @return the condition
     * @throws InvalidConfigException if there is no such argument, or the operator needs a second value
     */
    public static SeccompArgument of(int index, Operator operator, long value) {
        if (operator == Operator.MASKED_EQ) {
            throw new InvalidConfigException(
                    "seccomp.args.op",
                    operator.oci(),
                    "another one: SeccompArgument.masked(...) takes both its values");
        }
        return new SeccompArgument(index, operator, value, 0);
    }

    /**
     * Some bits of the argument are equal to a value.
     *
     * @param index which argument, 0 to 5
     * @param mask the bits that count
     * @param value what they are
     * @return the condition
     * @throws InvalidConfigException if there is no such argument
     */
    public static SeccompArgument masked(int index, long mask, long value) {
        return new SeccompArgument(index, Operator.MASKED_EQ, mask, value);
    }

    /**
     * An argument of the type {@code int} is equal to a value.
     *
     * @param index which argument, 0 to 5
     * @param value its value
     * @return the condition
     * @throws InvalidConfigException if there is no such argument
     */
    public static SeccompArgument lowBits(int index, int value) {
        return masked(index, LOW_BITS, value & LOW_BITS);
    }

    /** {@return the condition as in C, for example {@code (arg1 & 0xffffffff) == 0x5412}} */
    @Override
    public String toString() {
        return operator == Operator.MASKED_EQ
                ? "(arg" + index + " & 0x" + Long.toHexString(value) + ") == 0x" + Long.toHexString(valueTwo)
                : "arg" + index + " " + operator.symbol + " 0x" + Long.toHexString(value);
    }
}
