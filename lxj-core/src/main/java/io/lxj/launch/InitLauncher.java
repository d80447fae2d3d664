package io.lxj.launch;

import io.lxj.error.Failure;
import io.lxj.error.LxjException;
import io.lxj.failure.Failures;
import io.lxj.linux.Deputy;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Pidfd;
import io.lxj.linux.Pipe;
import io.lxj.linux.Signal;
import io.lxj.linux.Spawned;
import io.lxj.linux.StepFailure;
import io.lxj.linux.UnixSocket;
import io.lxj.plan.FdNames;
import io.lxj.plan.InitPlan;
import io.lxj.plan.LaunchSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Starts the init of a container. Thread-safe. */
public final class InitLauncher {
    private final SpawnThread thread;
    private final Optional<Deputy> deputy;

    /**
     * A launcher.
     *
     * @param deputy who handles files and mounts for an ordinary user
     * @param thread whose end is the end of the containers that aren't kept
     */
    public InitLauncher(SpawnThread thread, Optional<Deputy> deputy) {
        this.thread = thread;
        this.deputy = deputy;
    }

    /**
     * What a started container consists of. Whoever gets it owns it.
     *
     * @param pid the init's process id
     * @param init the init; a child of this process unless there is a keeper
     * @param console the master of its console
     * @param notifySocket the socket on which an init of the kind of systemd says that it has booted
     * @param ttys the masters of its other terminals
     * @param keeper the keeper, for a container that is kept
     * @param root the root's mount, if the init has made it and there is no keeper
     */
    public record Launched(
            int pid,
            Pidfd init,
            Fd console,
            Fd notifySocket,
            List<Fd> ttys,
            Optional<Keeper> keeper,
            Optional<Fd> root) {
        /** Gives up all fds; the processes are left alone. */
        public void close() {
            init.close();
            console.close();
            notifySocket.close();
            ttys.forEach(Fd::close);
            keeper.ifPresent(Keeper::close);
            root.ifPresent(Fd::close);
        }
    }

    /**
     * The keeper of a container: a child of this process.
     *
     * @param pid its process id
     * @param process the process
     * @param recorded a pipe on which it waits for word that the container is on record; it ends the init without it
     */
    public record Keeper(int pid, Pidfd process, Fd recorded) {
        void close() {
            process.close();
            recorded.close();
        }
    }

    /**
     * Begins to start a process, for one container.
     *
     * @return the process, to be closed when the container has been launched or won't be
     */
    public StageAhead begin() {
        return new StageAhead(thread);
    }

    /**
     * Launches.
     *
     * @param ahead the process that was begun for it
     * @param spec what to launch
     * @param fds the root, the cgroup and the inherited mounts, under the names of {@link FdNames}; and for a container
     *     that is kept its log and exit files. They stay the caller's
     * @param userNamespace what the container's user namespace gets, if the spec says that it has one
     * @return the container, in which the init is being executed
     * @throws io.lxj.error.LaunchException if a step failed; no process is left then
     * @throws LinuxException if the launch couldn't even begin
     */
    public Launched launch(
            StageAhead ahead, LaunchSpec spec, Map<String, Fd> fds, Optional<UserNamespaceSetup> userNamespace)
            throws IOException {
        InitPlan plan = InitPlan.of(spec);
        Map<String, Fd> all = new HashMap<>(fds);
        deputy.ifPresent(own -> all.putAll(ExecLauncher.namespaces(own)));
        try (Pipe report = Pipe.open();
                UnixSocket.Pair console = UnixSocket.pair();
                UnixSocket.Pair ids = userNamespace.isPresent() ? UnixSocket.pair() : null;
                Pipe recorded = spec.keep() ? Pipe.open() : null) {
            all.put(FdNames.REPORT, report.writer());
            all.put(FdNames.CONSOLE, console.second().fd());
            if (ids != null) {
                all.put(FdNames.IDS, ids.second().fd());
            }
            if (spec.keep()) {
                all.put(FdNames.KEEPER, console.first().fd());
                all.put(FdNames.RECORDED, recorded.reader());
            }
            try (Spawned stage = ahead.run(plan.program(), all)) {
                report.writer().close();
                console.second().close();
                if (ids != null) {
                    ids.second().close();
                    setUp(spec, userNamespace.get(), ids.first(), stage, plan, recorded);
                }
                Children.awaitReport(report.reader());
                Optional<StepFailure> failure = stage.failure();
                if (failure.isPresent()) {
                    if (recorded != null) {
                        recorded.writer().close();
                    }
                    end(stage, plan, spec.keep());
                    throw Failures.exception(
                            "start " + spec.name(), failure.get(), LaunchHints.of(spec, failure.get()));
                }
                return spec.keep() ? kept(stage, plan, recorded) : owned(spec, stage, plan, console, ids);
            }
        }
    }

    /** The init waits for it; if it doesn't come that far, the report says why. */
    private static void setUp(
            LaunchSpec spec,
            UserNamespaceSetup userNamespace,
            UnixSocket init,
            Spawned stage,
            InitPlan plan,
            Pipe recorded)
            throws IOException {
        try {
            if (init.receive(8, 1).bytes().length > 0) {
                userNamespace.apply((int) stage.readLong(plan.pid()));
                init.send(new byte[1], List.of());
            }
        } catch (IOException | RuntimeException e) {
            init.close();
            if (recorded != null) {
                recorded.writer().close();
            }
            end(stage, plan, spec.keep());
            throw e;
        }
    }

    private static Launched owned(
            LaunchSpec spec, Spawned stage, InitPlan plan, UnixSocket.Pair console, UnixSocket.Pair ids)
            throws IOException {
        int pid = (int) stage.readLong(plan.pid());
        Children.reap(stage.pid());
        Pidfd init = Pidfd.open(pid);
        try {
            int expected = 2 + spec.terminals().ttys();
            List<Fd> received = console.first().receive(8, expected).fds();
            if (received.size() < expected) {
                received.forEach(Fd::close);
                throw new LxjException(Failure.of("start " + spec.name(), "its init was killed before it could begin"));
            }
            Optional<Fd> root = spec.userNamespace()
                            .flatMap(LaunchSpec.UserNamespace::overlay)
                            .isPresent()
                    ? ids.first().receive(8, 1).fds().stream().findFirst()
                    : Optional.empty();
            return new Launched(
                    pid, init, received.get(0), received.get(1), received.subList(2, expected), Optional.empty(), root);
        } catch (IOException | RuntimeException e) {
            try (init) {
                init.send(Signal.SIGKILL);
                init.waitFor();
            }
            throw e;
        }
    }

    /** If the keeper can't be reached, it ends with the init once the pipe is closed on which it waits for word. */
    private static Launched kept(Spawned stage, InitPlan plan, Pipe recorded) throws IOException {
        int pid = (int) stage.readLong(plan.pid());
        List<Fd> opened = new ArrayList<>();
        try {
            Pidfd keeper = Pidfd.open(stage.pid());
            opened.add(keeper.fd());
            Pidfd init = Pidfd.open(pid);
            opened.add(init.fd());
            Fd master = keeper.getFd(FdNames.KEEPER_MASTER_NUMBER);
            opened.add(master);
            Fd notify = keeper.getFd(FdNames.KEEPER_NOTIFY_NUMBER);
            opened.add(notify);
            Fd word = recorded.writer().duplicate();
            Keeper parent = new Keeper(stage.pid(), keeper, word);
            return new Launched(pid, init, master, notify, List.of(), Optional.of(parent), Optional.empty());
        } catch (IOException | RuntimeException e) {
            opened.forEach(Fd::close);
            recorded.writer().close();
            Children.reap(stage.pid());
            throw e;
        }
    }

    /** What is left after a failed step: the stage has ended or ends by itself; the init may be on its way. */
    private static void end(Spawned stage, InitPlan plan, boolean keep) throws LinuxException {
        int pid = (int) stage.readLong(plan.pid());
        Children.reap(stage.pid());
        // The init of a keeper isn't this JVM's child; the keeper has killed it.
        if (pid > 0 && !keep) {
            try (Pidfd init = Pidfd.open(pid)) {
                init.send(Signal.SIGKILL);
                init.waitFor();
            }
        }
    }
}
