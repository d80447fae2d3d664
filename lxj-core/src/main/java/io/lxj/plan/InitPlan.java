package io.lxj.plan;

import static io.lxj.linux.CloneFlags.CLONE_NEWPID;
import static io.lxj.linux.CloneFlags.CLONE_PARENT;
import static io.lxj.linux.CloneFlags.CLONE_PIDFD;

import io.lxj.error.Failure;
import io.lxj.error.LxjException;
import io.lxj.linux.Arg;
import io.lxj.linux.CloneFlags;
import io.lxj.linux.FileName;
import io.lxj.linux.MountFlags;
import io.lxj.linux.Open;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.ProgramTooLongException;
import io.lxj.linux.Syscall;
import io.lxj.linux.SyscallProgram;
import io.lxj.plan.LaunchSpec.MountSpec;
import io.lxj.plan.LaunchSpec.Overlay;
import io.lxj.plan.LaunchSpec.UserNamespace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The way from a new process to a container's init. By its {@linkplain StageBeginning beginning} the stage makes what
 * depends neither on the root nor on the cgroup, namespaces above all, and waits for the rest. Then it clones the init
 * into its cgroup, and leaves. The keeper of a container that outlives the JVM is such a stage that stays; it is in none of the
 * container's namespaces, which are made for the init as it is cloned. Immutable and thread-safe.
 */
public final class InitPlan {
    private static final int SIGCHLD = 17;

    private final SyscallProgram program;
    private final Arg pid;

    private InitPlan(SyscallProgram program, Arg pid) {
        this.program = program;
        this.pid = pid;
    }

    /**
     * Compiles the whole plan.
     *
     * @param spec what to launch
     * @param overlay the root, if the container's own root has to mount it
     * @return the plan
     * @throws LxjException if it would be too long
     */
    public static InitPlan of(LaunchSpec spec, Optional<Overlay> overlay) {
        return of(StageBeginning.of(spec), overlay);
    }

    /**
     * Compiles what comes after the beginning.
     *
     * @param beginning isn't of use any more then
     * @param overlay the root, if the container's own root has to mount it
     * @return the plan
     * @throws LxjException if it would be too long
     */
    public static InitPlan of(StageBeginning beginning, Optional<Overlay> overlay) {
        try {
            return new Compiler(beginning, overlay).compile();
        } catch (ProgramTooLongException e) {
            throw tooLong(beginning.spec(), e);
        }
    }

    static LxjException tooLong(LaunchSpec spec, ProgramTooLongException e) {
        String problem = "its mounts, devices and credentials take " + e.getMessage();
        return new LxjException(Failure.of("start " + spec.name(), problem).hint("have fewer of them"), e);
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
     * Where the init's process id will stand, as the host sees it.
     *
     * @return an address in the program's memory, 64 bits
     */
    public Arg pid() {
        return pid;
    }

    /** The plan as a list of calls. */
    @Override
    public String toString() {
        return program.toString();
    }

    private static final class Compiler {
        private final StageBeginning stage;
        private final Optional<Overlay> overlay;
        private final LaunchSpec spec;
        private final ProgramBuilder program;
        private final Arg pid;
        private final Arg pidfd;
        private final LockedMounts locked;

        Compiler(StageBeginning stage, Optional<Overlay> overlay) {
            this.stage = stage;
            this.overlay = overlay;
            this.spec = stage.spec();
            this.program = stage.builder();
            this.pid = program.space(8, "pid");
            this.pidfd = program.space(8, "pidfd");
            this.locked = stage.locked();
        }

        InitPlan compile() {
            ProgramBuilder.Label init = program.label();
            stage.rest().take(Rest.names(spec, overlay));
            clone3().onZero(init);
            if (spec.keep()) {
                stage.before().ifPresent(locked::leave);
                letGoOfWhatIsForTheInit();
                program.step("let go of /dev", Syscall.CLOSE, stage.dev());
                stage.bound().forEach((name, node) -> program.step("let go of /dev/" + name, Syscall.CLOSE, node));
                program.step("let go of /run/host", Syscall.CLOSE, stage.runHost());
                StartSteps.showToUser(program, spec.confinement().process());
                new KeeperSteps(program, spec.log(), spec.confinement().process(), pidfd).run();
            } else {
                program.step("leave the init to the JVM", Syscall.EXIT_GROUP, 0);
            }
            program.place(init);
            init();
            return new InitPlan(program.build(), pid);
        }

        /** The init could not unmount or close for good what another process holds as well. */
        private void letGoOfWhatIsForTheInit() {
            List<String> names = new ArrayList<>(StageBeginning.fds(spec));
            names.addAll(Rest.names(spec, overlay));
            for (String name : names) {
                if (FdNames.isForInit(name)) {
                    program.step("let go of " + name, Syscall.CLOSE, program.fd(name))
                            .mayFail();
                }
            }
        }

        private ProgramBuilder.Added clone3() {
            // With CLONE_PARENT the exit signal is the caller's own.
            long flags = CLONE_PIDFD
                    | (spec.keep() ? 0 : CLONE_PARENT)
                    | (StageBeginning.makesNamespaces(spec)
                            ? CLONE_NEWPID
                            : Cloning.INIT_NAMESPACES | StageBeginning.userNamespaceFlag(spec));
            return Cloning.clone3(
                    program,
                    "clone the init of " + spec.name(),
                    flags,
                    pidfd,
                    pid,
                    spec.keep() ? SIGCHLD : 0,
                    spec.confinement().process().hasCgroup());
        }

        private void init() {
            ProgramEnd end = new ProgramEnd(program);
            if (!spec.keep()) {
                end.dieWithParent();
            }
            if (spec.userNamespace().isPresent()) {
                userNamespace(end);
            }
            ExecPlan.letGoOfSurroundings(end, spec.confinement().process());
            end.letGoOf(spec.keep() ? KeeperSteps.FDS : List.of());
            program.step("start a session", Syscall.SETSID);
            boolean cgroups = spec.confinement().process().hasCgroupNamespace();
            program.step(
                    cgroups ? "start a cgroup and an IPC namespace" : "start an IPC namespace",
                    Syscall.UNSHARE,
                    cgroups
                            ? Arg.of(Cloning.OWN_NAMESPACES, "CLONE_NEWCGROUP|CLONE_NEWIPC")
                            : Arg.of(CloneFlags.CLONE_NEWIPC, "CLONE_NEWIPC"));
            if (locked.isEmpty()) {
                new FileSystemSteps(program).keepToItself();
            }
            locked.take();
            Arg root = root();
            Arg proc = ApiFileSystems.make(program, "proc");
            Arg sys = ApiFileSystems.make(program, "sysfs");
            enter(root);
            ApiFileSystems api = new ApiFileSystems(
                    program, root, spec.confinement().process().hostRoot());
            api.proc(proc, spec.confinement().process().sysctls());
            api.sys(sys);
            if (cgroups) {
                api.cgroup(sys);
            }
            boolean terminalGroup =
                    spec.userNamespace().map(UserNamespace::terminalGroup).orElse(true);
            api.dev(stage.dev(), stage.bound(), spec.terminals(), terminalGroup);
            api.run(stage.runHost());
            api.hide(proc, sys, stage.runHost());
            FdMessage.send(
                    program, program.fd(FdNames.CONSOLE), spec.terminals().ttys());
            mounts(root);
            new FileSystemSteps(program).share(root);
            identity();
            ConfinementSteps confinement = new ConfinementSteps(program);
            confinement.limits(spec.confinement());
            if (spec.confinement().process().hasGroups()) {
                StartSteps.groups(program, spec.confinement().process().groups());
            }
            confinement.bound(spec.confinement());
            confinement.capabilities(spec.confinement(), true);
            confinement.umask(spec.confinement());
            StageBeginning.label(spec).ifPresent(new LabelSteps(program)::onExec);
            end.closeFds(SyscallProgram.FIRST_FD + spec.listening());
            program.step("enter the working directory", Syscall.CHDIR, program.string(spec.workingDirectory()));
            if (!spec.keep()) {
                end.dieWithParent();
            }
            if (spec.argv().isEmpty()) {
                confinement.filter(spec.confinement());
                stay();
                return;
            }
            Arg argv = end.argv(spec.argv());
            Arg environment = end.environment(spec.environment());
            confinement.filter(spec.confinement());
            end.exec(spec.argv().get(0), argv, environment);
            program.step("never come here", Syscall.EXIT_GROUP, 126);
        }

        /**
         * Stays as the first process, for commands to be executed beside it: an image in the making has no init yet. They
         * may trace it, and so it has to be under the filter, which allows the calls that come here.
         */
        private void stay() {
            Arg ignore = program.words("{SIG_IGN}", 1, 0, 0, 0);
            program.step("leave orphans to the kernel", Syscall.RT_SIGACTION, Arg.of(SIGCHLD, "SIGCHLD"), ignore, 0, 8);
            StartSteps.showToUser(program, spec.confinement().process());
            program.step("close all fds, and so report", Syscall.CLOSE_RANGE, 3, Arg.of(0xFFFFFFFFL, "~0"), 0);
            ProgramBuilder.Label stay = program.label();
            program.place(stay);
            program.step("wait to be killed", Syscall.PPOLL, 0, 0, 0, 0, 0)
                    .onZero(stay)
                    .onError(stay);
        }

        private void userNamespace(ProgramEnd end) {
            UserNamespaceSteps ids =
                    new UserNamespaceSteps(program, spec.confinement().process());
            if (!StageBeginning.makesNamespaces(spec)) {
                ids.show();
                StageBeginning.sayThatNamespacesAreThere(program);
                ids.awaitIds(stage.leave());
            }
            ids.becomeRoot();
            stage.keyring().leaveKeysAsRoot();
            if (!spec.keep()) {
                end.dieWithParent();
                ids.leaveIfAlone(stage.leave());
            }
        }

        /** The root as a detached mount. */
        private Arg root() {
            if (overlay.isEmpty()) {
                return program.fd(FdNames.ROOT);
            }
            Arg root = new OverlaySteps(program).mount(overlay.get());
            if (!spec.keep()) {
                new UserNamespaceSteps(program, spec.confinement().process()).handOver(root);
            }
            return root;
        }

        /** Makes the root mount the root of everything; what was there before is gone from sight and reach. */
        private void enter(Arg root) {
            FileSystemSteps steps = new FileSystemSteps(program);
            // /proc only serves as a place to put the mount on; every host has it.
            steps.place("attach the root", root, Arg.of(Open.AT_FDCWD, "AT_FDCWD"), "/proc");
            program.step("enter the root", Syscall.FCHDIR, root);
            program.step("make it the root", Syscall.PIVOT_ROOT, program.string("."), program.string("."));
            program.step(
                    "detach the host's root",
                    Syscall.UMOUNT2,
                    program.string("."),
                    Arg.of(MountFlags.MNT_DETACH, "MNT_DETACH"));
            program.step("go to the new root", Syscall.CHDIR, program.string("/"));
        }

        private void mounts(Arg root) {
            if (spec.mounts().isEmpty()) {
                return;
            }
            FileSystemSteps steps = new FileSystemSteps(program);
            Arg attempts = steps.attempts();
            for (int i = 0; i < spec.mounts().size(); i++) {
                MountSpec mount = spec.mounts().get(i);
                Arg source = mount.isTmpfs() ? steps.make("tmpfs", mount.attributes(), mount.tmpfs()) : locked.mount(i);
                Arg target = steps.target(root, mount.target(), mount.directory(), attempts);
                steps.placeOn("mount " + mount.target(), source, target);
            }
            program.step("close the counter", Syscall.CLOSE, attempts);
        }

        private void identity() {
            int length = FileName.bytes(spec.hostname()).length;
            program.step("set the hostname", Syscall.SETHOSTNAME, program.string(spec.hostname()), length);
            if (!StageBeginning.makesNamespaces(spec)) {
                new LoopbackSteps(program).up();
            }
        }
    }
}
