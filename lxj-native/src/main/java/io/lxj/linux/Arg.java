package io.lxj.linux;

/**
 * An argument of a step in a {@link SyscallProgram}: a number, or where the stage finds it when the step's turn has
 * come. Immutable and thread-safe.
 *
 * @param value the number, or the address of the number
 * @param indirect whether the value is an address
 * @param text how the argument is shown
 */
public record Arg(long value, boolean indirect, String text) {
    /**
     * A plain number.
     *
     * @param value the number
     * @return the argument
     */
    public static Arg of(long value) {
        return new Arg(value, false, Long.toString(value));
    }

    /**
     * A number that stands for something.
     *
     * @param value the number
     * @param text its meaning, for example the names of the flags
     * @return the argument
     */
    public static Arg of(long value, String text) {
        return new Arg(value, false, text);
    }

    /**
     * An address a little further on, for a field in a struct.
     *
     * @param offset in bytes
     * @return the argument
     */
    public Arg plus(int offset) {
        return new Arg(value + offset, indirect, text + "+" + offset);
    }

    @Override
    public String toString() {
        return text;
    }
}
