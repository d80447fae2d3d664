package io.lxj;

import io.lxj.EscapeAttempt.Answers;
import io.lxj.linux.Arg;
import io.lxj.linux.Open;
import io.lxj.linux.Syscall;
import io.lxj.testing.Caller;
import java.util.List;

/** Attempts to change clocks and limits. */
final class LimitEscapes extends EscapeTopic {
    private static final int CAP_SYS_RESOURCE = 24;

    private LimitEscapes() {}

    static List<EscapeAttempt> all() {
        LimitEscapes all = new LimitEscapes();
        all.clocksAndLimits();
        return all.attempts();
    }

    private void clocksAndLimits() {
        String topic = "clocks and limits";
        Answers denied = Answers.of("EPERM");
        harmless(topic, "set the time zone", denied, program -> program.step("set", Syscall.SETTIMEOFDAY, 0, 0));
        // With more nanoseconds than a second has: where it is allowed, that is no time.
        harmless(
                topic,
                "set the clock",
                denied,
                program ->
                        program.step("set", Syscall.CLOCK_SETTIME, 0, program.words("time", 1_000_000, 1_000_000_000)));
        add(
                topic,
                "adjust the clock",
                denied,
                program -> program.step(
                        // struct timex with modes = ADJ_OFFSET_SS_READ would be allowed; ADJ_TICK of 10000 is what
                        // there is.
                        "adjust",
                        Syscall.CLOCK_ADJTIME,
                        0,
                        program.words(
                                "timex", 0x4000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                0, 0, 0)));
        // Who lacks the right can't give it away: there it is denied in every container.
        boolean allowed = Caller.hasCapability(CAP_SYS_RESOURCE);
        // No container has more than 524288, and the kernel's own bound is usually above it.
        add(
                topic,
                "raise the hard limit of open files",
                denied,
                allowed,
                program -> program.step("raise", Syscall.PRLIMIT64, 0, 7, program.words("limit", 1024, 524_289), 0));
        add(topic, "be spared by the host's OOM killer", Answers.of("EACCES"), allowed, program -> {
            Arg file = program.step(
                            "open", Syscall.OPENAT, CWD, program.string("/proc/self/oom_score_adj"), Open.O_WRONLY, 0)
                    .result();
            program.step("write", Syscall.WRITE, file, program.string("-1000"), 5);
        });
    }
}
