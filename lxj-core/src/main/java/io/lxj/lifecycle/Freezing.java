package io.lxj.lifecycle;

import io.lxj.config.State;
import io.lxj.error.Failure;
import io.lxj.error.LxjException;
import io.lxj.error.WrongStateException;
import io.lxj.failure.Failures;
import io.lxj.linux.Cgroup;
import io.lxj.linux.LinuxException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Suspends and resumes all processes of a container, by the freezer of cgroup v2. */
final class Freezing {
    private final Instance instance;
    private final String name;

    Freezing(Instance instance) {
        this.instance = instance;
        this.name = instance.name();
    }

    void freeze(Duration timeout) {
        Run current = instance.life().running("freeze " + name);
        instance.state().become(State.FREEZING, name);
        Cgroup cgroup = current.cgroup("freeze " + name);
        try {
            instance.listeners().tell(State.FREEZING, Optional.empty());
            if (!cgroup.freeze(timeout)) {
                cgroup.unfreeze();
                throw new LxjException(
                        Failure.of("freeze " + name, "not all processes stopped within " + timeout.toMillis() + " ms")
                                .hint("one of them is in the kernel; it was unfrozen again"));
            }
            instance.listeners().tell(State.FROZEN, Optional.empty());
        } catch (LinuxException | IllegalStateException e) {
            throw failure("freeze " + name, current, e, List.of("RUNNING"));
        }
    }

    void unfreeze() {
        Run current = instance.life().running("unfreeze " + name);
        if (instance.state() == State.RUNNING) {
            throw new WrongStateException("unfreeze " + name, "RUNNING", List.of("FROZEN", "FREEZING"));
        }
        try {
            current.unfreeze();
            instance.listeners().tell(State.RUNNING, Optional.empty());
        } catch (LinuxException | IllegalStateException e) {
            throw failure("unfreeze " + name, current, e, List.of("FROZEN", "FREEZING"));
        }
    }

    /** Most often the container has ended meanwhile, and its cgroup with it. */
    private RuntimeException failure(String action, Run current, Exception cause, List<String> needed) {
        if (cause instanceof LinuxException call && instance.life().isCurrent(current)) {
            return Failures.exception(action, call);
        }
        return new WrongStateException(action, instance.state().name(), needed);
    }
}
