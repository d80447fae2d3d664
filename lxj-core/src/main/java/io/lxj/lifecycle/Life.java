package io.lxj.lifecycle;

import io.lxj.config.ExitStatus;
import io.lxj.config.State;
import io.lxj.error.CanceledException;
import io.lxj.error.IllegalTransitionException;
import io.lxj.error.LxjException;
import io.lxj.error.WrongStateException;
import io.lxj.linux.Cgroup;
import io.lxj.linux.LinuxException;
import io.lxj.linux.WaitStatus;
import io.lxj.storage.Lock;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The run of a container that this JVM takes part in, and what this JVM is doing to it: from start to end, over reboots.
 * Thread-safe. The lock of the container, which other JVMs respect too, is taken before the monitor of this object.
 */
// A lock is held for its effect alone.
@SuppressWarnings("try")
final class Life {
    private static final Logger LOG = LoggerFactory.getLogger(Life.class);

    private final Engine engine;
    private final Instance instance;
    private final String name;
    private final Object monitor = new Object();
    // What this JVM is doing to it; null when it does nothing.
    private volatile State doing;
    private volatile Run run;

    Life(Engine engine, Instance instance) {
        this.engine = engine;
        this.instance = instance;
        this.name = instance.name();
    }

    /** Whether this JVM takes part in a run now, as far as it knows. */
    boolean hasRun() {
        return run != null;
    }

    /** What the container is doing now. */
    State state() {
        instance.check();
        State current = doing;
        if (current != null) {
            return current;
        }
        Optional<Run> alive = alive();
        if (alive.isEmpty()) {
            return State.STOPPED;
        }
        try {
            Optional<Cgroup> cgroup = alive.get().cgroup();
            if (cgroup.isEmpty() || !cgroup.get().isFreezing()) {
                return State.RUNNING;
            }
            return cgroup.get().isFrozen() ? State.FROZEN : State.FREEZING;
        } catch (IllegalStateException e) {
            // The run was closed between the two looks.
            return State.STOPPING;
        } catch (LinuxException e) {
            if (Stopping.isGone(e)) {
                // Its cgroup went away.
                return State.STOPPING;
            }
            // Whoever does something to it is told what is wrong.
            LOG.debug("Whether container {} is frozen can't be told", name, e);
            return State.RUNNING;
        }
    }

    /** The run that this JVM takes part in, joining one that it didn't know of. */
    Optional<Run> alive() {
        Run current = run;
        if (current != null) {
            return current.exit().isDone() ? Optional.empty() : Optional.of(current);
        }
        synchronized (monitor) {
            if (run == null && doing == null) {
                engine.joining().join(instance).ifPresent(joined -> begin(joined, false));
            }
            return Optional.ofNullable(run);
        }
    }

    /** Takes part in a run from now on. Nobody may find the container without the run and take part once more. */
    private void begin(Run begun, boolean fresh) {
        synchronized (monitor) {
            engine.joining().watch(instance, begun, instance.lane());
            run = begun;
            doing = null;
            instance.events().begin(begun, fresh);
        }
    }

    /** Starts the container; nothing is left of the attempt if that fails. */
    void start() {
        engine.check();
        // It may have run, and ended when nobody was watching.
        try (Lock lock = instance.lastRun().lockEnded()) {
            instance.check();
            State current = state();
            current.become(State.STARTING, "start " + name);
            if (current != State.STOPPED) {
                // Its end needs the lock that is held here: a new run would take this one's place and cgroup before.
                throw new IllegalTransitionException(
                        "start " + name,
                        current.name(),
                        State.STARTING.name(),
                        "it is being stopped, and has to be STOPPED first");
            }
            startLocked(this::startAgain, Optional.empty());
        }
    }

    private Run startAgain(Undo undo) {
        return engine.starter().start(instance, undo);
    }

    /** How a run begins; what is to be taken back if that fails is told on the way. */
    @FunctionalInterface
    interface Start {
        Run run(Undo undo);
    }

    /** Starts the container, which was just created, and whose lock is held; nothing is left of the attempt if that fails. */
    void startNew(Start start) {
        startLocked(start, Optional.empty());
    }

    /** How the run before has ended, if this is a reboot, is told should there be no other. */
    private void startLocked(Start start, Optional<ExitStatus> before) {
        doing(State.STARTING);
        Undo undo = new Undo();
        try {
            instance.background().awaitReleased();
            Run started = start.run(undo);
            undo = engine.ending().abandoning(instance, started);
            begin(started, true);
        } catch (RuntimeException | Error e) {
            doing(State.ABORTING);
            undo.run(e);
            doing(null);
            instance.listeners().tell(State.STOPPED, before);
            throw e;
        }
        instance.listeners().tell(State.RUNNING, Optional.empty());
    }

    /** Whether a run still goes on, as far as this JVM knows. */
    boolean isCurrent(Run current) {
        return run == current && doing == null;
    }

    /**
     * Notes that this JVM is ending a run.
     *
     * @param action what it does
     * @param current the run; nothing is noted if it has ended meanwhile
     * @param again whether it is allowed if somebody is ending it already
     */
    void stopping(String action, Run current, boolean again) {
        synchronized (monitor) {
            if (run != current) {
                return;
            }
            State now = state();
            if (!again || now != State.STOPPING) {
                doing(now.become(State.STOPPING, action));
            }
        }
    }

    void doing(State state) {
        State before = doing;
        doing = state;
        if (state != null && state != before) {
            instance.listeners().tell(state, Optional.empty());
        }
    }

    /** The init has ended: called on this container's lane. */
    void ended(Run ended, Optional<WaitStatus> status) {
        try {
            end(ended, status).ifPresent(ended.exit()::complete);
        } catch (RuntimeException | Error e) {
            LOG.error("After the end of container {}", name, e);
            // Nobody may wait for what will never come.
            instance.terminals().end();
            instance.listeners().tell(State.STOPPED, Optional.empty());
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
                exit = engine.ending().end(instance, ended, status);
            } finally {
                instance.background().ended(ended);
                synchronized (monitor) {
                    run = null;
                    doing = null;
                }
            }
            boolean again = exit.cause() == ExitStatus.Cause.REBOOTED
                    && ended.part() != Run.Part.OBSERVER
                    && !engine.isClosed()
                    && !instance.lastRun().isOnRecord();
            if (again) {
                engine.checkpoints().reached("reboot: ended");
                restart(exit);
            } else {
                instance.terminals().end();
                instance.listeners().tell(State.STOPPED, Optional.of(exit));
                if (exit.cause() == ExitStatus.Cause.REBOOTED) {
                    // Another JVM that looks after it, too, may have been faster: then it goes on.
                    alive();
                }
            }
            return Optional.of(exit);
        }
    }

    private void restart(ExitStatus exit) {
        try {
            startLocked(this::startAgain, Optional.of(exit));
        } catch (LxjException e) {
            LOG.error("Container {} asked for a reboot and could not be started again", name, e);
            instance.terminals().end();
        }
    }

    /** The run that goes on; an exception that names the action if there is none. */
    Run running(String action) {
        instance.check();
        return alive().orElseThrow(() -> new WrongStateException(action, state().name(), List.of("RUNNING")));
    }

    /** The same for something that leads to another state: an exception says why none leads there now. */
    Run running(String action, State next) {
        instance.check();
        while (true) {
            Optional<Run> current = alive();
            if (current.isPresent()) {
                return current.get();
            }
            // What could go there has been started since that look.
            state().become(next, action);
        }
    }

    /** Nobody is stopping it any more: it has ended, or whoever did has given up. */
    void stopped() {
        synchronized (monitor) {
            if (doing == State.STOPPING) {
                doing = null;
            }
        }
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
                new Stopping(engine, instance).kill(current, "lxj was closed");
            } catch (RuntimeException e) {
                LOG.warn("Container {} could not be killed", name, e);
            }
            return;
        }
        run = null;
        instance.events().end(current, false);
        current.close();
        current.exit().completeExceptionally(new CanceledException("wait for the exit of " + name));
    }
}
