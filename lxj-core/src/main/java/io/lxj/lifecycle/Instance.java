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
import io.lxj.error.Failure;
import io.lxj.error.InvalidConfigException;
import io.lxj.error.LxjException;
import io.lxj.error.NotFoundException;
import io.lxj.error.WrongStateException;
import io.lxj.failure.Failures;
import io.lxj.linux.Errno;
import io.lxj.linux.LinuxException;
import io.lxj.linux.RootDir;
import io.lxj.linux.WaitStatus;
import io.lxj.storage.ContainerFolder;
import io.lxj.storage.ContainerRecord;
import io.lxj.storage.ExitRecord;
import io.lxj.storage.Lock;
import io.lxj.storage.LockName;
import io.lxj.storage.LockSet;
import io.lxj.storage.RootStorage;
import io.lxj.supervise.ConsoleOutput;
import io.lxj.supervise.ConsoleSink;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
    private final List<StateListener> listeners = new CopyOnWriteArrayList<>();
    private final Object monitor = new Object();
    private final ConsoleOutput output;
    private volatile Optional<ConsoleSink> input = Optional.empty();
    // What this JVM is doing to it; null when it does nothing.
    private volatile State doing;
    private volatile Run run;
    private volatile boolean gone;
    // Done when the root of the last run is unmounted.
    private volatile CompletableFuture<Void> released = CompletableFuture.completedFuture(null);

    Instance(Engine engine, String name) {
        this.engine = engine;
        this.name = name;
        this.lane = engine.supervisor().lane();
        this.output =
                new ConsoleOutput((int) record().config().console().bufferSize().bytes());
    }

    /** Hears of a container's changes. */
    @FunctionalInterface
    public interface StateListener {
        /**
         * The container has changed its state.
         *
         * @param state the new state
         * @param exit how it ended, if it has
         */
        void changed(State state, Optional<ExitStatus> exit);
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
        if (gone) {
            throw new NotFoundException("container", name);
        }
    }

    /** {@return what the container's console shows} */
    public ConsoleOutput output() {
        return output;
    }

    /** {@return where to type on the container's console, if it runs} */
    public Optional<ConsoleSink> input() {
        return run == null ? Optional.empty() : input;
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
            return alive.get().cgroup().events().getOrDefault("frozen", false) ? State.FROZEN : State.FREEZING;
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

    /** Takes part in a run from now on. */
    void begin(Run begun) {
        run = begun;
        engine.joining().watch(this, begun, lane);
    }

    /**
     * Starts the container.
     *
     * @throws LxjException if it can't be started; nothing is left of the attempt then
     */
    public void start() {
        try (Lock lock = engine.lock(name)) {
            check();
            state().become(State.STARTING, name);
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
            released.join();
            Run started = engine.starter().start(this);
            begin(started);
            doing(null);
            tell(State.RUNNING, Optional.empty());
        } catch (RuntimeException e) {
            doing(null);
            tell(State.STOPPED, Optional.empty());
            throw e;
        }
    }

    void doing(State state) {
        doing = state;
        if (state != null) {
            tell(state, Optional.empty());
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
            if (run != ended) {
                return Optional.empty();
            }
            doing(State.STOPPING);
            ExitStatus exit = engine.ending().end(this, ended, status);
            released = CompletableFuture.runAsync(
                    ended::release, engine.supervisor().lane());
            synchronized (monitor) {
                run = null;
                doing = null;
            }
            boolean again = exit.cause() == ExitStatus.Cause.REBOOTED && ended.part() != Run.Part.OBSERVER;
            if (again) {
                restart(exit);
            } else {
                tell(State.STOPPED, Optional.of(exit));
            }
            return Optional.of(exit);
        }
    }

    private void restart(ExitStatus exit) {
        try {
            startLocked();
        } catch (LxjException e) {
            LOG.error("Container {} asked for a reboot and could not be started again", name, e);
            tell(State.STOPPED, Optional.of(exit));
        }
    }

    private void tell(State state, Optional<ExitStatus> exit) {
        for (StateListener listener : listeners) {
            lane.execute(() -> listener.changed(state, exit));
        }
    }

    /**
     * Adds a listener; it is called on another thread, one change after the other.
     *
     * @param listener the listener
     * @return removes it when it is closed
     */
    public AutoCloseable listen(StateListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
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
        check();
        try (ContainerFolder folder = engine.store().open(name)) {
            return folder.exit().map(ExitRecord::status);
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
        Run current = running("shut down " + name);
        doing(state().become(State.STOPPING, name));
        try {
            current.cgroup().unfreeze();
            send(current, engine.signals(this, current.config()).halt());
        } catch (LinuxException e) {
            doing(null);
            throw Failures.exception("shut down " + name, e);
        }
        try {
            Optional<ExitStatus> ended = await(current, timeout);
            return ended.orElseGet(() -> kill(current, "it did not shut down within " + timeout.toMillis() + " ms"));
        } finally {
            stopped();
        }
    }

    /** Nobody is stopping it any more: it has ended, or whoever did has given up. */
    private void stopped() {
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
        Run current = running("stop " + name);
        if (doing == null) {
            doing(state().become(State.STOPPING, name));
        }
        try {
            return kill(current, "stop");
        } finally {
            stopped();
        }
    }

    private ExitStatus kill(Run current, String reason) {
        current.killing(reason);
        try {
            current.cgroup().kill();
        } catch (LinuxException e) {
            if (!e.is(Errno.ENOENT) && !e.is(Errno.ENODEV)) {
                throw Failures.exception("kill " + name, e);
            }
            LOG.debug("The cgroup of container {} has gone meanwhile", name, e);
        } catch (IllegalStateException e) {
            LOG.debug("Container {} has ended meanwhile", name, e);
        }
        return await(current, Duration.ofDays(1)).orElseThrow();
    }

    /**
     * Asks the init to restart the container, and waits until it has.
     *
     * @param timeout how long the init may take to end; after that it is killed and the container started again
     */
    public void reboot(Duration timeout) {
        Run current = running("reboot " + name);
        state().become(State.STOPPING, name);
        try {
            send(current, engine.signals(this, current.config()).reboot());
        } catch (LinuxException e) {
            throw Failures.exception("reboot " + name, e);
        }
        if (await(current, timeout).isEmpty()) {
            kill(current, "it did not reboot within " + timeout.toMillis() + " ms");
        }
        if (state() == State.STOPPED) {
            start();
        }
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
        if (engine.imageOf(this).initSystem() != InitSystem.SYSTEMD
                || current.notifySocket().isEmpty()) {
            return;
        }
        try {
            CompletableFuture.anyOf(current.ready(), current.exit()).get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new LxjException(Failure.of(action, "it has not booted within " + timeout.toMillis() + " ms")
                    .hint("its console shows how far it came"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CanceledException(action, e);
        } catch (ExecutionException e) {
            throw new LxjException(Failure.of(action, String.valueOf(e.getCause())), e);
        }
        if (!current.ready().isDone()) {
            throw new LxjException(
                    Failure.of(action, "it has ended: " + current.exit().join()));
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

    private static void send(Run run, Signal signal) throws LinuxException {
        run.init().send(new io.lxj.linux.Signal(signal.number()));
    }

    private static Optional<ExitStatus> await(Run current, Duration timeout) {
        try {
            return Optional.of(current.exit().get(timeout.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CanceledException("wait for the end of the container");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        }
    }

    /**
     * Suspends all processes.
     *
     * @param timeout how long that may take
     */
    public void freeze(Duration timeout) {
        Run current = running("freeze " + name);
        state().become(State.FREEZING, name);
        try {
            tell(State.FREEZING, Optional.empty());
            if (!current.cgroup().freeze(timeout)) {
                current.cgroup().unfreeze();
                throw new LxjException(
                        Failure.of("freeze " + name, "not all processes stopped within " + timeout.toMillis() + " ms")
                                .hint("one of them is in the kernel; it was unfrozen again"));
            }
            tell(State.FROZEN, Optional.empty());
        } catch (LinuxException e) {
            throw Failures.exception("freeze " + name, e);
        }
    }

    /** Resumes all processes. */
    public void unfreeze() {
        Run current = running("unfreeze " + name);
        if (state() == State.RUNNING) {
            throw new WrongStateException("unfreeze " + name, "RUNNING", List.of("FROZEN", "FREEZING"));
        }
        try {
            current.cgroup().unfreeze();
            tell(State.RUNNING, Optional.empty());
        } catch (LinuxException e) {
            throw Failures.exception("unfreeze " + name, e);
        }
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
        return engine.executing().execute(this, current, command);
    }

    /**
     * Opens the container's root: as its processes see it, or as it is stored if it doesn't run.
     *
     * @param change whether files are to be changed
     * @return the root
     */
    public OpenRoot openRoot(boolean change) {
        try {
            Optional<OpenRoot> live = liveRoot();
            if (live.isPresent()) {
                return live.get();
            }
            Lock lock = engine.lock(name);
            try {
                // It may have been started before the lock was ours.
                live = liveRoot();
                if (live.isPresent()) {
                    lock.close();
                    return live.get();
                }
                released.join();
                RootStorage.Use use = change ? RootStorage.Use.CHANGE : RootStorage.Use.LOOK;
                return new OpenRoot(new RootDir(engine.mountRoot(name, use)), lock);
            } catch (LinuxException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (LinuxException e) {
            throw Failures.exception("open the files of " + name, e);
        }
    }

    private Optional<OpenRoot> liveRoot() throws LinuxException {
        check();
        Optional<Run> current = alive();
        return current.isPresent()
                ? Optional.of(new OpenRoot(engine.executing().root(current.get()), null))
                : Optional.empty();
    }

    /**
     * Stores another configuration.
     *
     * @param config the configuration
     */
    public void configure(Config config) {
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
        Lock lock = engine.lock(name);
        try {
            mustBeStopped("destroy " + name);
            released.join();
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
        CountDownLatch reached = new CountDownLatch(1);
        StateListener listener = (now, exit) -> {
            if (now == state) {
                reached.countDown();
            }
        };
        listeners.add(listener);
        try {
            return state() == state || reached.await(timeout.toNanos(), TimeUnit.NANOSECONDS) || state() == state;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CanceledException("wait for " + name + " to be " + state);
        } finally {
            listeners.remove(listener);
        }
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
                kill(current, "lxj was closed");
            } catch (RuntimeException e) {
                LOG.warn("Container {} could not be killed", name, e);
            }
            return;
        }
        run = null;
        current.close();
        current.exit().completeExceptionally(new CanceledException("wait for the exit of " + name));
    }

    /** Waits until nothing of the last run is mounted. */
    void awaitReleased() {
        released.join();
    }

    @Override
    public String toString() {
        return "container " + name;
    }
}
