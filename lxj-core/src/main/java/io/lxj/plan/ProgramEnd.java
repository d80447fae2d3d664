package io.lxj.plan;

import io.lxj.linux.Arg;
import io.lxj.linux.Open;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Syscall;
import java.util.List;
import java.util.Map;

/** The last steps before a program of the container runs, and execve(2) itself. */
final class ProgramEnd {
    private static final int PR_SET_PDEATHSIG = 1;
    private static final int PR_SET_DUMPABLE = 4;
    private static final int SIGKILL = 9;

    private final ProgramBuilder program;

    ProgramEnd(ProgramBuilder program) {
        this.program = program;
    }

    /**
     * Closes what came from the host. From here on paths of the container are looked up, and one that leads through
     * /proc/self/fd must not find anything there (CVE-2024-21626): what is left is the pipe by which a failure shows, and
     * that is closed at exec.
     *
     * @param first the number that the pipe gets; nothing that is to be passed on is behind it
     */
    void closeFds(int first) {
        program.step(
                "keep the report",
                Syscall.DUP3,
                program.fd(FdNames.REPORT),
                first,
                Arg.of(Open.O_CLOEXEC, "O_CLOEXEC"));
        program.step("close all other fds", Syscall.CLOSE_RANGE, first + 1, Arg.of(0xFFFFFFFFL, "~0"), 0);
    }

    /** Closes fds that only the one process of the two needs which a clone has made. */
    void letGoOf(List<String> fds) {
        for (String fd : fds) {
            program.step("let go of " + fd, Syscall.CLOSE, program.fd(fd));
        }
    }

    /** A change of the user may have made the process dumpable, see fs.suid_dumpable in proc(5). */
    void hide() {
        program.step(
                "stay hidden from what is around it", Syscall.PRCTL, Arg.of(PR_SET_DUMPABLE, "PR_SET_DUMPABLE"), 0);
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

    /** Shown without the values, which may be secrets. */
    Arg environment(Map<String, String> environment) {
        List<String> names = environment.keySet().stream().sorted().toList();
        return program.strings(
                names.stream().map(name -> name + "=" + environment.get(name)).toList(), () -> "environment " + names);
    }

    ProgramBuilder.Added exec(String path, Arg argv, Arg environment) {
        return program.step("execute " + path, Syscall.EXECVE, program.string(path), argv, environment);
    }
}
