package io.lxj.lifecycle;

import io.lxj.config.ExitStatus;
import io.lxj.config.State;
import io.lxj.supervise.Registration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Who hears of the changes of all containers of a state folder, each told on the lane of its container. Thread-safe. */
public final class AllListeners {
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    AllListeners() {}

    /** Hears of the changes of all containers. */
    @FunctionalInterface
    public interface Listener {
        /**
         * A container has changed its state.
         *
         * @param instance the container
         * @param state the new state
         * @param exit how it ended, if it has
         */
        void changed(Instance instance, State state, Optional<ExitStatus> exit);
    }

    Registration add(Listener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    void tell(Instance instance, State state, Optional<ExitStatus> exit) {
        for (Listener listener : listeners) {
            instance.lane().execute(() -> listener.changed(instance, state, exit));
        }
    }
}
