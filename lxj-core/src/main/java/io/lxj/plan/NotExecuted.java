package io.lxj.plan;

import io.lxj.linux.Errno;
import io.lxj.linux.Syscall;
import io.lxj.linux.SyscallProgram;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Why the process of an {@link ExecPlan} has ended without executing anything.
 *
 * @param path the file that there is, of those that were tried; empty if there is none
 * @param errno what the kernel said of it; empty if that is no error that errno(3) knows
 */
public record NotExecuted(Optional<String> path, Optional<Errno> errno) {
    /**
     * Reads it from what the steps of a plan returned: for each candidate one that sees whether it may be executed, followed
     * by its execve(2); and if none was executed, for each one that sees whether it exists.
     *
     * @param plan the plan
     * @param results of its steps
     * @return empty if something was executed
     */
    public static Optional<NotExecuted> of(ExecPlan plan, long[] results) {
        List<SyscallProgram.Step> steps = plan.program().steps();
        List<String> candidates = plan.spec().candidates();
        List<Long> looks = new ArrayList<>();
        int executions = 0;
        for (int i = 0; i < results.length; i++) {
            Syscall call = steps.get(i).call();
            if (call == Syscall.EXECVE) {
                if (results[i] < 0 && results[i] != SyscallProgram.NOT_RUN) {
                    return Optional.of(of(candidates.get(executions), results[i]));
                }
                executions++;
            } else if (call == Syscall.FACCESSAT2) {
                looks.add(results[i]);
            }
        }
        int number = candidates.size();
        for (int i = 0; i < number; i++) {
            if (looks.get(number + i) == 0) {
                return Optional.of(of(candidates.get(i), looks.get(i)));
            }
        }
        boolean tried = looks.get(number) != SyscallProgram.NOT_RUN;
        return tried ? Optional.of(new NotExecuted(Optional.empty(), Optional.of(Errno.ENOENT))) : Optional.empty();
    }

    private static NotExecuted of(String path, long result) {
        return new NotExecuted(Optional.of(path), Errno.of((int) -result));
    }
}
