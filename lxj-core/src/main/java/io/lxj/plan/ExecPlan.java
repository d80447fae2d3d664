package io.lxj.plan;

import static io.lxj.linux.CloneFlags.CLONE_PARENT;

import io.lxj.linux.Arg;
import io.lxj.linux.CloneFlags;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.ProgramBuilder.Label;
import io.lxj.linux.Syscall;
import io.lxj.linux.SyscallProgram;
import java.util.ArrayList;
import java.util.List;

/**
 * The way from a new process to a program in a running container. The stage enters namespaces of the container's init by
 * its pidfd and clones the process into its cgroup; that enters those from which nobody would be cloned. Immutable and
 * thread-safe.
 */
public final class ExecPlan {
    /** The exit status of a program that doesn't exist, as shells have it. */
    public static final int NOT_FOUND = 127;
    /** The exit status of a program that can't be executed, as shells have it. */
    public static final int NOT_EXECUTABLE = 126;

    private static final int TIOCSCTTY = 0x540E;
    private static final int F_OK = 0;
    private static final int X_OK = 1;

    private final ExecSpec spec;
    private final SyscallProgram program;
    private final Arg pid;
    private final List<Attempt> attempts;

    /**
     * The positions of the steps that are about one of the files that may be the program.
     *
     * @param path the file
     * @param look sees whether it may be executed
     * @param execution executes it
     * @param existence sees whether there is such a file, once none was executed
     */
    record Attempt(String path, int look, int execution, int existence) {}

    private ExecPlan(ExecSpec spec, SyscallProgram program, Arg pid, List<Attempt> attempts) {
        this.spec = spec;
        this.program = program;
        this.pid = pid;
        this.attempts = attempts;
    }

    /**
     * Compiles the plan.
     *
     * @param spec what to execute
     * @return the plan
     */
    public static ExecPlan of(ExecSpec spec) {
        ProcessSpec process = spec.confinement().process();
        List<String> fds =
                new ArrayList<>(List.of(FdNames.INIT, FdNames.REPORT, FdNames.STDIN, FdNames.STDOUT, FdNames.STDERR));
        if (process.hasCgroup()) {
            fds.add(FdNames.CGROUP);
        }
        if (process.deputized().isPresent()) {
            fds.addAll(List.of(FdNames.USER_NAMESPACE, FdNames.MOUNT_NAMESPACE));
        }
        spec.confinement().label().ifPresent(label -> fds.add(FdNames.PROC));
        ProgramBuilder program = SyscallProgram.builder(fds.toArray(String[]::new));
        Arg pid = program.space(8, "pid");
        KeyringSteps keyring = new KeyringSteps(program, process);
        new StartSteps(program).run(process, keyring);
        program.step(
                "enter the namespaces of " + spec.container(),
                Syscall.SETNS,
                program.fd(FdNames.INIT),
                spec.confinement().process().clocks().isPresent()
                        ? Arg.of(
                                Cloning.ENTERED_NAMESPACES | CloneFlags.CLONE_NEWTIME,
                                "mount, pid, uts, ipc, net, time")
                        : Arg.of(Cloning.ENTERED_NAMESPACES, "mount, pid, uts, ipc, net"));
        Label child = program.label();
        Cloning.clone3(program, "clone the process", CLONE_PARENT, Arg.of(0), pid, 0, process.hasCgroup())
                .onZero(child);
        program.step("leave it to the JVM", Syscall.EXIT_GROUP, 0);
        program.place(child);
        List<Attempt> attempts = child(program, spec, keyring);
        return new ExecPlan(spec, program.build(), pid, attempts);
    }

    private static List<Attempt> child(ProgramBuilder program, ExecSpec spec, KeyringSteps keyring) {
        ProgramEnd end = new ProgramEnd(program);
        // Others in the container see this process already.
        if (spec.userNamespace()) {
            // Only now: the host's rights are what puts a process into the container's cgroup.
            new UserNamespaceSteps(program, spec.confinement().process()).enter(spec.container());
            keyring.leaveKeysAsRoot();
        } else {
            program.step(
                    "enter the cgroup namespace of " + spec.container(),
                    Syscall.SETNS,
                    program.fd(FdNames.INIT),
                    Arg.of(CloneFlags.CLONE_NEWCGROUP, "cgroup"));
        }
        end.letGoOf(List.of(FdNames.INIT));
        letGoOfSurroundings(end, spec.confinement().process());
        program.step("start a session", Syscall.SETSID);
        program.step("set standard input", Syscall.DUP3, program.fd(FdNames.STDIN), 0, 0);
        program.step("set standard output", Syscall.DUP3, program.fd(FdNames.STDOUT), 1, 0);
        program.step("set standard error", Syscall.DUP3, program.fd(FdNames.STDERR), 2, 0);
        if (spec.terminal()) {
            program.step("take the terminal", Syscall.IOCTL, 0, Arg.of(TIOCSCTTY, "TIOCSCTTY"), 0);
        }
        ConfinementSteps confinement = new ConfinementSteps(program);
        confinement.limits(spec.confinement());
        confinement.umask(spec.confinement());
        if (spec.confinement().process().hasGroups()) {
            StartSteps.groups(program, spec.groups());
        }
        long gid = Integer.toUnsignedLong(spec.gid());
        program.step("set the group", Syscall.SETRESGID, gid, gid, gid);
        confinement.bound(spec.confinement());
        boolean root = spec.uid() == 0;
        if (!root) {
            confinement.keepAcrossChangeOfUser(spec.confinement());
        }
        // As another user the kernel clears the effective set by itself, and at execve(2) the permitted one, see
        // capabilities(7).
        long uid = Integer.toUnsignedLong(spec.uid());
        program.step("set the user", Syscall.SETRESUID, uid, uid, uid);
        end.hide();
        spec.confinement().label().ifPresent(new LabelSteps(program)::onExec);
        end.closeFds(SyscallProgram.FIRST_FD);
        program.step("enter the working directory", Syscall.CHDIR, program.string(spec.workingDirectory()));
        confinement.capabilities(spec.confinement(), root);
        return execute(program, spec, end, confinement);
    }

    /** What is only needed until the process is where it belongs. */
    static void letGoOfSurroundings(ProgramEnd end, ProcessSpec process) {
        end.letGoOf(process.hasCgroup() ? List.of(FdNames.CGROUP) : List.of());
        end.letGoOf(
                process.deputized().isPresent() ? List.of(FdNames.USER_NAMESPACE, FdNames.MOUNT_NAMESPACE) : List.of());
    }

    /** Whether there is a program is found out before, because the filter may deny what that takes. */
    private static List<Attempt> execute(
            ProgramBuilder program, ExecSpec spec, ProgramEnd end, ConfinementSteps confinement) {
        Arg argv = end.argv(spec.argv());
        Arg environment = end.environment(spec.environment());
        Label notExecutable = program.label();
        List<String> candidates = spec.candidates();
        List<Arg> paths = candidates.stream().map(program::string).toList();
        List<ProgramBuilder.Added> looks = new ArrayList<>();
        List<ProgramBuilder.Added> executions = new ArrayList<>();
        for (int i = 0; i < paths.size(); i++) {
            String path = candidates.get(i);
            Label next = program.label();
            looks.add(look(program, "see whether " + path + " is executable", paths.get(i), X_OK)
                    .onError(next));
            confinement.filter(spec.confinement());
            executions.add(end.exec(path, argv, environment).onError(notExecutable));
            program.place(next);
        }
        List<Attempt> attempts = new ArrayList<>();
        for (int i = 0; i < paths.size(); i++) {
            String path = candidates.get(i);
            ProgramBuilder.Added existence = look(program, "see whether " + path + " exists", paths.get(i), F_OK)
                    .onZero(notExecutable)
                    .mayFail();
            attempts.add(
                    new Attempt(path, looks.get(i).index(), executions.get(i).index(), existence.index()));
        }
        program.step("end, as there is no such command", Syscall.EXIT_GROUP, NOT_FOUND);
        program.place(notExecutable);
        program.step("end, as it can't be executed", Syscall.EXIT_GROUP, NOT_EXECUTABLE);
        return List.copyOf(attempts);
    }

    private static ProgramBuilder.Added look(ProgramBuilder program, String what, Arg path, int access) {
        return program.step(what, Syscall.FACCESSAT2, -100, path, access, 0);
    }

    /**
     * What is executed.
     *
     * @return what the plan was compiled from
     */
    public ExecSpec spec() {
        return spec;
    }

    /**
     * What the stage runs.
     *
     * @return the program
     */
    public SyscallProgram program() {
        return program;
    }

    /**
     * Where the process id will stand, as the host sees it.
     *
     * @return an address in the program's memory, 64 bits
     */
    public Arg pid() {
        return pid;
    }

    /** Which steps try to execute something, for each of the files in the order in which they are tried. */
    List<Attempt> attempts() {
        return attempts;
    }

    /** The plan as a list of calls. */
    @Override
    public String toString() {
        return program.toString();
    }
}
