package io.lxj.config;

/** What a container may do with a device. */
public enum DeviceAccess {
    /** Open it for reading. */
    READ,

    /** Open it for writing. */
    WRITE,

    /**
     * Make a node of it. It makes no difference: whoever has a user namespace can make no nodes, and a privileged container can
     * make any, which it can't open unless it may otherwise.
     */
    MKNOD
}
