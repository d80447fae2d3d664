package io.lxj.config;

/** How an interactive session with a console ended. */
public enum AttachEnd {
    /** The detach keys were typed; the container goes on. */
    DETACHED,

    /** The container has stopped. */
    STOPPED,

    /** The terminal that the session ran on was closed; the container goes on. */
    TERMINAL_CLOSED
}
