package io.lxj.plan;

import static io.lxj.linux.CloneFlags.CLONE_NEWNET;
import static io.lxj.linux.CloneFlags.CLONE_NEWUSER;

import io.lxj.error.LxjException;
import io.lxj.linux.Arg;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.ProgramBuilder.Label;
import io.lxj.linux.ProgramTooLongException;
import io.lxj.linux.Syscall;
import io.lxj.linux.SyscallProgram;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The beginning of an {@link InitPlan}: what the stage does while the JVM opens the container's root, makes its cgroup and
 * composes the rest of the plan. It ends with waiting for that. Not thread-safe.
 */
public final class StageBeginning {
    private final LaunchSpec spec;
    private final ProgramBuilder program;
    private final Label leave;
    private final LockedMounts locked;
    private final StageFileSystems fileSystems;
    private final KeyringSteps keyring;
    private final Rest rest;
    private final SyscallProgram compiled;
    private Arg dev;
    private Arg runHost;
    private Optional<Arg> before;

    private StageBeginning(LaunchSpec spec) {
        this.spec = spec;
        this.program = SyscallProgram.builder(fds(spec).toArray(String[]::new));
        this.leave = program.label();
        this.locked = new LockedMounts(program, spec);
        this.fileSystems = new StageFileSystems(program, spec);
        this.keyring = new KeyringSteps(program, spec.confinement().process());
        this.rest = new Rest(program);
        compile();
        this.compiled = program.beginning();
    }

    /**
     * Compiles the beginning.
     *
     * @param spec what to launch
     * @return the beginning
     * @throws LxjException if it would be too long
     */
    public static StageBeginning of(LaunchSpec spec) {
        try {
            return new StageBeginning(spec);
        } catch (ProgramTooLongException e) {
            throw InitPlan.tooLong(spec, e);
        }
    }

    /**
     * Whether the stage makes the container's namespaces; otherwise they are made with the init. Whoever makes them says
     * so on {@link FdNames#JVM}, if somebody has to do something about them. A keeper stays outside of them. The stage of an
     * ordinary user, too: the user's cgroups are open to it by the rights that it has in the user's own namespace.
     *
     * @param spec what is launched
     * @return true if the process that was spawned is in the namespaces when it says so
     */
    public static boolean makesNamespaces(LaunchSpec spec) {
        return !spec.keep() && spec.confinement().process().deputized().isEmpty();
    }

    /**
     * What the stage runs first.
     *
     * @return the program, which the whole one begins with
     */
    public SyscallProgram program() {
        return compiled;
    }

    LaunchSpec spec() {
        return spec;
    }

    /** To be gone on with, once. */
    ProgramBuilder builder() {
        return program;
    }

    /** Where to go if the JVM gave up. */
    Label leave() {
        return leave;
    }

    LockedMounts locked() {
        return locked;
    }

    /** The mount namespace before there were locked mounts, if there are any and somebody stays. */
    Optional<Arg> before() {
        return before;
    }

    KeyringSteps keyring() {
        return keyring;
    }

    Rest rest() {
        return rest;
    }

    Arg dev() {
        return dev;
    }

    /** The host's device nodes, by the names of the files in /dev that they are to be put on. */
    Map<String, Arg> bound() {
        return fileSystems.bound();
    }

    Arg runHost() {
        return runHost;
    }

    /** The names of the fds that the stage gets. */
    static List<String> fds(LaunchSpec spec) {
        List<String> fds = new ArrayList<>();
        // First, so that they have the numbers that sd_listen_fds(3) says.
        for (int i = 0; i < spec.listening(); i++) {
            fds.add(FdNames.listen(i));
        }
        // The report isn't first of them: at the end it takes the number of the one that is.
        fds.addAll(List.of(FdNames.JVM, FdNames.REPORT, FdNames.CONSOLE));
        if (spec.confinement().process().deputized().isPresent()) {
            fds.addAll(List.of(FdNames.USER_NAMESPACE, FdNames.MOUNT_NAMESPACE));
        }
        if (label(spec).isPresent()) {
            fds.add(FdNames.PROC);
        }
        if (spec.keep()) {
            // Before the mounts, however many those are: a keeper has numbers of its own above.
            fds.addAll(KeeperSteps.FDS);
        }
        for (int i = 0; i < spec.mounts().size(); i++) {
            if (!spec.mounts().get(i).isTmpfs()) {
                fds.add(FdNames.mount(i));
            }
        }
        return fds;
    }

    /** What only stays until commands are executed executes nothing itself. */
    static Optional<SecurityLabel> label(LaunchSpec spec) {
        return spec.argv().isEmpty() ? Optional.empty() : spec.confinement().label();
    }

    private void compile() {
        program.step("create files with the modes given", Syscall.UMASK, 0);
        StartSteps start = new StartSteps(program);
        start.run(spec.confinement().process(), keyring);
        fileSystems.becomeOwner();
        dev = fileSystems.dev(spec.devices());
        runHost = fileSystems.runHost(spec);
        fileSystems.leaveOwner();
        if (spec.keep()) {
            program.step("leave the JVM's session", Syscall.SETSID);
        }
        start.namespaces(spec.confinement().process());
        before = attachLocked();
        if (makesNamespaces(spec)) {
            namespaces();
        }
        Label goOn = program.label();
        rest.await().onZero(leave).onPositive(goOn);
        program.place(leave);
        program.step("leave, as the JVM gave up", Syscall.EXIT_GROUP, 1);
        program.place(goOn);
    }

    private Optional<Arg> attachLocked() {
        if (locked.isEmpty()) {
            return Optional.empty();
        }
        Optional<Arg> namespace = spec.keep() ? Optional.of(locked.current()) : Optional.empty();
        locked.attach();
        return namespace;
    }

    /**
     * A network namespace takes its time: it comes last, while the JVM sets the ids of the user namespace that will own it. The
     * stage doesn't become root of that: that root may not move processes out of the JVM's cgroup, as it takes to clone one
     * into the container's.
     */
    private void namespaces() {
        long flags = Cloning.STAGE_NAMESPACES & ~CLONE_NEWNET | userNamespaceFlag(spec);
        program.step("make the init's namespaces", Syscall.UNSHARE, Arg.hex(flags));
        sayThatNamespacesAreThere(program);
        program.step("make its network namespace", Syscall.UNSHARE, Arg.hex(CLONE_NEWNET));
        new LoopbackSteps(program).up();
    }

    static void sayThatNamespacesAreThere(ProgramBuilder program) {
        Arg word = program.space(8, "byte");
        program.step("say that the namespaces are there", Syscall.WRITE, program.fd(FdNames.JVM), word, 1);
    }

    static long userNamespaceFlag(LaunchSpec spec) {
        return spec.userNamespace().isPresent() ? CLONE_NEWUSER : 0;
    }
}
