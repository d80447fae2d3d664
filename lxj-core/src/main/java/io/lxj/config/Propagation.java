package io.lxj.config;

/** Whether mounts made below a mount later on are seen on both sides, see mount_namespaces(7). */
public enum Propagation {
    /** Neither side sees what the other mounts. */
    PRIVATE,

    /** The container sees what the host mounts, not the other way round. */
    SLAVE,

    /** Each side sees what the other mounts. This lets a container put mounts into the host's tree. */
    SHARED
}
