package io.lxj.error;

/**
 * Something was canceled on request before it was complete. What it had made so far is removed.
 *
 * @serial exclude
 */
public class CanceledException extends LxjException {
    private static final long serialVersionUID = 1L;

    /**
     * An action was canceled.
     *
     * @param action what was being done, for example {@code import debian-12}
     */
    public CanceledException(String action) {
        super(Failure.of(action, "canceled"));
    }

    /**
     * An action was canceled by an interrupt or a failure elsewhere.
     *
     * @param action what was being done
     * @param cause what canceled it, or null
     */
    public CanceledException(String action, Throwable cause) {
        super(Failure.of(action, "canceled"), cause);
    }
}
