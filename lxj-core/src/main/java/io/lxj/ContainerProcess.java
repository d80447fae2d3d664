package io.lxj;

import io.lxj.config.Signal;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A command that runs in a container: a {@link Process} like those of {@link ProcessBuilder}, so that code written for
 * these works unchanged. Its streams are pipes, or both ends of a terminal when the command asked for one; then there
 * is no separate error stream. Thread-safe.
 *
 * <p>The command ends at the latest with its container. Closing this handle's streams doesn't end it;
 * {@link #destroy()} sends SIGTERM and {@link #destroyForcibly()} SIGKILL.
 */
public abstract class ContainerProcess extends Process {
    /** Only lxj makes processes in containers. */
    ContainerProcess() {}

    /**
     * Sends a signal to the command. Nothing happens if it has ended.
     *
     * @param signal which one
     * @throws io.lxj.error.LxjException if the kernel refuses
     */
    public abstract void kill(Signal signal);

    /**
     * Sets the size of the command's terminal.
     *
     * @param rows how many lines, 1 to 65535
     * @param columns how many characters in a line, 1 to 65535
     * @throws IllegalStateException if it has no terminal
     */
    public abstract void resize(int rows, int columns);

    /**
     * The signal that ended the command. {@link #exitValue()} is 128 plus its number then, as shells have it.
     *
     * @return the signal, or empty if the command ended by itself
     * @throws IllegalThreadStateException if it hasn't ended
     */
    public abstract Optional<Signal> exitSignal();

    /** {@inheritDoc} */
    @Override
    public abstract CompletableFuture<Process> onExit();

    /** {@inheritDoc} */
    @Override
    public boolean supportsNormalTermination() {
        return true;
    }
}
