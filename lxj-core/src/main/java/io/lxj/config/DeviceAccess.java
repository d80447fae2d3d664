package io.lxj.config;

/** What a container may do with a device. */
public enum DeviceAccess {
    /** Open it for reading. */
    READ,

    /** Open it for writing. */
    WRITE,

    /** Make a node of it. */
    MKNOD
}
