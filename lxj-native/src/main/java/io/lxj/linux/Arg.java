package io.lxj.linux;

import java.util.function.Supplier;

/**
 * An argument of a step in a {@link SyscallProgram}: a number, or where the stage finds it when the step's turn has
 * come. How it is shown is made up only when somebody looks: most programs are run without being printed. Immutable and
 * thread-safe.
 */
public final class Arg {
    // Most arguments are small numbers.
    private static final Arg[] SMALL = new Arg[256];

    static {
        for (int i = 0; i < SMALL.length; i++) {
            SMALL[i] = new Arg(i, false, null);
        }
    }

    private final long value;
    private final boolean indirect;
    // Null for a plain number.
    private final Supplier<String> text;

    Arg(long value, boolean indirect, Supplier<String> text) {
        this.value = value;
        this.indirect = indirect;
        this.text = text;
    }

    /**
     * A plain number.
     *
     * @param value the number
     * @return the argument
     */
    public static Arg of(long value) {
        return value >= 0 && value < SMALL.length ? SMALL[(int) value] : new Arg(value, false, null);
    }

    /**
     * A number that stands for something.
     *
     * @param value the number
     * @param text its meaning, for example the names of the flags
     * @return the argument
     */
    public static Arg of(long value, String text) {
        return new Arg(value, false, () -> text);
    }

    /**
     * A number that is shown in hexadecimal, as flags are.
     *
     * @param value the number
     * @return the argument
     */
    public static Arg hex(long value) {
        return new Arg(value, false, () -> "0x" + Long.toHexString(value));
    }

    /**
     * A number that is shown in octal, as modes are.
     *
     * @param value the number
     * @return the argument
     */
    public static Arg octal(int value) {
        return new Arg(value, false, () -> "0" + Integer.toOctalString(value));
    }

    /**
     * An address a little further on, for a field in a struct.
     *
     * @param offset in bytes
     * @return the argument
     */
    public Arg plus(int offset) {
        return new Arg(value + offset, indirect, () -> text() + "+" + offset);
    }

    /**
     * The number, or its address.
     *
     * @return 64 bits
     */
    public long value() {
        return value;
    }

    /**
     * Whether the value is the address of the number.
     *
     * @return true for a number that is found when the step is run
     */
    public boolean indirect() {
        return indirect;
    }

    /**
     * How the argument is shown.
     *
     * @return the text, as in a trace
     */
    public String text() {
        return text == null ? Long.toString(value) : text.get();
    }

    @Override
    public String toString() {
        return text();
    }
}
