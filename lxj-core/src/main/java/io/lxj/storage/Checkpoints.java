package io.lxj.storage;

/**
 * Is told of each step of an operation on the state folder, just after the step was done. It exists so that a test can
 * end the process between any two steps and see what the next one makes of it. Implementations must be thread-safe.
 */
@FunctionalInterface
public interface Checkpoints {
    /** Nobody listens. */
    Checkpoints NONE = step -> {};

    /**
     * A step was done.
     *
     * @param step what was done, for example {@code create: populated}
     */
    void reached(String step);
}
