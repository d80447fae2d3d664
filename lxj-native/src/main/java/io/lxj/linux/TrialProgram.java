package io.lxj.linux;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The program that tries what only a process of its own can try: namespaces, mounts in them, filters. All of it ends with
 * the process. Without privileges it begins with a user namespace, as everything does then. Immutable and thread-safe.
 */
final class TrialProgram {
    static final String CGROUP = "cgroup";

    private static final int PR_SET_DUMPABLE = 4;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int SECCOMP_SET_MODE_FILTER = 1;
    // BPF_RET | BPF_K, SECCOMP_RET_ALLOW.
    private static final byte[] ALLOW = {6, 0, 0, 0, 0, 0, (byte) 0xFF, 0x7F};
    private static final int CLOSE_RANGE_CLOEXEC = 4;
    private static final int HIGHEST_FD = Integer.MAX_VALUE;

    private final SyscallProgram program;
    private final Trials trials;
    private final Arg sibling;

    private TrialProgram(SyscallProgram program, Trials trials, Arg sibling) {
        this.program = program;
        this.trials = trials;
        this.sibling = sibling;
    }

    SyscallProgram program() {
        return program;
    }

    Trials trials() {
        return trials;
    }

    /** Where the process id of the trial of CLONE_PARENT stands, 0 if that failed. */
    Arg sibling() {
        return sibling;
    }

    /**
     * Composes the program.
     *
     * @param privileged whether namespaces can be made without a user namespace
     * @param inCgroup whether there is an fd of the own cgroup
     * @param user the effective user id
     * @param group the effective group id
     */
    static TrialProgram of(boolean privileged, boolean inCgroup, int user, int group) {
        ProgramBuilder program = inCgroup ? SyscallProgram.builder(CGROUP) : SyscallProgram.builder();
        Trials trials = new Trials(program);
        // The files of an undumpable process in /proc are root's. Nothing of a container ever sees this one.
        program.step("own its files in /proc", Syscall.PRCTL, Arg.of(PR_SET_DUMPABLE, "PR_SET_DUMPABLE"), 1);
        calls(trials);
        trials.child(ProbedFeature.CLONE3, 0, 0, () -> {});
        Arg sibling = trials.sibling(ProbedFeature.CLONE_PARENT);
        if (inCgroup) {
            Arg cgroup = program.fd(CGROUP);
            trials.child(ProbedFeature.CLONE_INTO_CGROUP, CloneFlags.CLONE_INTO_CGROUP, cgroup, () -> {});
        }
        NamespaceTrials namespaces = new NamespaceTrials(trials, user, group);
        if (privileged) {
            namespaces.all(true);
        } else {
            namespaces.inUserNamespace();
        }
        trials.attempt(ProbedFeature.SECCOMP, () -> seccomp(trials));
        program.step("end", Syscall.EXIT_GROUP, 0);
        return new TrialProgram(program.build(), trials, sibling);
    }

    private static void calls(Trials trials) {
        ProgramBuilder program = trials.program();
        Arg how = program.words(
                "{flags=O_PATH|O_CLOEXEC, resolve=RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS}",
                Open.O_PATH | Open.O_CLOEXEC,
                0,
                Open.RESOLVE_IN_ROOT | Open.RESOLVE_NO_MAGICLINKS);
        Arg slash = program.string("/");
        trials.attempt(
                ProbedFeature.OPENAT2,
                () -> trials.step("open a root", Syscall.OPENAT2, Arg.of(Open.AT_FDCWD, "AT_FDCWD"), slash, how, 24));
        trials.attempt(
                ProbedFeature.CLOSE_RANGE,
                () -> trials.step(
                        "mark no fd",
                        Syscall.CLOSE_RANGE,
                        HIGHEST_FD,
                        HIGHEST_FD,
                        Arg.of(CLOSE_RANGE_CLOEXEC, "CLOSE_RANGE_CLOEXEC")));
        trials.gate(ProbedFeature.PIDFD_OPEN, () -> ownPidfd(trials), pidfd -> {
            trials.attempt(
                    ProbedFeature.PIDFD_SEND_SIGNAL,
                    () -> trials.step("send nothing to itself", Syscall.PIDFD_SEND_SIGNAL, pidfd, 0, 0, 0));
            trials.attempt(
                    ProbedFeature.PIDFD_GETFD,
                    () -> trials.step("copy an fd of its own", Syscall.PIDFD_GETFD, pidfd, pidfd, 0));
        });
    }

    static Arg ownPidfd(Trials trials) {
        Arg pid = trials.step("ask for its id", Syscall.GETPID).result();
        return trials.step("hold itself", Syscall.PIDFD_OPEN, pid, 0).result();
    }

    private static Optional<Arg> seccomp(Trials trials) {
        ProgramBuilder program = trials.program();
        Arg filter = program.words("{1, [allow]}", 1, program.bytes(ALLOW, "[allow]"));
        trials.step(
                "gain no privileges", Syscall.PRCTL, Arg.of(PR_SET_NO_NEW_PRIVS, "PR_SET_NO_NEW_PRIVS"), 1, 0, 0, 0);
        trials.step(
                "install a filter",
                Syscall.SECCOMP,
                Arg.of(SECCOMP_SET_MODE_FILTER, "SECCOMP_SET_MODE_FILTER"),
                0,
                filter);
        return Optional.empty();
    }

    /** The content of a file that maps one id, see user_namespaces(7). */
    static byte[] map(int inside, int outside) {
        return (inside + " " + Integer.toUnsignedString(outside) + " 1").getBytes(StandardCharsets.US_ASCII);
    }
}
