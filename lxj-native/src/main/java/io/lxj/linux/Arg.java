package io.lxj.linux;

import java.util.function.Supplier;

/**
 * An argument of a step in a {@link SyscallProgram}: a number, or where the stage finds it when the step's turn has
 * come. How it is shown is made up only when somebody looks: most programs are run without being printed. Immutable and
 * thread-safe.
 */
public final class Arg {
    private final long value;
    private final boolean indirect;
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
        return new Arg(value, false, () -> Long.toString(value));
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
        return text.get();
    }

    @Override
    public String toString() {
        return text();
    }
}
