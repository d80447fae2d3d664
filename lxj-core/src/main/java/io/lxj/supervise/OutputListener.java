package io.lxj.supervise;

/** Is told of a console's output, one call at a time. */
public interface OutputListener {
    /**
     * There was output.
     *
     * @param bytes the output; the listener may keep the array
     */
    void output(byte[] bytes);

    /**
     * Output was lost since the last call, because the listener was slower than the container.
     *
     * @param bytes how many bytes
     */
    void lost(long bytes);

    /** The container has stopped: this was the last call. */
    void ended();
}
