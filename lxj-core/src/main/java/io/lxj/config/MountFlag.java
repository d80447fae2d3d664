package io.lxj.config;

/** What is forbidden on a mount, see mount_setattr(2). */
public enum MountFlag {
    /** Nothing can be changed. */
    READ_ONLY,

    /** No program on it can be executed. */
    NO_EXEC,

    /** Set-user-id bits, set-group-id bits and file capabilities have no effect. */
    NO_SUID,

    /** Device nodes can't be opened. */
    NO_DEV
}
