package io.lxj.error;

/**
 * A container can't go from the state that it is in to the one that was asked for.
 *
 * @serial exclude
 */
public class IllegalTransitionException extends WrongStateException {
    private static final long serialVersionUID = 1L;

    private final String to;

    /**
     * A transition isn't possible.
     *
     * @param action what was being done, for example {@code freeze web1}
     * @param from the name of the state that the container is in
     * @param to the name of the state that was asked for
     * @param why why one doesn't lead to the other
     */
    public IllegalTransitionException(String action, String from, String to, String why) {
        super(
                Failure.of(action, "the container can't go from " + from + " to " + to)
                        .hint(why),
                from);
        this.to = to;
    }

    /**
     * The state that the container is in.
     *
     * @return the name of the state
     */
    public final String from() {
        return state();
    }

    /**
     * The state that was asked for.
     *
     * @return the name of the state
     */
    public final String to() {
        return to;
    }
}
