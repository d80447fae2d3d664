package io.lxj.plan;

import io.lxj.linux.Arg;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Syscall;
import java.util.List;
import java.util.Map;

/** The last steps before a program of the container runs, and execve(2) itself. */
final class ProgramEnd {
    private static final int CLOSE_RANGE_CLOEXEC = 4;
    private static final int PR_SET_PDEATHSIG = 1;
    private static final int SIGKILL = 9;

    private final ProgramBuilder program;

    ProgramEnd(ProgramBuilder program) {
        this.program = program;
    }

    /** From this one on, no fd of the host gets in, whatever went wrong before (CVE-2024-21626). */
    void closeFds(int first) {
        program.step(
                "close all other fds at exec",
                Syscall.CLOSE_RANGE,
                first,
                Arg.of(0xFFFFFFFFL, "~0"),
                Arg.of(CLOSE_RANGE_CLOEXEC, "CLOSE_RANGE_CLOEXEC"));
    }

    /** Ties the process to the thread that spawned it; a change of credentials would undo it, so this comes last. */
    void dieWithParent() {
        program.step(
                "die with the process that owns the container",
                Syscall.PRCTL,
                Arg.of(PR_SET_PDEATHSIG, "PR_SET_PDEATHSIG"),
                Arg.of(SIGKILL, "SIGKILL"));
    }

    Arg argv(List<String> argv) {
        return program.strings(argv);
    }

    Arg environment(Map<String, String> environment) {
        return program.strings(environment.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(e -> e.getKey() + "=" + e.getValue())
                .toList());
    }

    ProgramBuilder.Added exec(String path, Arg argv, Arg environment) {
        return program.step("execute " + path, Syscall.EXECVE, program.string(path), argv, environment);
    }
}
