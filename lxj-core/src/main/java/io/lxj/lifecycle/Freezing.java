package io.lxj.lifecycle;

import io.lxj.config.State;
import io.lxj.error.Failure;
import io.lxj.error.FreezeException;
import io.lxj.error.IllegalTransitionException;
import io.lxj.error.LxjException;
import io.lxj.failure.Failures;
import io.lxj.linux.Cgroup;
import io.lxj.linux.LinuxException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Suspends and resumes all processes of a container, by the freezer of cgroup v2. */
final class Freezing {
    /** How often a waiting thread looks whether there is something to wait for. */
    private static final Duration SLICE = Duration.ofMillis(100);

    private final Engine engine;
    private final Instance instance;
    private final String name;

    Freezing(Engine engine, Instance instance) {
        this.engine = engine;
        this.instance = instance;
        this.name = instance.name();
    }

    void freeze(Duration timeout) {
        String action = "freeze " + name;
        Run current = instance.life().running(action, State.FREEZING);
        instance.state().become(State.FREEZING, action);
        Cgroup cgroup = current.cgroup(action);
        try {
            cgroup.sendFreeze();
            instance.listeners().tell(State.FREEZING, Optional.empty());
            if (!awaitFrozen(action, cgroup, timeout)) {
                List<FreezeException.Process> left = Unfrozen.of(engine.proc(), cgroup);
                if (!cgroup.isFrozen()) {
                    cgroup.unfreeze();
                    instance.listeners().tell(State.RUNNING, Optional.empty());
                    throw new FreezeException(action, timeout, left);
                }
            }
            instance.listeners().tell(State.FROZEN, Optional.empty());
        } catch (LinuxException | IllegalStateException e) {
            throw failure(action, current, e, State.FREEZING);
        }
    }

    /** Whoever unfreezes it meanwhile is told of by no event. */
    private static boolean awaitFrozen(String action, Cgroup cgroup, Duration timeout) throws LinuxException {
        long start = System.nanoTime();
        Duration left = timeout;
        while (!cgroup.await("frozen", true, left.compareTo(SLICE) < 0 ? left : SLICE)) {
            if (!cgroup.isFreezing()) {
                throw new IllegalTransitionException(
                        action, State.RUNNING.name(), State.FROZEN.name(), "it was unfrozen meanwhile");
            }
            left = timeout.minusNanos(System.nanoTime() - start);
            if (left.compareTo(Duration.ZERO) <= 0) {
                return false;
            }
        }
        return true;
    }

    void unfreeze(Duration timeout) {
        String action = "unfreeze " + name;
        Run current = instance.life().running(action, State.RUNNING);
        instance.state().become(State.RUNNING, action);
        Cgroup cgroup = current.cgroup(action);
        try {
            cgroup.unfreeze();
            if (!cgroup.await("frozen", false, timeout)) {
                throw new LxjException(
                        Failure.of(action, "its processes are still suspended after " + timeout.toMillis() + " ms")
                                .hint("a cgroup above " + cgroup.path()
                                        + " is frozen, too; the container goes on when that does"));
            }
            instance.listeners().tell(State.RUNNING, Optional.empty());
        } catch (LinuxException | IllegalStateException e) {
            throw failure(action, current, e, State.RUNNING);
        }
    }

    /** Most often the container has ended meanwhile, and its cgroup with it. */
    private RuntimeException failure(String action, Run current, Exception cause, State next) {
        if (cause instanceof LinuxException call && instance.life().isCurrent(current)) {
            return Failures.exception(action, call);
        }
        return new IllegalTransitionException(action, instance.state().name(), next.name(), "it has ended meanwhile");
    }
}
