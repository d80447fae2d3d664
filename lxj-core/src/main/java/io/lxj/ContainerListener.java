package io.lxj;

import io.lxj.config.ExitStatus;
import io.lxj.config.State;
import java.util.Optional;

/** Hears of a container's changes of state. Needs to be thread-safe only if it listens to several containers. */
@FunctionalInterface
public interface ContainerListener {
    /**
     * The container has changed its state. Called on a thread of lxj's; calls for one container come one after the other.
     *
     * @param container the container
     * @param state its new state
     * @param exit how it ended, if the new state is STOPPED after a run
     */
    void stateChanged(Container container, State state, Optional<ExitStatus> exit);
}
