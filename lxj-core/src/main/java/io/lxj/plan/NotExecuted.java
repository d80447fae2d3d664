package io.lxj.plan;

import io.lxj.linux.Errno;
import io.lxj.linux.SyscallProgram;
import java.util.Optional;

/**
 * Why the process of an {@link ExecPlan} has ended without executing anything.
 *
 * @param path the file that there is, of those that were tried; empty if there is none
 * @param errno what the kernel said of it; empty if that is no error that errno(3) knows
 */
public record NotExecuted(Optional<String> path, Optional<Errno> errno) {
    /**
     * Reads it from what the steps of a plan returned.
     *
     * @param plan the plan
     * @param results of its steps
     * @return empty if something was executed
     */
    public static Optional<NotExecuted> of(ExecPlan plan, long[] results) {
        boolean looked = false;
        for (ExecPlan.Attempt attempt : plan.attempts()) {
            long execution = results[attempt.execution()];
            if (execution < 0 && execution != SyscallProgram.NOT_RUN) {
                return Optional.of(of(attempt.path(), execution));
            }
            if (results[attempt.existence()] == 0) {
                return Optional.of(of(attempt.path(), results[attempt.look()]));
            }
            looked |= results[attempt.existence()] != SyscallProgram.NOT_RUN;
        }
        return looked ? Optional.of(new NotExecuted(Optional.empty(), Optional.of(Errno.ENOENT))) : Optional.empty();
    }

    private static NotExecuted of(String path, long result) {
        return new NotExecuted(Optional.of(path), Errno.of((int) -result));
    }
}
