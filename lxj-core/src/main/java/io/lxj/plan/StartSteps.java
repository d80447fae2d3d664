package io.lxj.plan;

import io.lxj.linux.Arg;
import io.lxj.linux.Open;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Syscall;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What the stage does to itself while it is a process of the host, for the process that it clones: that inherits it.
 * Inside of a user namespace it would lack the rights.
 */
final class StartSteps {
    private static final int MANY = 32;
    static final String SCORE = "adjust the score for when memory is short";

    private static final String OOM_SCORE_ADJUST = "/proc/self/oom_score_adj";
    private static final int PR_SET_DUMPABLE = 4;

    private final ProgramBuilder program;

    StartSteps(ProgramBuilder program) {
        this.program = program;
    }

    void run(ProcessSpec process, KeyringSteps keyring) {
        // Before a user namespace is entered: its root is a stranger to the host's files.
        boolean shown =
                process.deputized().isPresent() && process.oomScoreAdjust().isPresent();
        if (shown) {
            show(1);
        }
        if (process.oomScoreAdjust().isPresent()) {
            oomScoreAdjust(process.oomScoreAdjust().getAsInt());
        }
        if (shown) {
            show(0);
        }
        keyring.leaveKeys();
        new UserNamespaceSteps(program, process).enterOwn();
    }

    /**
     * Lets an ordinary user's JVM reach a process that stays what it is: the fds of a keeper, the root of a container that
     * has no init. Capabilities in a user namespace don't reach a hidden process that was executed outside of it.
     */
    static void showToUser(ProgramBuilder program, ProcessSpec process) {
        if (process.deputized().isPresent()) {
            new StartSteps(program).show(1);
        }
    }

    /** The files in procfs of a hidden process are the host's root's. */
    void show(int visible) {
        program.step(
                visible == 1 ? "be the user's own" : "hide again",
                Syscall.PRCTL,
                Arg.of(PR_SET_DUMPABLE, "PR_SET_DUMPABLE"),
                visible);
    }

    /** Makes the namespaces that a process can't be cloned into. */
    void namespaces(ProcessSpec process) {
        if (process.clocks().isPresent()) {
            boolean deputized = process.deputized().isPresent();
            if (deputized) {
                show(1);
            }
            new TimeNamespaceSteps(program).make(process.clocks().get());
            if (deputized) {
                show(0);
            }
        }
    }

    void oomScoreAdjust(int score) {
        write(program, SCORE, OOM_SCORE_ADJUST, Integer.toString(score));
    }

    /** Writes to a file by which the kernel lets a process change itself, in the host's procfs. */
    static void write(ProgramBuilder program, String what, String path, String text) {
        Arg file = program.step(
                        "open " + path,
                        Syscall.OPENAT,
                        Arg.of(Open.AT_FDCWD, "AT_FDCWD"),
                        program.string(path),
                        Arg.of(Open.O_WRONLY | Open.O_CLOEXEC, "O_WRONLY|O_CLOEXEC"),
                        0)
                .result();
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        program.step(what, Syscall.WRITE, file, program.bytes(bytes, "\"" + text.strip() + "\""), bytes.length);
        program.step("close it", Syscall.CLOSE, file);
    }

    /** gid_t has 32 bits: two in a word. */
    static ProgramBuilder.Added groups(ProgramBuilder program, List<Integer> groups) {
        Object[] words = new Object[(groups.size() + 1) / 2];
        for (int i = 0; i < words.length; i++) {
            long low = groups.get(2 * i) & 0xFFFFFFFFL;
            long high = 2 * i + 1 < groups.size() ? groups.get(2 * i + 1) : 0;
            words[i] = low | (high << 32);
        }
        Object list = groups.isEmpty() ? 0 : program.words(shown(groups), words);
        return program.step("have these groups and none of the JVM's", Syscall.SETGROUPS, groups.size(), list);
    }

    /** A hostile image has as many as it likes. */
    private static String shown(List<Integer> groups) {
        return groups.size() <= MANY
                ? groups.toString()
                : groups.subList(0, MANY) + " and " + (groups.size() - MANY) + " more";
    }
}
