package io.lxj.plan;

import io.lxj.linux.Arg;
import io.lxj.linux.CloneFlags;
import io.lxj.linux.Open;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Syscall;
import io.lxj.linux.SyscallProgram;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * A program that tries on itself what the kernel alone knows whether it takes: a score for when memory is short, and values
 * of its settings, in namespaces that end with it. Nothing of it stays. Immutable and thread-safe.
 *
 * @param program the steps
 * @param names by what a step says the name of the setting that it sets
 * @param openings by what a step says the name of the setting that it opens
 */
public record SettingsTrial(SyscallProgram program, Map<String, String> names, Map<String, String> openings) {
    /** The fd by which an ordinary user's own user namespace is known. */
    public static final String USER_NAMESPACE = "userns";

    /** The name of the score among the answers. */
    public static final String SCORE = "oom_score_adj";

    /**
     * Tries settings.
     *
     * @param oomScoreAdjust the score, if there is one to be tried
     * @param sysctls names and values of the kernel's settings, without those of network interfaces
     * @param userNamespace whether it is first to enter the one that {@link #USER_NAMESPACE} is, and become root in it
     * @return the program
     */
    public static SettingsTrial of(OptionalInt oomScoreAdjust, Map<String, String> sysctls, boolean userNamespace) {
        boolean entering = userNamespace && !sysctls.isEmpty();
        ProgramBuilder program = entering ? SyscallProgram.builder(USER_NAMESPACE) : SyscallProgram.builder();
        oomScoreAdjust.ifPresent(score -> {
            StartSteps steps = new StartSteps(program);
            steps.show(1);
            steps.oomScoreAdjust(score);
        });
        if (!sysctls.isEmpty()) {
            if (entering) {
                program.step(
                        "enter the user namespace",
                        Syscall.SETNS,
                        program.fd(USER_NAMESPACE),
                        Arg.of(CloneFlags.CLONE_NEWUSER, "CLONE_NEWUSER"));
                program.step("become its root's group", Syscall.SETRESGID, 0, 0, 0);
                program.step("become its root", Syscall.SETRESUID, 0, 0, 0);
            }
            program.step(
                    "make namespaces",
                    Syscall.UNSHARE,
                    Arg.of(
                            CloneFlags.CLONE_NEWNET | CloneFlags.CLONE_NEWIPC | CloneFlags.CLONE_NEWUTS,
                            "CLONE_NEWNET|CLONE_NEWIPC|CLONE_NEWUTS"));
            Arg proc = program.step(
                            "open /proc",
                            Syscall.OPENAT,
                            Arg.of(Open.AT_FDCWD, "AT_FDCWD"),
                            program.string("/proc"),
                            Arg.of(Open.O_PATH | Open.O_DIRECTORY | Open.O_CLOEXEC, "O_PATH|O_DIRECTORY|O_CLOEXEC"),
                            0)
                    .result();
            new SysctlSteps(program).attempt(proc, sysctls);
        }
        program.step("end", Syscall.EXIT_GROUP, 0);
        Map<String, String> names = new HashMap<>(Map.of(StartSteps.SCORE, SCORE));
        Map<String, String> openings = new HashMap<>();
        sysctls.forEach((name, value) -> {
            names.put(SysctlSteps.setting(name, value), name);
            openings.put(SysctlSteps.opening(name), name);
        });
        return new SettingsTrial(program.build(), names, openings);
    }

    /**
     * What the kernel answered.
     *
     * @param results what every step returned
     * @return by the name of each setting that was tried what its system call returned
     */
    public Map<String, Long> answers(long[] results) {
        return answers(results, names);
    }

    /**
     * What the kernel answered when the settings were looked for in new namespaces.
     *
     * @param results what every step returned
     * @return by the name of each setting that was looked for what its system call returned
     */
    public Map<String, Long> opened(long[] results) {
        return answers(results, openings);
    }

    private Map<String, Long> answers(long[] results, Map<String, String> asked) {
        Map<String, Long> answers = new HashMap<>();
        for (int i = 0; i < results.length; i++) {
            String name = asked.get(program.steps().get(i).what());
            if (name != null && results[i] != SyscallProgram.NOT_RUN) {
                answers.put(name, results[i]);
            }
        }
        return answers;
    }
}
