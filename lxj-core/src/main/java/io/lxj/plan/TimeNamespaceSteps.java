package io.lxj.plan;

import io.lxj.linux.Arg;
import io.lxj.linux.CloneFlags;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Syscall;
import java.time.Duration;

/**
 * A time namespace for the process that the stage clones, see time_namespaces(7). Its offsets have to be written before
 * anybody is in it.
 */
final class TimeNamespaceSteps {
    private static final String OFFSETS = "/proc/self/timens_offsets";

    private final ProgramBuilder program;

    TimeNamespaceSteps(ProgramBuilder program) {
        this.program = program;
    }

    void make(ProcessSpec.Clocks clocks) {
        program.step("make a time namespace", Syscall.UNSHARE, Arg.of(CloneFlags.CLONE_NEWTIME, "CLONE_NEWTIME"));
        String text = line("monotonic", clocks.monotonic()) + line("boottime", clocks.boottime());
        StartSteps.write(program, "set the clocks", OFFSETS, text);
    }

    private static String line(String clock, Duration offset) {
        return clock + " " + offset.getSeconds() + " " + offset.getNano() + "\n";
    }
}
