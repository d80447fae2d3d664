package io.lxj.error;

import java.util.Collection;

/**
 * Something was asked of a container that it can't do in its state, such as running a command when it is stopped.
 *
 * @serial exclude
 */
public class WrongStateException extends LxjException {
    private static final long serialVersionUID = 1L;

    private final String state;

    /**
     * The container is in none of the states that the action needs.
     *
     * @param action what was being done, for example {@code exec in web1}
     * @param state the name of the state that the container is in
     * @param needed the names of the states in which it is possible
     */
    public WrongStateException(String action, String state, Collection<String> needed) {
        super(Failure.of(action, "the container is " + state)
                .hint("this is possible when it is " + String.join(" or ", needed)));
        this.state = state;
    }

    WrongStateException(Failure failure, String state) {
        super(failure);
        this.state = state;
    }

    /**
     * The state that the container is in.
     *
     * @return the name of the state
     */
    public final String state() {
        return state;
    }
}
