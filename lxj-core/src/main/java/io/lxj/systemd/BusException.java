package io.lxj.systemd;

import java.io.IOException;

/** An error that the other end of a bus has replied with. */
public final class BusException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String name;

    /**
     * An error.
     *
     * @param call which call was answered so
     * @param name what kind it is, for example {@code org.freedesktop.systemd1.NoSuchUnit}
     * @param message for people
     */
    BusException(String call, String name, String message) {
        super(call + ": " + message + " (" + name + ")");
        this.name = name;
    }

    /**
     * Whether it is of a kind.
     *
     * @param kind a name of errors of D-Bus
     * @return true if this error is one of those
     */
    boolean is(String kind) {
        return name.equals(kind);
    }
}
