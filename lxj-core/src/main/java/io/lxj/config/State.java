package io.lxj.config;

import io.lxj.error.IllegalTransitionException;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a container is doing, as users of LXC know it. This is the one place that says which state can follow which.
 *
 * <pre>
 * STOPPED  -> STARTING
 * STARTING -> RUNNING | ABORTING
 * RUNNING  -> FREEZING | STOPPING
 * FREEZING -> FROZEN | RUNNING | STOPPING
 * FROZEN   -> RUNNING | STOPPING
 * STOPPING -> STOPPED | STARTING (a reboot)
 * ABORTING -> STOPPED
 * </pre>
 */
public enum State {
    /** Nothing of it runs. */
    STOPPED("it is stopped"),

    /** It is being launched; its init doesn't run yet. */
    STARTING("it is being started"),

    /** Its init runs. */
    RUNNING("it runs"),

    /** Its processes are being suspended; some may run still. */
    FREEZING("it is being frozen"),

    /** All of its processes are suspended. */
    FROZEN("it is frozen"),

    /** Its init was asked to end, is being killed, or has ended, and what is left of it is being removed. */
    STOPPING("it is being stopped"),

    /** It could not be started, and what was made of it so far is being removed. */
    ABORTING("its start failed and is being undone");

    private final String description;

    State(String description) {
        this.description = description;
    }

    /** {@return the states that can follow this one; a set of the caller's own} */
    public Set<State> next() {
        switch (this) {
            case STOPPED:
                return EnumSet.of(STARTING);
            case STARTING:
                return EnumSet.of(RUNNING, ABORTING);
            case RUNNING:
                return EnumSet.of(FREEZING, STOPPING);
            case FREEZING:
                return EnumSet.of(RUNNING, FROZEN, STOPPING);
            case FROZEN:
                return EnumSet.of(RUNNING, STOPPING);
            case STOPPING:
                return EnumSet.of(STOPPED, STARTING);
            default:
                return EnumSet.of(STOPPED);
        }
    }

    /**
     * Whether a state can follow this one.
     *
     * @param state the other state
     * @return whether it can; a state doesn't follow itself
     */
    public boolean canBecome(State state) {
        return next().contains(state);
    }

    /**
     * Goes to another state.
     *
     * @param state the state to go to
     * @param action what is being done, for the message: for example {@code start web1}
     * @return that state
     * @throws IllegalTransitionException if it can't follow this one
     */
    public State become(State state, String action) {
        if (!canBecome(state)) {
            throw new IllegalTransitionException(action, name(), state.name(), why(state));
        }
        return state;
    }

    /** {@return whether processes of the container exist, or may} */
    public boolean isAlive() {
        return this != STOPPED;
    }

    private String why(State state) {
        String reason = state == this ? description + " already" : description;
        String names = next().stream().map(State::name).collect(Collectors.joining(" or "));
        return reason + ", and next can only be " + names;
    }
}
