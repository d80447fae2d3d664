package io.lxj.linux;

/** A {@link SyscallProgram} would have more steps than there is room for. Immutable and thread-safe. */
public final class ProgramTooLongException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ProgramTooLongException(int most) {
        super("more than " + most + " system calls");
    }
}
