package io.lxj.linux;

import io.lxj.linux.jna.Libc;

/**
 * System calls as they are: a number and up to six arguments go in, a result comes out. A failure is the negated error
 * number, as the kernel itself returns it. There is no policy here and nothing is allocated; the types of this package
 * turn failures into {@link LinuxException}. Thread-safe.
 */
public final class Kernel {
    private static final Architecture HERE = Architecture.current();
    private static final int[] NUMBERS = numbers();

    private Kernel() {}

    private static int[] numbers() {
        Syscall[] calls = Syscall.values();
        int[] numbers = new int[calls.length];
        for (Syscall call : calls) {
            numbers[call.ordinal()] = call.number(HERE);
        }
        return numbers;
    }

    /**
     * Makes a system call with six arguments.
     *
     * @param call which one
     * @param a0 first argument
     * @param a1 second argument
     * @param a2 third argument
     * @param a3 fourth argument
     * @param a4 fifth argument
     * @param a5 sixth argument
     * @return the result, or the negated error number
     */
    public static long call(Syscall call, long a0, long a1, long a2, long a3, long a4, long a5) {
        long result = Libc.syscall(NUMBERS[call.ordinal()], a0, a1, a2, a3, a4, a5);
        return result == -1 ? -Libc.errno() : result;
    }

    /**
     * Makes a system call with five arguments.
     *
     * @param call which one
     * @param a0 first argument
     * @param a1 second argument
     * @param a2 third argument
     * @param a3 fourth argument
     * @param a4 fifth argument
     * @return the result, or the negated error number
     */
    public static long call(Syscall call, long a0, long a1, long a2, long a3, long a4) {
        return call(call, a0, a1, a2, a3, a4, 0);
    }

    /**
     * Makes a system call with four arguments.
     *
     * @param call which one
     * @param a0 first argument
     * @param a1 second argument
     * @param a2 third argument
     * @param a3 fourth argument
     * @return the result, or the negated error number
     */
    public static long call(Syscall call, long a0, long a1, long a2, long a3) {
        return call(call, a0, a1, a2, a3, 0, 0);
    }

    /**
     * Makes a system call with three arguments.
     *
     * @param call which one
     * @param a0 first argument
     * @param a1 second argument
     * @param a2 third argument
     * @return the result, or the negated error number
     */
    public static long call(Syscall call, long a0, long a1, long a2) {
        return call(call, a0, a1, a2, 0, 0, 0);
    }

    /**
     * Makes a system call with two arguments.
     *
     * @param call which one
     * @param a0 first argument
     * @param a1 second argument
     * @return the result, or the negated error number
     */
    public static long call(Syscall call, long a0, long a1) {
        return call(call, a0, a1, 0, 0, 0, 0);
    }

    /**
     * Makes a system call with one argument.
     *
     * @param call which one
     * @param a0 first argument
     * @return the result, or the negated error number
     */
    public static long call(Syscall call, long a0) {
        return call(call, a0, 0, 0, 0, 0, 0);
    }

    /**
     * Makes a system call without arguments.
     *
     * @param call which one
     * @return the result, or the negated error number
     */
    public static long call(Syscall call) {
        return call(call, 0, 0, 0, 0, 0, 0);
    }
}
