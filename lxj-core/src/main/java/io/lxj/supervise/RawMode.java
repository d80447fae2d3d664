package io.lxj.supervise;

import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Terminal;

/** A terminal in raw mode, until this is closed or the JVM ends. Thread-safe. */
final class RawMode implements AutoCloseable {
    private final Fd terminal;
    private final Terminal before;
    private final Thread atShutdown = new Thread(this::restore, "lxj-terminal");

    private RawMode(Fd terminal, Terminal before) {
        this.terminal = terminal;
        this.before = before;
    }

    /**
     * Puts a terminal into raw mode.
     *
     * @throws LinuxException ENOTTY if it is no terminal
     * @throws IllegalStateException if the JVM is ending already
     */
    static RawMode enter(Fd terminal) throws LinuxException {
        RawMode mode = new RawMode(terminal, Terminal.of(terminal));
        // First, so that there is no moment in which nobody would put the terminal right.
        Runtime.getRuntime().addShutdownHook(mode.atShutdown);
        try {
            mode.before.raw().apply(terminal);
        } catch (LinuxException | RuntimeException | Error e) {
            mode.close();
            throw e;
        }
        return mode;
    }

    private void restore() {
        try {
            before.apply(terminal);
        } catch (LinuxException | IllegalStateException e) {
            // The terminal is gone, and its settings with it.
            Supervisor.ignore(this, e);
        }
    }

    @Override
    public void close() {
        restore();
        try {
            Runtime.getRuntime().removeShutdownHook(atShutdown);
        } catch (IllegalStateException e) {
            // The JVM is ending: the hook runs as well, and does the same once more.
            Supervisor.ignore(this, e);
        }
    }

    @Override
    public String toString() {
        return "raw mode of " + terminal;
    }
}
