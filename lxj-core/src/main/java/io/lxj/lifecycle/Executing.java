package io.lxj.lifecycle;

import io.lxj.config.Command;
import io.lxj.config.ExecResult;
import io.lxj.config.Stdin;
import io.lxj.config.TerminalSize;
import io.lxj.error.LaunchException;
import io.lxj.error.WrongStateException;
import io.lxj.failure.Failures;
import io.lxj.launch.ExecLauncher;
import io.lxj.linux.Cgroup;
import io.lxj.linux.CgroupMount;
import io.lxj.linux.Directory;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.FileSystemType;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.Pipe;
import io.lxj.linux.ProcFs;
import io.lxj.linux.Pty;
import io.lxj.linux.RootDir;
import io.lxj.linux.WaitStatus;
import io.lxj.plan.Confinement;
import io.lxj.plan.ExecPlan;
import io.lxj.plan.ExecSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Runs commands in containers. Thread-safe. */
final class Executing {
    /** How long the container may keep a command without a limit of its own from being executed. */
    private static final Duration LONGEST_ENTRY = Duration.ofMinutes(1);

    private final Engine engine;
    // Whoever waits for something in a container executes the same command again and again.
    private volatile ExecPlan last;

    Executing(Engine engine) {
        this.engine = engine;
    }

    Executed execute(String name, Run run, Command command) {
        String action = "exec in " + name;
        try (RootDir own = root(run);
                LentRoot lent = LentRoot.of(run, own);
                Fd cgroup = run.cgroup().isPresent()
                        ? cgroupOfInit(run, run.cgroup().get())
                        : null) {
            // With the container's rights, not with those of this JVM, which it may not keep waiting either.
            RootDir root = lent.root();
            Accounts accounts = Accounts.read(name, root);
            Confinement confinement = engine.confinement(
                    run.config(),
                    run.ids().isPresent(),
                    engine.folder().deputy().isEmpty() || run.cgroup().isPresent());
            ExecSpec spec = ExecSpecs.of(
                    name, run.config(), command, accounts, run.ids().isPresent(), confinement);
            return command.terminal().isPresent()
                    ? onTerminal(run, plan(spec), root, cgroup, command)
                    : onPipes(run, plan(spec), root, cgroup, command);
        } catch (LaunchException | IllegalStateException e) {
            // The run may have been closed meanwhile, and its descriptors with it; whatever else it is goes on.
            throw unlessEnded(action, run, e);
        } catch (IOException e) {
            throw unlessEnded(action, run, Failures.exception(action, e));
        }
    }

    /** Runs a command to its end, which has to come in the time that the command has, counted from now. */
    ExecResult collect(String name, Run run, Command command) {
        long start = System.nanoTime();
        return new Collector(name, command, execute(name, run, command), start, engine.reaping()).run();
    }

    /** What went wrong, but for an init that has ended since the look at it: then there is nothing to enter. */
    private static RuntimeException unlessEnded(String action, Run run, RuntimeException e) {
        return stillAlive(run) ? e : new WrongStateException(action, "STOPPED", List.of("RUNNING"));
    }

    private ExecPlan plan(ExecSpec spec) {
        ExecPlan plan = last;
        if (plan == null || !plan.spec().equals(spec)) {
            plan = ExecPlan.of(spec);
            last = plan;
        }
        return plan;
    }

    /** The order matters: a process id means the same process as a pidfd for as long as that one's is alive. */
    static boolean stillAlive(Run run) {
        try {
            return !run.reach().proc().isEnding(run.record().init().pid())
                    && run.init().isAlive();
        } catch (LinuxException e) {
            return !e.is(Errno.ESRCH) && !e.is(Errno.ENOENT);
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** The container's root as its init sees it. The link is the host's procfs's; behind it nothing is trusted. */
    RootDir root(Run run) throws LinuxException {
        int pid = run.record().init().pid();
        RootDir root;
        try {
            root = run.reach().proc().rootOf(pid);
        } catch (LinuxException e) {
            throw stillAlive(run) ? e : gone(pid);
        }
        // It has a root, so it wasn't ending; but was it the init, or another process that has its number now?
        if (!run.init().isAlive()) {
            root.close();
            throw gone(pid);
        }
        return root;
    }

    private static LinuxException gone(int pid) {
        return LinuxException.of(-Errno.ESRCH.number(), "openat", "/proc/" + pid + "/root")
                .withHint("the container's init is ending, or has ended");
    }

    /**
     * The cgroup that the init is in: a leaf of the container's own tree. systemd moves itself away from the top of the
     * tree to enable controllers, and then no process may be put there any more.
     */
    private Fd cgroupOfInit(Run run, Cgroup cgroup) throws LinuxException {
        String own = membership(engine.proc(), run.record().init().pid());
        String top = "/" + run.record().cgroup().replaceFirst("^.*/(?=lxj-)", "") + "/" + CgroupTree.PAYLOAD;
        int at = own.indexOf(top);
        String below = at < 0 ? "" : own.substring(at + top.length());
        try (Directory container = new Directory(cgroup.fd().duplicate());
                RootDir payload = new RootDir(
                        container.open(FileName.bytes(CgroupTree.PAYLOAD), Open.O_PATH | Open.O_DIRECTORY, 0))) {
            return payload.open(FileName.bytes(below), Open.O_RDONLY | Open.O_DIRECTORY, 0);
        }
    }

    private static String membership(ProcFs proc, int pid) throws LinuxException {
        return CgroupMount.membership(proc.read(pid + "/cgroup")).orElse("/");
    }

    private ExecLauncher.Place place(Run run, Fd cgroup, Fd in, Fd out, Fd err) throws LinuxException {
        return new ExecLauncher.Place(
                run.init(),
                Optional.ofNullable(cgroup),
                run.reach().proc().fd(),
                run.reach().deputy(),
                in,
                out,
                err);
    }

    private Executed onPipes(Run run, ExecPlan plan, RootDir root, Fd cgroup, Command command) throws IOException {
        Stdin stdin = command.stdin();
        Optional<StreamOwner> owner = StreamOwner.of(run, plan.spec());
        Undo undo = new Undo();
        try (Fd given = stdin instanceof Stdin.Bytes bytes ? InputFile.of(bytes.content()) : null) {
            Pipe in = given == null ? pipe(owner, undo) : null;
            Pipe out = pipe(owner, undo);
            Pipe err = pipe(owner, undo);
            ExecLauncher.Executed started = launch(
                    plan, place(run, cgroup, given == null ? in.reader() : given, out.writer(), err.writer()), command);
            explain(plan, started, root, err.writer());
            out.writer().close();
            err.writer().close();
            Optional<Fd> input = Optional.empty();
            if (in != null) {
                in.reader().close();
                input = Optional.of(in.writer()).filter(fd -> stdin != Stdin.Source.EMPTY);
                if (input.isEmpty()) {
                    in.writer().close();
                }
            }
            return executed(started, input, out.reader(), Optional.of(err.reader()));
        } catch (IOException | RuntimeException | Error e) {
            undo.run(e);
            throw e;
        }
    }

    private ExecLauncher.Executed launch(ExecPlan plan, ExecLauncher.Place place, Command command) throws IOException {
        Duration limit = command.timeout()
                .filter(own -> own.compareTo(LONGEST_ENTRY) < 0)
                .orElse(LONGEST_ENTRY);
        return ExecLauncher.launch(plan, place, limit, engine.reaping()::kill);
    }

    /** A process that could execute nothing has ended, and leaves it to us to say why. */
    private static void explain(ExecPlan plan, ExecLauncher.Executed started, RootDir root, Fd stderr)
            throws IOException {
        if (started.failure().isPresent()) {
            stderr.write(ExecMessage.of(plan.spec(), started.failure().get(), root));
        }
    }

    private static Pipe pipe(Optional<StreamOwner> owner, Undo undo) throws LinuxException {
        Pipe pipe = Pipe.open();
        undo.add(pipe::close);
        if (owner.isPresent()) {
            owner.get().give(pipe);
        }
        return pipe;
    }

    private Executed onTerminal(Run run, ExecPlan plan, RootDir root, Fd cgroup, Command command) throws IOException {
        TerminalSize size = command.terminal().orElseThrow();
        try (Fd devpts = devpts(root)) {
            Pty pty = Pty.open(devpts);
            try (Fd slave = pty.peer()) {
                Pty.resize(pty.master(), size.rows(), size.columns());
                ExecLauncher.Executed started = launch(plan, place(run, cgroup, slave, slave, slave), command);
                explain(plan, started, root, slave);
                return executed(started, Optional.of(pty.master().duplicate()), pty.master(), Optional.empty());
            } catch (IOException | RuntimeException | Error e) {
                pty.close();
                throw e;
            }
        }
    }

    /**
     * The container's devpts, so that the terminal has a name inside. Only a real one will do. A terminal belongs to who opens
     * it: the container's root.
     */
    private static Fd devpts(RootDir root) throws LinuxException {
        int flags = Open.O_RDONLY | Open.O_DIRECTORY;
        Fd devpts = root.open(FileName.bytes("dev/pts"), flags, 0, Open.RESOLVE_NO_SYMLINKS);
        if (!FileSystemType.of(devpts).equals(FileSystemType.DEVPTS)) {
            devpts.close();
            throw LinuxException.of(-Errno.ENODEV.number(), "openat2", "/dev/pts")
                    .withHint("the container has no devpts mounted there: it can't have terminals");
        }
        return devpts;
    }

    private Executed executed(ExecLauncher.Executed started, Optional<Fd> stdin, Fd stdout, Optional<Fd> stderr) {
        engine.checkpoints().reached("exec: started");
        return new Executed(started.pid(), started.process(), stdin, stdout, stderr);
    }

    /** Takes the status of a command when it has ended; its fd is closed then. */
    CompletableFuture<Optional<WaitStatus>> watch(Executed executed) throws IOException {
        CompletableFuture<Optional<WaitStatus>> status = new CompletableFuture<>();
        try {
            engine.supervisor().watchExit(executed.process(), true, ended -> {
                executed.process().close();
                status.complete(ended);
            });
        } catch (IOException e) {
            engine.reaping().kill(executed.process());
            throw e;
        }
        return status;
    }
}
