package io.lxj.plan;

import io.lxj.linux.Arg;
import io.lxj.linux.CloneFlags;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.ProgramBuilder.Label;
import io.lxj.linux.Syscall;

/** How a process becomes root of a user namespace: of its own, once its ids are mapped, or of a container's. */
final class UserNamespaceSteps {
    private static final int MSG_DONTWAIT = 0x40;
    private static final int PR_SET_DUMPABLE = 4;
    private static final int ROOT_NUMBER = FdMessage.MASTER_NUMBER - 1;

    private final ProgramBuilder program;
    private final ProcessSpec process;

    UserNamespaceSteps(ProgramBuilder program, ProcessSpec process) {
        this.program = program;
        this.process = process;
    }

    /** Makes the stage of an ordinary user root of the user's own namespaces. */
    void enterOwn() {
        if (process.deputized().isPresent()) {
            program.step(
                    "enter the user namespace of the user",
                    Syscall.SETNS,
                    program.fd(FdNames.USER_NAMESPACE),
                    Arg.of(CloneFlags.CLONE_NEWUSER, "user"));
            program.step(
                    "enter its mount namespace",
                    Syscall.SETNS,
                    program.fd(FdNames.MOUNT_NAMESPACE),
                    Arg.of(CloneFlags.CLONE_NEWNS, "mount"));
            becomeRoot();
        }
    }

    /** Lets the ids of the new namespace be set. */
    void show() {
        if (process.deputized().isPresent()) {
            // The maps of a hidden process are files of the host's root. Nobody else is in its namespaces yet.
            program.step("let its ids be set", Syscall.PRCTL, Arg.of(PR_SET_DUMPABLE, "PR_SET_DUMPABLE"), 1);
        }
    }

    /** Waits for the ids. Who doesn't send them gave up. */
    void awaitIds(Label giveUp) {
        program.step("wait for its ids", Syscall.READ, program.fd(FdNames.JVM), program.space(8, "byte"), 1)
                .onZero(giveUp);
    }

    /** The death signal doesn't come any more if the JVM ended before it was asked for. */
    void leaveIfAlone(Label giveUp) {
        program.step(
                        "see whether the JVM is still there",
                        Syscall.RECVFROM,
                        program.fd(FdNames.JVM),
                        program.space(8, "byte"),
                        1,
                        Arg.of(MSG_DONTWAIT, "MSG_DONTWAIT"),
                        0,
                        0)
                .onZero(giveUp)
                .mayFail();
    }

    /** Enters the user namespace of a container that runs, and its cgroup namespace, if it has one, which belongs to that. */
    void enter(String container) {
        program.step(
                "enter the user namespace of " + container,
                Syscall.SETNS,
                program.fd(FdNames.INIT),
                process.hasCgroupNamespace()
                        ? Arg.of(CloneFlags.CLONE_NEWUSER | CloneFlags.CLONE_NEWCGROUP, "user, cgroup")
                        : Arg.of(CloneFlags.CLONE_NEWUSER, "user"));
        hide();
        becomeRoot();
    }

    /** Once the namespace has ids. */
    void becomeRoot() {
        if (process.hasGroups()) {
            program.step("leave the JVM's groups", Syscall.SETGROUPS, 0, 0);
        }
        program.step("become root's group", Syscall.SETRESGID, 0, 0, 0);
        program.step("become root", Syscall.SETRESUID, 0, 0, 0);
        hide();
    }

    /** A change of credentials makes a process what fs.suid_dumpable says, see prctl(2). */
    private void hide() {
        program.step("stay hidden", Syscall.PRCTL, Arg.of(PR_SET_DUMPABLE, "PR_SET_DUMPABLE"), 0);
    }

    /** Gives the JVM the root's mount to hold. */
    void handOver(Arg root) {
        program.step("put the root where the message names it", Syscall.DUP3, root, ROOT_NUMBER, 0x80000);
        FdMessage.send(program, "hand the root over", program.fd(FdNames.JVM), ROOT_NUMBER, ROOT_NUMBER);
        program.step("close the extra fd", Syscall.CLOSE, ROOT_NUMBER);
    }
}
