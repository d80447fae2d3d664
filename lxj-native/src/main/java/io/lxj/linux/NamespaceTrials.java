package io.lxj.linux;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Tries namespaces of each kind. Not thread-safe. */
final class NamespaceTrials {
    /** The fd of a user namespace that a child of the trial has made. */
    static final int HELD = 200;

    private final Trials trials;
    private final ProgramBuilder program;
    private final int user;
    private final int group;

    NamespaceTrials(Trials trials, int user, int group) {
        this.trials = trials;
        this.program = trials.program();
        this.user = user;
        this.group = group;
    }

    /** Everything inside of a user namespace that the process itself enters. */
    void inUserNamespace() {
        trials.gate(
                ProbedFeature.USER_NAMESPACE,
                () -> {
                    trials.step(
                            "enter a user namespace",
                            Syscall.UNSHARE,
                            Arg.of(CloneFlags.CLONE_NEWUSER, "CLONE_NEWUSER"));
                    mapIds(user, group);
                    return Optional.empty();
                },
                nothing -> all(false));
    }

    /**
     * Everything that the process may do as it is.
     *
     * @param first whether the process isn't in a user namespace that it has made
     */
    void all(boolean first) {
        unshare(ProbedFeature.UTS_NAMESPACE, CloneFlags.CLONE_NEWUTS, "CLONE_NEWUTS");
        unshare(ProbedFeature.IPC_NAMESPACE, CloneFlags.CLONE_NEWIPC, "CLONE_NEWIPC");
        unshare(ProbedFeature.NET_NAMESPACE, CloneFlags.CLONE_NEWNET, "CLONE_NEWNET");
        unshare(ProbedFeature.CGROUP_NAMESPACE, CloneFlags.CLONE_NEWCGROUP, "CLONE_NEWCGROUP");
        unshare(ProbedFeature.TIME_NAMESPACE, CloneFlags.CLONE_NEWTIME, "CLONE_NEWTIME");
        trials.attempt(ProbedFeature.SETNS_PIDFD, () -> {
            Arg pidfd = TrialProgram.ownPidfd(trials);
            return trials.step(
                    "enter its own namespaces",
                    Syscall.SETNS,
                    pidfd,
                    Arg.of(CloneFlags.CLONE_NEWUTS | CloneFlags.CLONE_NEWIPC, "CLONE_NEWUTS|CLONE_NEWIPC"));
        });
        ProbedFeature holder = first ? ProbedFeature.USER_NAMESPACE : ProbedFeature.IDMAPPED_MOUNT;
        // The table of fds is shared, so that the parent has the namespace when the child is gone.
        trials.child(
                holder,
                CloneFlags.CLONE_NEWUSER | CloneFlags.CLONE_FILES,
                0,
                () -> trials.attempt(holder, () -> holdUserNamespace(first)));
        if (first) {
            likeAContainer();
        }
        trials.gate(
                ProbedFeature.MOUNT_NAMESPACE,
                () -> trials.step(
                        "enter a mount namespace", Syscall.UNSHARE, Arg.of(CloneFlags.CLONE_NEWNS, "CLONE_NEWNS")),
                nothing -> new MountTrials(trials).all());
    }

    /** Who has all rights gets file systems of the kernel that a container's root doesn't. */
    private void likeAContainer() {
        long own =
                CloneFlags.CLONE_NEWUSER | CloneFlags.CLONE_NEWNS | CloneFlags.CLONE_NEWPID | CloneFlags.CLONE_NEWNET;
        ProbedFeature feature = ProbedFeature.OF_CONTAINERS;
        trials.child(
                feature,
                own,
                0,
                () -> trials.attempt(feature, () -> {
                    mapIds(user, group);
                    return new MountTrials(trials).ofContainers();
                }));
    }

    private void unshare(ProbedFeature feature, long flag, String name) {
        trials.attempt(feature, () -> trials.step("enter a " + feature.title(), Syscall.UNSHARE, Arg.of(flag, name)));
    }

    private ProgramBuilder.Added holdUserNamespace(boolean first) {
        mapIds(first ? user : 0, first ? group : 0);
        Arg namespace = open("open the user namespace", "/proc/self/ns/user", Open.O_RDONLY);
        return trials.step("hold it where a struct names it", Syscall.DUP3, namespace, HELD, Open.O_CLOEXEC);
    }

    /** Maps one user and one group to root, which everybody may for himself. */
    private void mapIds(int outerUser, int outerGroup) {
        write("/proc/self/setgroups", "deny".getBytes(StandardCharsets.US_ASCII));
        write("/proc/self/uid_map", TrialProgram.map(0, outerUser));
        write("/proc/self/gid_map", TrialProgram.map(0, outerGroup));
    }

    private void write(String path, byte[] content) {
        Arg file = open("open " + path, path, Open.O_WRONLY);
        String text = FileName.quote(content);
        trials.step("write " + path, Syscall.WRITE, file, program.bytes(content, text), content.length);
    }

    private Arg open(String what, String path, int flags) {
        return trials.step(
                        what,
                        Syscall.OPENAT,
                        Arg.of(Open.AT_FDCWD, "AT_FDCWD"),
                        program.string(path),
                        flags | Open.O_CLOEXEC,
                        0)
                .result();
    }
}
