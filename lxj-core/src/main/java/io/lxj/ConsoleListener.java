package io.lxj;

/**
 * Is told what a container writes to its console. The calls come one at a time and in order, on a thread of lxj that may
 * be kept as long as needed: a listener that is slow loses output, and holds nobody up. Needs to be thread-safe only if
 * it listens to several consoles.
 */
@FunctionalInterface
public interface ConsoleListener {
    /**
     * There was output.
     *
     * @param bytes the output as the container wrote it; the listener may keep the array
     */
    void output(byte[] bytes);

    /**
     * The oldest output was lost, because more than 1 MiB had come since the last call.
     *
     * @param bytes how many bytes
     */
    default void lost(long bytes) {}

    /** The container has stopped: this was the last call. */
    default void ended() {}
}
