package io.lxj.lifecycle;

import io.lxj.config.Command;
import io.lxj.config.Config;
import io.lxj.config.ExecResult;
import io.lxj.config.ExitStatus;
import io.lxj.config.Limits;
import io.lxj.config.Signal;
import io.lxj.config.State;
import io.lxj.config.Stats;
import io.lxj.error.NotFoundException;
import io.lxj.error.WrongStateException;
import io.lxj.failure.Failures;
import io.lxj.linux.LinuxException;
import io.lxj.linux.SeccompFilter;
import io.lxj.linux.WaitStatus;
import io.lxj.storage.ContainerFolder;
import io.lxj.storage.ContainerRecord;
import io.lxj.supervise.Registration;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A container as this JVM knows it. Its state is derived: from what is on record in its folder, from whether its init
 * is alive, and from its cgroup. Only what this JVM is doing to it right now is kept, in its {@link Life}. Thread-safe;
 * transitions hold the container's lock, which other JVMs respect too.
 */
public final class Instance {
    private final Engine engine;
    private final String name;
    private final Executor lane;
    private final StateListeners listeners;
    private final ContainerEvents events;
    private final Background background;
    private final Terminals terminals;
    private final Life life;
    private final LastRun lastRun;
    private volatile boolean gone;

    /** What the container is made of that doesn't change is taken from its record. */
    Instance(Engine engine, String name, ContainerRecord record) {
        this.engine = engine;
        this.name = name;
        this.lane = engine.supervisor().lane();
        this.listeners =
                new StateListeners(lane, (state, exit) -> engine.listeners().tell(this, state, exit));
        this.events = new ContainerEvents(engine, this);
        this.background = new Background(engine, name);
        this.life = new Life(engine, this);
        this.lastRun = new LastRun(engine, this);
        this.terminals = new Terminals(this, record.config().console().bufferSize());
    }

    /** {@return the name} */
    public String name() {
        return name;
    }

    /** {@return what the container is, from its folder} */
    public ContainerRecord record() {
        check();
        try (ContainerFolder folder = engine.store().open(name)) {
            return folder.record();
        }
    }

    /** Refuses whatever comes after the end: of lxj, or of this container. */
    void check() {
        engine.check();
        if (gone) {
            throw new NotFoundException("container", name);
        }
    }

    /** Takes part in a run that this JVM didn't know of, if there is one. */
    public void join() {
        if (!gone) {
            life.alive();
        }
    }

    /** {@return the container's console and its other terminals} */
    public Terminals terminals() {
        return terminals;
    }

    /**
     * Opens the console's log.
     *
     * @return all that is logged, oldest first, to be closed by the caller
     * @throws IOException if it can't be opened
     */
    public InputStream openLog() throws IOException {
        return engine.consoles().openLog(this);
    }

    /** {@return runs what is to be told of this container, one after the other} */
    public Executor lane() {
        return lane;
    }

    /** {@return what the container is doing now} */
    public State state() {
        return life.state();
    }

    /** The run that this JVM takes part in, and what it does to it. */
    Life life() {
        return life;
    }

    /** Starts the container; nothing is left of the attempt if that fails. */
    public void start() {
        life.start();
    }

    /** {@return what a start would do, as a list of system calls} */
    public String plan() {
        check();
        return engine.starter().plan(this);
    }

    /** {@return the filter of system calls that a start would install, as text} */
    public String seccompFilter() {
        check();
        ContainerRecord record = record();
        return engine.confinement(record.config(), engine.ids().of(record).isPresent())
                .filter()
                .map(SeccompFilter::disassembly)
                .orElse("");
    }

    /** {@return who hears of its changes} */
    public StateListeners listeners() {
        return listeners;
    }

    /** {@return who hears of what the kernel tells of it} */
    public ContainerEvents events() {
        return events;
    }

    /**
     * How the current run ends, or the last one has ended.
     *
     * @return completed when the container has ended and nothing is left of the run
     */
    public CompletableFuture<ExitStatus> exit() {
        Optional<Run> current = current();
        if (current.isPresent()) {
            // What a caller hangs on here may take its time, or use the container: it gets a thread of its own.
            return current.get().exit().thenApplyAsync(exit -> exit, engine.supervisor()::outsideLanes);
        }
        // Whoever has just started it may come too late.
        return lastExit()
                .map(CompletableFuture::completedFuture)
                .orElseGet(() -> life.running("wait for the exit of " + name).exit());
    }

    /** {@return how the last run ended, if there was one} */
    public Optional<ExitStatus> lastExit() {
        return lastRun.exit();
    }

    /** What is left of a run that has ended. */
    LastRun lastRun() {
        return lastRun;
    }

    /**
     * Asks the init to end the container, and kills what is left when the time is over.
     *
     * @param timeout how long to wait
     * @return how it ended
     */
    public ExitStatus shutdown(Duration timeout) {
        return new Stopping(engine, this).shutdown(timeout);
    }

    /**
     * Kills the container with all its processes.
     *
     * @return how it ended
     */
    public ExitStatus stop() {
        return new Stopping(engine, this).stop();
    }

    /**
     * Asks the init to restart the container, and waits until it has.
     *
     * @param timeout how long the init may take to end; after that it is killed and the container started again
     */
    public void reboot(Duration timeout) {
        new Stopping(engine, this).reboot(timeout);
    }

    /**
     * Waits until the container has booted: until its init says so. One that doesn't counts as booted when it runs.
     *
     * @param timeout how long to wait
     */
    public void awaitReady(Duration timeout) {
        String action = "wait for " + name + " to boot";
        Run current = life.running(action);
        if (Readiness.isTold(current.config(), engine.imageOf(this))) {
            Readiness.await(action, current, timeout);
        }
    }

    /**
     * Sends a signal to the init.
     *
     * @param signal which one
     */
    public void kill(Signal signal) {
        try {
            send(life.running("send " + signal + " to " + name), signal);
        } catch (LinuxException e) {
            throw Failures.exception("send " + signal + " to " + name, e);
        }
    }

    static void send(Run run, Signal signal) throws LinuxException {
        run.signaling(signal);
        run.init().send(new io.lxj.linux.Signal(signal.number()));
    }

    /**
     * Suspends all processes.
     *
     * @param timeout how long that may take
     */
    public void freeze(Duration timeout) {
        new Freezing(engine, this).freeze(timeout);
    }

    /**
     * Resumes all processes.
     *
     * @param timeout how long that may take
     */
    public void unfreeze(Duration timeout) {
        new Freezing(engine, this).unfreeze(timeout);
    }

    /**
     * Starts a command.
     *
     * @param command the command
     * @return the running command
     */
    public Executed execute(Command command) {
        return engine.executing().execute(name, running("exec in " + name), command);
    }

    private Run running(String action) {
        Run current = life.running(action);
        State state = state();
        if (state != State.RUNNING) {
            throw new WrongStateException(action, state.name(), List.of("RUNNING"));
        }
        return current;
    }

    /**
     * Connects to a socket that the container has bound in /run/host/unix-export.
     *
     * @param socket its name there
     * @return the connection, owned by the caller
     */
    public SocketChannel connect(String socket) {
        String action = "connect to " + socket + " of " + name;
        return new ExportedSockets(engine, name).connect(action, life.running(action), socket);
    }

    /**
     * Opens the container's root: as its processes see it, or as it is stored if it doesn't run.
     *
     * @param change whether files are to be changed
     * @return the root
     */
    public OpenRoot openRoot(boolean change) {
        return engine.roots().open(this, change);
    }

    /** The run that goes on, if the container runs. */
    Optional<Run> current() {
        check();
        return life.alive();
    }

    /**
     * Stores another configuration.
     *
     * @param config the configuration
     */
    public void configure(Config config) {
        new Reconfiguring(engine, this).configure(config);
    }

    /**
     * Changes what the container may use, at once if it runs.
     *
     * @param limits all of its limits
     */
    public void update(Limits limits) {
        new Reconfiguring(engine, this).update(limits);
    }

    /** {@return what the container has used so far} */
    public Stats stats() {
        String action = "measure " + name;
        return stats(life.running(action))
                .orElseThrow(() -> new WrongStateException(action, state().name(), List.of("RUNNING")));
    }

    /** What the container has used in a run; nothing if that has ended meanwhile. */
    Optional<Stats> stats(Run current) {
        String action = "measure " + name;
        try {
            return Optional.of(current.stats(action, engine.proc()));
        } catch (LinuxException | IllegalStateException e) {
            if (current.exit().isDone() || !life.isCurrent(current)) {
                return Optional.empty();
            }
            throw e instanceof LinuxException failure ? Failures.exception(action, failure) : (RuntimeException) e;
        }
    }

    /**
     * Measures the container again and again, while it runs.
     *
     * @param period how often
     * @param listener is told
     * @return ends that when it is closed
     */
    public Registration sample(Duration period, Sampling.Listener listener) {
        check();
        return engine.sampling().add(this, period, listener);
    }

    /** The run that goes on, if there is one; nothing, too, once this container or lxj is gone. */
    Optional<Run> ifRunning() {
        return isGone() ? Optional.empty() : life.alive();
    }

    /** Whether this stands for nothing any more. */
    boolean isGone() {
        return gone || engine.isClosed();
    }

    /** {@return the init's process id, if the container runs} */
    public Optional<Long> pid() {
        check();
        return life.alive().map(current -> (long) current.record().init().pid());
    }

    /** Removes the container with all its files. */
    public void destroy() {
        new Retiring(engine, this).destroy();
    }

    /**
     * Gives the container another name.
     *
     * @param newName the name
     * @return the container under its new name
     */
    public Instance rename(String newName) {
        return new Retiring(engine, this).rename(newName);
    }

    /** Whether there is no container of this name any more. */
    boolean isRetired() {
        return gone;
    }

    /** Stands for nothing from now on: there is no container of this name any more. */
    void retire() {
        gone = true;
        engine.forget(name);
    }

    /**
     * Waits for a state.
     *
     * @param state the state
     * @param timeout how long
     * @return whether it came
     */
    public boolean awaitState(State state, Duration timeout) {
        return listeners.await("wait for " + name + " to be " + state, state, this::state, timeout);
    }

    /**
     * Takes the status of a command when it has ended.
     *
     * @param executed the command, whose process is closed then
     * @return completed with how it ended; empty if that isn't known
     */
    public CompletableFuture<Optional<WaitStatus>> watch(Executed executed) {
        try {
            return engine.executing().watch(executed);
        } catch (IOException e) {
            throw Failures.exception("watch process " + executed.pid() + " in " + name, e);
        }
    }

    /**
     * Runs a command to its end.
     *
     * @param command the command
     * @return what it wrote and how it ended
     */
    public ExecResult collect(Command command) {
        return engine.executing().collect(name, running("exec in " + name), command);
    }

    /** {@return whether the container's files are a copy with the ids of the host, whatever storage it was made with} */
    public boolean isShiftedCopy() {
        engine.check();
        try {
            return engine.roots().isShifted(this);
        } catch (LinuxException e) {
            throw Failures.exception("look at container " + name, e);
        }
    }

    /** {@return gives devices to the container and takes them away} */
    public DeviceChanges devices() {
        engine.check();
        return new DeviceChanges(engine, this);
    }

    /** What goes on with the container in the background. */
    Background background() {
        return background;
    }

    @Override
    public String toString() {
        return "container " + name;
    }
}
