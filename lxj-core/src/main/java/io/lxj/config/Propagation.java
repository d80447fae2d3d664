package io.lxj.config;

/**
 * Whether mounts made below a mount later on are seen on both sides, see mount_namespaces(7). Between host and container
 * they only travel if the host's mount that the source lies on is itself shared. {@code findmnt -o PROPAGATION -T SOURCE}
 * tells; systemd makes all mounts shared at boot, other inits may not. Whatever is said here, all mounts are shared among the
 * mount namespaces of the container itself; a tmpfs is the container's alone.
 */
public enum Propagation {
    /** Neither side sees what the other mounts. */
    PRIVATE,

    /** The container sees what the host mounts on a shared mount, not the other way round. */
    SLAVE,

    /**
     * Each side sees what the other mounts. This lets a container put mounts into the host's tree. If the host's mount
     * isn't shared, it is no error: only the container itself, with what it passes the mount on to, sees them. A mount
     * that forbids something, such as one that is read-only, gets what the host mounts, but passes nothing on.
     */
    SHARED
}
