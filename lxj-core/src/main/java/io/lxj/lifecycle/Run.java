package io.lxj.lifecycle;

import io.lxj.config.Config;
import io.lxj.config.ExitStatus;
import io.lxj.config.IdMap;
import io.lxj.config.Stats;
import io.lxj.error.UnsupportedHostException;
import io.lxj.linux.Cgroup;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Pidfd;
import io.lxj.linux.ProcFs;
import io.lxj.linux.Signal;
import io.lxj.storage.RunRecord;
import io.lxj.supervise.ConsoleSource;
import io.lxj.supervise.Registration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One life of a container, from its start to its exit, as this JVM takes part in it. Thread-safe. */
final class Run {
    private static final Logger LOG = LoggerFactory.getLogger(Run.class);

    /** What this JVM is to the container. */
    enum Part {
        /** It started the container, whose init is its child. */
        PARENT,
        /** It started or took over a container that has a keeper. */
        HEIR,
        /** Another JVM started the container and looks after it. */
        OBSERVER
    }

    private final RunRecord record;
    private final Config config;
    private final Optional<IdMap> ids;
    private final Part part;
    private final Reach reach;
    private final Pidfd init;
    private final Optional<Pidfd> keeper;
    private final Optional<RunFds> fds;
    private final Optional<Cgroup> cgroup;
    private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final List<Registration> watches = new ArrayList<>();
    private final List<ConsoleSource> sources = new ArrayList<>();
    private final List<Fd> held = new ArrayList<>();
    /** Who works on the container's files. */
    private final List<Thread> working = new ArrayList<>();

    private volatile String killReason;
    private volatile boolean sentKill;
    // Guarded by this.
    private boolean terminalsHeld;
    private final Object metering = new Object();
    private Meter meter;

    Run(
            RunRecord record,
            Config config,
            Optional<IdMap> ids,
            Part part,
            Reach reach,
            Pidfd init,
            Optional<Pidfd> keeper,
            Optional<RunFds> fds,
            Optional<Cgroup> cgroup) {
        this.record = record;
        this.config = config;
        this.ids = ids;
        this.part = part;
        this.reach = reach;
        this.init = init;
        this.keeper = keeper;
        this.fds = fds;
        this.cgroup = cgroup;
    }

    RunRecord record() {
        return record;
    }

    /** The configuration that the container was started with. */
    Config config() {
        return config;
    }

    /** The ids of the container's user namespace, if it has one of its own. */
    Optional<IdMap> ids() {
        return ids;
    }

    Part part() {
        return part;
    }

    /** How this JVM gets into it. */
    Reach reach() {
        return reach;
    }

    Pidfd init() {
        return init;
    }

    Optional<Pidfd> keeper() {
        return keeper;
    }

    /** What this JVM has of the container's; nothing of one that another JVM started and looks after. */
    Optional<RunFds> fds() {
        return fds;
    }

    /** Completed when the init has said that it has booted. */
    CompletableFuture<Void> ready() {
        return ready;
    }

    /** The container's own cgroup, if it has one; that of the payload is below it. */
    Optional<Cgroup> cgroup() {
        return cgroup;
    }

    /** The same for something that can't be done without. */
    Cgroup cgroup(String action) {
        return cgroup.orElseThrow(() ->
                new UnsupportedHostException(action, "cgroup of this user's for the container", CgroupTree.ADVICE));
    }

    /** Kills all processes; without a cgroup, or somebody who reaches it, the init's end is that of its PID namespace. */
    void sendKill() throws LinuxException {
        if (cgroup.isPresent()) {
            try {
                cgroup.get().sendKill();
                return;
            } catch (LinuxException e) {
                if (Stopping.isGone(e)) {
                    throw e;
                }
                LOG.debug("A container's cgroup can't be killed, so its init is", e);
            }
        }
        init.send(Signal.SIGKILL);
    }

    /** Lets processes go on that may be frozen. */
    void unfreeze() throws LinuxException {
        if (cgroup.isPresent()) {
            cgroup.get().unfreeze();
        }
    }

    /** What the container has used so far. */
    Stats stats(String action, ProcFs proc) throws LinuxException {
        synchronized (metering) {
            if (meter == null) {
                meter = Meter.open(proc, cgroup(action), record.init().pid());
            }
            return meter.read();
        }
    }

    /** Looks for the files again: there may be others. */
    void remeasure() {
        synchronized (metering) {
            if (meter != null) {
                meter.close();
                meter = null;
            }
        }
    }

    CompletableFuture<ExitStatus> exit() {
        return exit;
    }

    /** Says why lxj is about to kill the container, so that its exit can be told from others. */
    void killing(String reason) {
        killReason = reason;
    }

    /** A caller of lxj sends the init a signal. */
    void signaling(io.lxj.config.Signal signal) {
        sentKill |= signal.equals(io.lxj.config.Signal.SIGKILL);
    }

    /** Whether a caller of lxj has sent the init a SIGKILL. */
    boolean sentKill() {
        return sentKill;
    }

    Optional<String> killReason() {
        return Optional.ofNullable(killReason);
    }

    synchronized void watch(Registration registration) {
        watches.add(registration);
    }

    synchronized void source(ConsoleSource source) {
        sources.add(source);
    }

    /** Brings what the container wrote last to its console and other terminals. */
    synchronized void finishOutput() {
        sources.forEach(ConsoleSource::finish);
        sources.clear();
    }

    /**
     * Holds what takes its time to close until {@link #release}. Mounts of the container, the root's or all of them: the end of an overlay's last mount
     * syncs the file system below it, which may take as long as the disk needs; the container's end must not wait for that.
     */
    void hold(Fd slow) {
        synchronized (held) {
            held.add(slow);
        }
    }

    /** Leaves the terminals to {@link #release}: to close one takes as long as to close ten other files. */
    synchronized void holdTerminals() {
        fds.ifPresent(own -> {
            own.all().forEach(this::hold);
            terminalsHeld = true;
        });
    }

    /** Gives up what is held: nobody else has it, if the container has ended. This may take its time, for any caller. */
    void release() {
        synchronized (held) {
            held.forEach(Fd::close);
            held.clear();
        }
    }

    /**
     * This thread begins to work on the container's files.
     *
     * @return says when that is over
     */
    Registration work() {
        Thread thread = Thread.currentThread();
        synchronized (working) {
            working.add(thread);
        }
        return () -> {
            synchronized (working) {
                working.remove(thread);
                working.notifyAll();
            }
        };
    }

    /** Whether nobody works on the files of this run. */
    boolean isIdle() {
        synchronized (working) {
            return working.isEmpty();
        }
    }

    /**
     * Waits until nobody else works on the files of this run any more: who does sees soon that it has ended. Who doesn't, as
     * its own streams hold it up, isn't waited for again.
     *
     * @return false if the time is over
     */
    boolean awaitWork(Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        boolean interrupted = false;
        synchronized (working) {
            long left = timeout.toNanos();
            while (left > 0 && isHeldUp()) {
                try {
                    TimeUnit.NANOSECONDS.timedWait(working, left);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
                left = end - System.nanoTime();
            }
            boolean done = !isHeldUp();
            working.clear();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return done;
        }
    }

    private boolean isHeldUp() {
        return working.stream().anyMatch(thread -> thread != Thread.currentThread());
    }

    /** Lets go of the container; if it runs, it goes on running. */
    synchronized void close() {
        watches.forEach(Registration::close);
        watches.clear();
        sources.forEach(ConsoleSource::close);
        sources.clear();
        remeasure();
        reach.close();
        init.close();
        keeper.ifPresent(Pidfd::close);
        if (!terminalsHeld) {
            fds.ifPresent(RunFds::close);
        }
        cgroup.ifPresent(Cgroup::close);
    }
}
