package io.lxj.error;

/**
 * A step of starting a container, or of running a command in it, failed. Nothing of the launch is left behind.
 *
 * <p>A launch is a list of system calls; the message says which one of them failed, for example {@code start web1: step
 * 14 of 31, mount proc on /proc: ... EPERM (Operation not permitted)}.
 *
 * @serial exclude
 */
public class LaunchException extends LxjException {
    private static final long serialVersionUID = 1L;

    private final int step;
    private final int steps;
    private final String description;

    /**
     * A step of a launch failed.
     *
     * @param failure the action as a whole, and how the step failed
     * @param step the number of the step, from 1
     * @param steps the number of steps of the launch
     * @param description what the step does, for example {@code mount proc on /proc}
     * @param cause the exception that led to it, or null
     */
    public LaunchException(Failure failure, int step, int steps, String description, Throwable cause) {
        super(failure.at("step " + step + " of " + steps + ", " + description), cause);
        this.step = step;
        this.steps = steps;
        this.description = description;
    }

    /**
     * The number of the step that failed.
     *
     * @return its number, from 1
     */
    public final int step() {
        return step;
    }

    /**
     * The number of steps of the launch.
     *
     * @return how many there are
     */
    public final int steps() {
        return steps;
    }

    /**
     * What the step does.
     *
     * @return a phrase, for example {@code mount proc on /proc}
     */
    public final String description() {
        return description;
    }
}
