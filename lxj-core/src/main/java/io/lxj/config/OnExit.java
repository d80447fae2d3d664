package io.lxj.config;

/** What becomes of a running container when the JVM that started it ends, however it ends. */
public enum OnExit {
    /** The container is killed with the JVM. */
    KILL,

    /**
     * The container goes on running; the next JVM that opens the state folder takes it over. If it has ended by then, that
     * JVM learns how; if it has asked for a reboot, that JVM starts it again.
     */
    KEEP
}
