package io.lxj.error;

/**
 * A container can't go from the state that it is in to the one that was asked for.
 *
 * @serial exclude
 */
public class IllegalTransitionException extends LxjException {
    private static final long serialVersionUID = 1L;

    private final String from;
    private final String to;

    /**
     * A transition isn't possible.
     *
     * @param container the name of the container
     * @param from the name of the state that it is in
     * @param to the name of the state that was asked for
     * @param why why one doesn't lead to the other
     */
    public IllegalTransitionException(String container, String from, String to, String why) {
        super(Failure.of("container " + container, "can't go from " + from + " to " + to)
                .hint(why));
        this.from = from;
        this.to = to;
    }

    /**
     * The state that the container is in.
     *
     * @return the name of the state
     */
    public final String from() {
        return from;
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
