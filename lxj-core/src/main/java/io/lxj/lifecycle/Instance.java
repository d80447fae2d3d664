package io.lxj.lifecycle;

import io.lxj.config.Command;
import io.lxj.config.Config;
import io.lxj.config.ExecResult;
import io.lxj.config.ExitStatus;
import io.lxj.config.InitSystem;
import io.lxj.config.Names;
import io.lxj.config.Signal;
import io.lxj.config.State;
import io.lxj.error.CanceledException;
import io.lxj.error.IllegalTransitionException;
import io.lxj.error.InvalidConfigException;
import io.lxj.error.LxjException;
import io.lxj.error.NotFoundException;
import io.lxj.error.WrongStateException;
import io.lxj.failure.Failures;
import io.lxj.linux.LinuxException;
import io.lxj.linux.WaitStatus;
import io.lxj.storage.ContainerFolder;
import io.lxj.storage.ContainerRecord;
import io.lxj.storage.ExitRecord;
import io.lxj.storage.Lock;
import io.lxj.storage.LockName;
import io.lxj.storage.LockSet;
import io.lxj.supervise.ConsoleOutput;
import io.lxj.supervise.ConsoleSink;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A container as this JVM knows it. Its state is derived: from what is on record in its folder, from whether its init
 * is alive, and from its cgroup. Only what this JVM is doing to it right now is kept here. Thread-safe; transitions
 * hold the container's lock, which other JVMs respect too.
 */
// A lock is held for its effect alone.
@SuppressWarnings("try")
public final class Instance {
    private static final Logger LOG = LoggerFactory.getLogger(Instance.class);

    private final Engine engine;
    private final String name;
    private final Executor lane;
    private final StateListeners listeners;
    private final Background background;
    private final Object monitor = new Object();
    private final ConsoleOutput output;
    private volatile Optional<ConsoleSink> input = Optional.empty();
    // What this JVM is doing to it; null when it does nothing.
    private volatile State doing;
    private volatile Run run;
    private volatile boolean gone;

    Instance(Engine engine, String name) {
        this.engine = engine;
        this.name = name;
        this.lane = engine.supervisor().lane();
        this.listeners = new StateListeners(lane);
        this.background = new Background(engine, name);
        this.output =
                new ConsoleOutput((int) record().config().console().bufferSize().bytes());
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

    private void check() {
        engine.check();
        if (gone) {
            throw new NotFoundException("container", name);
        }
    }

    /** Takes part in a run that this JVM didn't know of, if there is one. */
    public void join() {
        if (!gone) {
            alive();
        }
    }

    /** {@return what the container's console shows} */
    public ConsoleOutput output() {
        return output;
    }

    /** {@return where to type on the container's console; it fails while nobody could read it} */
    public ConsoleSink input() {
        return new ConsoleInput(this);
    }

    /** Where to type now, if the container runs and this JVM has its terminal. */
    Optional<ConsoleSink> currentInput() {
        return run == null ? Optional.empty() : input;
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

    void input(ConsoleSink sink) {
        input = Optional.of(sink);
    }

    /** {@return what the container is doing now} */
    public State state() {
        check();
        State current = doing;
        if (current != null) {
            return current;
        }
        Optional<Run> alive = alive();
        if (alive.isEmpty()) {
            return State.STOPPED;
        }
        try {
            if (!alive.get().cgroup().isFreezing()) {
                return State.RUNNING;
            }
            return alive.get().cgroup().isFrozen() ? State.FROZEN : State.FREEZING;
        } catch (LinuxException | IllegalStateException e) {
            // The cgroup went away between the two looks.
            return State.STOPPING;
        }
    }

    /** The run that this JVM takes part in, joining one that it didn't know of. */
    private Optional<Run> alive() {
        Run current = run;
        if (current != null) {
            return current.exit().isDone() ? Optional.empty() : Optional.of(current);
        }
        synchronized (monitor) {
            if (run == null && doing == null) {
                engine.joining().join(this).ifPresent(this::begin);
            }
            return Optional.ofNullable(run);
        }
    }

    /** Takes part in a run from now on. Nobody may find the container without the run and take part once more. */
    private void begin(Run begun) {
        synchronized (monitor) {
            engine.joining().watch(this, begun, lane);
            run = begun;
            doing = null;
        }
    }

    /**
     * Starts the container.
     *
     * @throws LxjException if it can't be started; nothing is left of the attempt then
     */
    public void start() {
        engine.check();
        try (Lock lock = engine.lock(name)) {
            check();
            State current = state();
            current.become(State.STARTING, name);
            if (current != State.STOPPED) {
                // Its end needs the lock that is held here: a new run would take this one's place and cgroup before.
                throw new IllegalTransitionException(
                        name,
                        current.name(),
                        State.STARTING.name(),
                        "it is being stopped, and has to be STOPPED first");
            }
            // It may have run, and ended when nobody was watching.
            engine.repair(name);
            startLocked();
        }
    }

    /** {@return what a start would do, as a list of system calls} */
    public String plan() {
        check();
        return engine.starter().plan(this);
    }

    private void startLocked() {
        doing(State.STARTING);
        try {
            background.awaitReleased();
            Run started = engine.starter().start(this);
            try {
                begin(started);
            } catch (RuntimeException e) {
                engine.ending().abandon(this, started, e);
                throw e;
            }
            listeners.tell(State.RUNNING, Optional.empty());
        } catch (RuntimeException e) {
            doing(null);
            listeners.tell(State.STOPPED, Optional.empty());
            throw e;
        }
    }

    /** Whether a run still goes on, as far as this JVM knows. */
    boolean isCurrent(Run current) {
        return run == current && doing == null;
    }

    /**
     * Notes that this JVM is ending a run.
     *
     * @param current the run; nothing is noted if it has ended meanwhile
     * @param again whether it is allowed if somebody is ending it already
     */
    void stopping(Run current, boolean again) {
        synchronized (monitor) {
            if (run != current || (again && doing == State.STOPPING)) {
                return;
            }
            doing(state().become(State.STOPPING, name));
        }
    }

    void doing(State state) {
        State before = doing;
        doing = state;
        if (state != null && state != before) {
            listeners.tell(state, Optional.empty());
        }
    }

    /** The init has ended: called on this container's lane. */
    void ended(Run ended, Optional<WaitStatus> status) {
        try {
            end(ended, status).ifPresent(ended.exit()::complete);
        } catch (RuntimeException e) {
            LOG.error("After the end of container {}", name, e);
            ended.exit().completeExceptionally(e);
        }
    }

    private Optional<ExitStatus> end(Run ended, Optional<WaitStatus> status) {
        try (Lock lock = engine.lock(name)) {
            synchronized (monitor) {
                // Whoever begins a run notes it only when it is watched already.
                if (run != ended) {
                    return Optional.empty();
                }
            }
            doing(State.STOPPING);
            ExitStatus exit;
            try {
                exit = engine.ending().end(this, ended, status);
            } finally {
                background.release(ended);
                synchronized (monitor) {
                    run = null;
                    doing = null;
                }
            }
            boolean again = exit.cause() == ExitStatus.Cause.REBOOTED
                    && ended.part() != Run.Part.OBSERVER
                    && !engine.isClosed();
            if (again) {
                restart(exit);
            } else {
                output.end();
                listeners.tell(State.STOPPED, Optional.of(exit));
            }
            return Optional.of(exit);
        }
    }

    private void restart(ExitStatus exit) {
        try {
            startLocked();
        } catch (LxjException e) {
            LOG.error("Container {} asked for a reboot and could not be started again", name, e);
            output.end();
            listeners.tell(State.STOPPED, Optional.of(exit));
        }
    }

    /** {@return who hears of its changes} */
    public StateListeners listeners() {
        return listeners;
    }

    /**
     * How the current run ends.
     *
     * @return completed when the container has ended and nothing is left of the run
     */
    public CompletableFuture<ExitStatus> exit() {
        // What a caller hangs on here may take its time, or use the container: it gets a thread of its own.
        return running("wait for the exit of " + name)
                .exit()
                .thenApplyAsync(exit -> exit, engine.supervisor().lane());
    }

    /** {@return how the last run ended, if there was one and none goes on} */
    public Optional<ExitStatus> lastExit() {
        if (state() == State.STOPPED) {
            repairIfLeft();
        }
        try (ContainerFolder folder = engine.store().open(name)) {
            return folder.exit().map(ExitRecord::status);
        }
    }

    /** It may have ended when nobody was watching; its keeper's word is still to be taken down then. */
    private void repairIfLeft() {
        try (ContainerFolder folder = engine.store().open(name)) {
            if (folder.run().isEmpty()) {
                return;
            }
        }
        try (Lock lock = engine.lock(name)) {
            if (state() == State.STOPPED) {
                engine.repair(name);
            }
        }
    }

    Run running(String action) {
        check();
        return alive().orElseThrow(() -> new WrongStateException(action, state().name(), List.of("RUNNING")));
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

    /** Nobody is stopping it any more: it has ended, or whoever did has given up. */
    void stopped() {
        synchronized (monitor) {
            if (doing == State.STOPPING) {
                doing = null;
            }
        }
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
     * Waits until the container has booted: until systemd says so. An init of another kind doesn't say anything; it
     * counts as booted when it runs.
     *
     * @param timeout how long to wait
     */
    public void awaitReady(Duration timeout) {
        String action = "wait for " + name + " to boot";
        Run current = running(action);
        if (engine.imageOf(this).initSystem() == InitSystem.SYSTEMD) {
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
            send(running("send " + signal + " to " + name), signal);
        } catch (LinuxException e) {
            throw Failures.exception("send " + signal + " to " + name, e);
        }
    }

    static void send(Run run, Signal signal) throws LinuxException {
        run.init().send(new io.lxj.linux.Signal(signal.number()));
    }

    /**
     * Suspends all processes.
     *
     * @param timeout how long that may take
     */
    public void freeze(Duration timeout) {
        new Freezing(this).freeze(timeout);
    }

    /** Resumes all processes. */
    public void unfreeze() {
        new Freezing(this).unfreeze();
    }

    /**
     * Starts a command.
     *
     * @param command the command
     * @return the running command
     */
    public Executed execute(Command command) {
        String action = "exec in " + name;
        Run current = running(action);
        State state = state();
        if (state != State.RUNNING) {
            throw new WrongStateException(action, state.name(), List.of("RUNNING"));
        }
        return engine.executing().execute(name, current, command);
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
        return alive();
    }

    /**
     * Stores another configuration.
     *
     * @param config the configuration
     */
    public void configure(Config config) {
        engine.check();
        try (Lock lock = engine.lock(name);
                ContainerFolder folder = engine.store().open(name)) {
            Config old = folder.record().config();
            if (!old.image().equals(config.image())) {
                throw new InvalidConfigException(
                        "image", config.image(), old.image() + ", which the container was made of");
            }
            if (old.storage() != config.storage()) {
                throw new InvalidConfigException(
                        "storage", config.storage(), old.storage() + ", which the container was made with");
            }
            folder.configure(config);
        }
    }

    /** {@return the init's process id, if the container runs} */
    public Optional<Long> pid() {
        check();
        return alive().map(current -> (long) current.record().init().pid());
    }

    /** Removes the container with all its files. */
    public void destroy() {
        engine.check();
        Lock lock = engine.lock(name);
        try {
            mustBeStopped("destroy " + name);
            background.awaitReleased();
            engine.cgroups().remove(name);
            engine.store().delete(lock);
            gone = true;
            engine.forget(name);
        } catch (LinuxException e) {
            throw Failures.exception("destroy " + name, e);
        } finally {
            lock.close();
        }
    }

    private void mustBeStopped(String action) {
        State state = state();
        if (state != State.STOPPED) {
            throw new WrongStateException(action, state.name(), List.of("STOPPED"));
        }
    }

    /**
     * Gives the container another name.
     *
     * @param newName the name
     * @return the container under its new name
     */
    public Instance rename(String newName) {
        engine.check();
        Names.container(newName);
        try (LockSet locks =
                engine.folder().locks().exclusive(List.of(LockName.container(name), LockName.container(newName)))) {
            mustBeStopped("rename " + name);
            engine.store().rename(locks, name, newName);
            gone = true;
            engine.forget(name);
        }
        return engine.instance(newName);
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
        return new Collector(name, command, execute(command)).run();
    }

    /** Lets go of the container as this JVM ends: kills it, or leaves it to its keeper. */
    void leave() {
        Run current = run;
        if (current == null) {
            return;
        }
        boolean kill = current.part() == Run.Part.PARENT;
        if (kill && !current.exit().isDone()) {
            try {
                new Stopping(engine, this).kill(current, "lxj was closed");
            } catch (RuntimeException e) {
                LOG.warn("Container {} could not be killed", name, e);
            }
            return;
        }
        run = null;
        current.close();
        current.exit().completeExceptionally(new CanceledException("wait for the exit of " + name));
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
