package io.lxj.plan;

import static io.lxj.linux.CloneFlags.CLONE_INTO_CGROUP;
import static io.lxj.linux.CloneFlags.CLONE_NEWCGROUP;
import static io.lxj.linux.CloneFlags.CLONE_NEWIPC;
import static io.lxj.linux.CloneFlags.CLONE_NEWNET;
import static io.lxj.linux.CloneFlags.CLONE_NEWNS;
import static io.lxj.linux.CloneFlags.CLONE_NEWPID;
import static io.lxj.linux.CloneFlags.CLONE_NEWUTS;
import static io.lxj.linux.CloneFlags.CLONE_PARENT_SETTID;

import io.lxj.linux.Arg;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Syscall;

/** The step by which the stage makes the process that becomes a program of the container, born into its cgroup. */
final class Cloning {
    /** What a stage can make for the init that it is about to clone. */
    static final long STAGE_NAMESPACES = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWNET;
    /** What an init has at once. */
    static final long INIT_NAMESPACES = STAGE_NAMESPACES | CLONE_NEWPID;
    /**
     * What an init makes as the container's root: the root of a cgroup namespace is the cgroup that its maker is in, and its
     * maker owns the folder of message queues of an IPC namespace.
     */
    static final long OWN_NAMESPACES = CLONE_NEWCGROUP | CLONE_NEWIPC;
    /**
     * What of a container is entered before a process is cloned into its cgroup. Where cgroup namespaces are boundaries of
     * delegation (nsdelegate, as systemd mounts the hierarchy), nobody in the container's gets a process from outside into it.
     */
    static final long ENTERED_NAMESPACES = INIT_NAMESPACES | CLONE_NEWIPC;

    private static final int CLONE_ARGS_SIZE = 88;

    private Cloning() {}

    /**
     * Adds the step; the new process goes on behind it with the result 0.
     *
     * @param flags besides those that always hold
     * @param pidfd where a pidfd is stored, with CLONE_PIDFD
     * @param pid where the process id is stored
     * @param intoCgroup whether it is born into the container's cgroup, or stays where its parent is
     * @param signal what the parent gets at its end; clone3(2) wants 0 with CLONE_PARENT
     */
    static ProgramBuilder.Added clone3(
            ProgramBuilder program, String what, long flags, Arg pidfd, Arg pid, int signal, boolean intoCgroup) {
        long all = flags | (intoCgroup ? CLONE_INTO_CGROUP : 0) | CLONE_PARENT_SETTID;
        Arg cgroup = intoCgroup ? program.fd(FdNames.CGROUP) : Arg.of(0);
        Arg args = program.words(
                "{flags=0x" + Long.toHexString(all) + ", cgroup=" + cgroup + "}",
                all,
                pidfd,
                0,
                pid,
                signal,
                0,
                0,
                0,
                0,
                0,
                cgroup);
        return program.step(what, Syscall.CLONE3, args, CLONE_ARGS_SIZE);
    }
}
