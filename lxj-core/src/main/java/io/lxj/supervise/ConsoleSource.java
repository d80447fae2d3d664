package io.lxj.supervise;

/**
 * What brings the output of one run of a container to its {@link ConsoleOutput}. Thread-safe.
 */
public interface ConsoleSource extends AutoCloseable {
    /**
     * Brings all output that was written before this call, and then closes this. To be called when the container has
     * ended and before that is told to anyone. It doesn't end the {@link ConsoleOutput}: a container that has rebooted
     * goes on with another source.
     */
    void finish();

    /** Brings no more output, and lets go of the descriptors. */
    @Override
    void close();
}
