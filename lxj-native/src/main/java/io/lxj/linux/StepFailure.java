package io.lxj.linux;

import java.util.Optional;

/**
 * The step at which a program ended. Immutable and thread-safe.
 *
 * @param index the step's position, from 0
 * @param total how many steps the program has
 * @param step the step
 * @param number the error number
 */
public record StepFailure(int index, int total, SyscallProgram.Step step, int number) {
    /**
     * The error by name.
     *
     * @return the error, or empty if errno(3) doesn't have it
     */
    public Optional<Errno> errno() {
        return Errno.of(number);
    }

    /** For example {@code step 14 of 31, mount proc: fsmount(5, 0, 0): EPERM (Operation not permitted)}. */
    @Override
    public String toString() {
        return "step " + (index + 1) + " of " + total + ", " + step.what() + ": " + step.render() + ": "
                + errno().map(Errno::toString).orElse("error " + number);
    }
}
