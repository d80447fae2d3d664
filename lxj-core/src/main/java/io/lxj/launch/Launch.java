package io.lxj.launch;

import io.lxj.error.Failure;
import io.lxj.error.LxjException;
import io.lxj.failure.Failures;
import io.lxj.launch.InitLauncher.Keeper;
import io.lxj.launch.InitLauncher.Launched;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Pidfd;
import io.lxj.linux.ProcFs;
import io.lxj.linux.Signal;
import io.lxj.linux.Spawned;
import io.lxj.linux.StepFailure;
import io.lxj.plan.FdNames;
import io.lxj.plan.InitPlan;
import io.lxj.plan.LaunchSpec;
import io.lxj.plan.LaunchSpec.Overlay;
import io.lxj.plan.Rest;
import io.lxj.plan.StageBeginning;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A launch that has begun: the stage makes what depends neither on the root nor on the cgroup, and waits for the rest. If
 * this is closed before that comes, it ends. Not thread-safe.
 */
public final class Launch implements AutoCloseable {
    private final LaunchSpec spec;
    private final StageBeginning beginning;
    private final LaunchChannels channels;
    private final Spawned stage;
    private Optional<InitPlan> plan = Optional.empty();
    private Optional<Fd> mounts = Optional.empty();
    private boolean mountsRoot;
    private boolean reaped;

    private Launch(LaunchSpec spec, StageBeginning beginning, LaunchChannels channels, Spawned stage) {
        this.spec = spec;
        this.beginning = beginning;
        this.channels = channels;
        this.stage = stage;
    }

    static Launch begin(
            StageAhead ahead, LaunchSpec spec, StageBeginning beginning, LaunchChannels channels, Map<String, Fd> fds)
            throws LinuxException {
        Spawned stage = ahead.run(beginning.program(), fds);
        channels.leaveToStage();
        return new Launch(spec, beginning, channels, stage);
    }

    /**
     * Goes on to the init, which comes by itself then.
     *
     * @param overlay the root, if the container's own root has to mount it
     * @param rest what the stage waits for, under the names of {@link Rest#names}. It stays the caller's
     * @param userNamespace what the container's user namespace gets, if the spec says that it has one
     * @param proc the host's procfs, if all mounts of a container that isn't kept are to be held
     * @throws LxjException if the plan would be too long; no process is left then
     * @throws IOException if the launch couldn't go on; no process is left then
     */
    public void run(
            Optional<Overlay> overlay,
            Map<String, Fd> rest,
            Optional<UserNamespaceSetup> userNamespace,
            Optional<ProcFs> proc)
            throws IOException {
        try {
            complete(InitPlan.of(beginning, overlay));
            hand(Rest.names(spec, overlay).stream().map(rest::get).toList(), userNamespace, proc);
        } catch (IOException | RuntimeException | Error e) {
            channels.giveUp();
            end();
            throw e;
        }
        mountsRoot = overlay.isPresent();
    }

    /**
     * Waits for the init, once the launch has gone on to it.
     *
     * @return the container, in which the init is being executed
     * @throws io.lxj.error.LaunchException if a step failed; no process is left then
     * @throws IOException if nothing can be heard of it; no process is left then
     */
    public Launched await() throws IOException {
        Children.awaitReport(channels.report().reader());
        Optional<StepFailure> failure = stage.failure();
        if (failure.isPresent()) {
            channels.giveUp();
            end();
            throw Failures.exception("start " + spec.name(), failure.get(), LaunchHints.of(spec, failure.get()));
        }
        return spec.keep() ? kept() : owned();
    }

    /** The stage is at work meanwhile, or waits already. */
    private void complete(InitPlan whole) throws LinuxException {
        stage.complete(whole.program());
        plan = Optional.of(whole);
    }

    private void hand(List<Fd> rest, Optional<UserNamespaceSetup> userNamespace, Optional<ProcFs> proc)
            throws IOException {
        boolean early = StageBeginning.makesNamespaces(spec);
        if (early && isAsked()) {
            if (userNamespace.isPresent()) {
                userNamespace.get().map(stage.pid());
            }
            if (proc.isPresent()) {
                hold(proc.get());
            }
        }
        if (!tell(rest)) {
            // The report says why it isn't there.
            return;
        }
        if (userNamespace.isPresent() && !early && isAsked()) {
            userNamespace.get().map(pid());
            tell(List.of());
        }
    }

    private void hold(ProcFs proc) throws LinuxException {
        try {
            mounts = Optional.of(proc.mountNamespaceOf(stage.pid()));
        } catch (LinuxException e) {
            // EACCES without CAP_SYS_PTRACE: then the container's end takes as long as it takes to unmount all.
            // ENOENT if the stage has ended, perhaps as it got no network namespace: its report says so.
            if (!e.is(Errno.EACCES) && !e.is(Errno.ENOENT)) {
                throw e;
            }
        }
    }

    /** Whether there are namespaces to be looked after; otherwise who makes them has ended. */
    private boolean isAsked() throws LinuxException {
        try {
            return channels.jvm().first().receive(8, 1).bytes().length > 0;
        } catch (LinuxException e) {
            if (isEnd(e)) {
                return false;
            }
            throw e;
        }
    }

    /** Whether there is nobody at the other end any more; ECONNRESET tells that a message was not read. */
    private static boolean isEnd(LinuxException e) {
        return e.is(Errno.EPIPE) || e.is(Errno.ECONNRESET);
    }

    private boolean tell(List<Fd> fds) throws LinuxException {
        try {
            channels.jvm().first().send(new byte[1], fds);
            return true;
        } catch (LinuxException e) {
            if (isEnd(e)) {
                return false;
            }
            throw e;
        }
    }

    /** 0 if there is no init. */
    private int pid() throws LinuxException {
        return plan.isPresent() ? (int) stage.readLong(plan.get().pid()) : 0;
    }

    private Launched owned() throws IOException {
        int pid = pid();
        reap();
        if (pid == 0) {
            throw killed();
        }
        Pidfd init = Pidfd.open(pid);
        try {
            int expected = 2 + spec.terminals().ttys();
            List<Fd> received = channels.console().first().receive(8, expected).fds();
            if (received.size() < expected) {
                received.forEach(Fd::close);
                throw killed();
            }
            Optional<Fd> root = mountsRoot
                    ? channels.jvm().first().receive(8, 1).fds().stream().findFirst()
                    : Optional.empty();
            List<Fd> held = Stream.concat(root.stream(), mounts.stream()).toList();
            mounts = Optional.empty();
            return new Launched(
                    pid, init, received.get(0), received.get(1), received.subList(2, expected), Optional.empty(), held);
        } catch (IOException | RuntimeException | Error e) {
            try (init) {
                init.send(Signal.SIGKILL);
                init.waitFor();
            }
            throw e;
        }
    }

    private LxjException killed() {
        return new LxjException(Failure.of("start " + spec.name(), "its init was killed before it could begin")
                .hint(
                        "if it may have little memory, it needs more; the kernel's log tells of what it kills for that. Or the JVM"
                                + " is in a cgroup whose cgroup.kill somebody has written to: from there newer kernels let nothing be"
                                + " started in another one, so start the JVM elsewhere"));
    }

    /** If the keeper can't be reached, it ends with the init once the pipe is closed on which it waits for word. */
    private Launched kept() throws IOException {
        int pid = pid();
        List<Fd> opened = new ArrayList<>();
        Fd writer = channels.recorded().orElseThrow().writer();
        try {
            Pidfd keeper = Pidfd.open(stage.pid());
            opened.add(keeper.fd());
            Pidfd init = Pidfd.open(pid);
            opened.add(init.fd());
            Fd master = keeper.getFd(FdNames.KEEPER_MASTER_NUMBER);
            opened.add(master);
            Fd notify = keeper.getFd(FdNames.KEEPER_NOTIFY_NUMBER);
            opened.add(notify);
            Fd word = writer.duplicate();
            Keeper parent = new Keeper(stage.pid(), keeper, word);
            reaped = true;
            return new Launched(pid, init, master, notify, List.of(), Optional.of(parent), List.of());
        } catch (IOException | RuntimeException | Error e) {
            opened.forEach(Fd::close);
            channels.giveUp();
            reap();
            throw e;
        }
    }

    /** What is left after a failure: the stage has ended or ends by itself; the init may be on its way. */
    private void end() throws LinuxException {
        reap();
        int pid = pid();
        // The init of a keeper isn't this JVM's child; the keeper has killed it.
        if (pid > 0 && !spec.keep()) {
            try (Pidfd init = Pidfd.open(pid)) {
                init.send(Signal.SIGKILL);
                init.waitFor();
            }
        }
    }

    private void reap() throws LinuxException {
        if (!reaped) {
            reaped = true;
            stage.waitFor();
        }
    }

    /** Ends the stage if it still waits; gives up what connected the JVM with the launch. */
    @Override
    public void close() {
        try {
            if (!reaped) {
                channels.giveUp();
                end();
            }
        } catch (LinuxException e) {
            throw Failures.exception("give up the start of " + spec.name(), e);
        } finally {
            mounts.ifPresent(Fd::close);
            channels.close();
            stage.close();
        }
    }
}
