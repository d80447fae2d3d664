package io.lxj.linux;

import java.util.Map;

/**
 * A mount that is in no mount namespace yet: nobody else can see it, and closing it before it is attached unmounts it.
 * Its descriptor is the root of the mounted tree. Thread-safe.
 */
public final class DetachedMount implements AutoCloseable {
    private static final int MOUNT_ATTR_SIZE = 32;

    private final Fd fd;
    private final String what;

    DetachedMount(Fd fd, String what) {
        this.fd = fd;
        this.what = what;
    }

    /**
     * Makes a file system.
     *
     * @param type as in /proc/filesystems
     * @param options of the file system in their order; an empty value stands for an option without value
     * @param attributes MOUNT_ATTR bits of {@link MountFlags}
     * @return the mount
     * @throws LinuxException if the kernel refuses; the hint has its message
     */
    public static DetachedMount of(String type, Map<String, String> options, long attributes) throws LinuxException {
        try (FileSystemContext context = FileSystemContext.open(type)) {
            for (Map.Entry<String, String> option : options.entrySet()) {
                if (option.getValue().isEmpty()) {
                    context.flag(option.getKey());
                } else {
                    context.set(option.getKey(), option.getValue());
                }
            }
            return context.mount(attributes);
        }
    }

    /**
     * Makes a second mount of a tree or file, as a bind mount is.
     *
     * @param source what to mount
     * @param recursive whether the mounts below come along
     * @return the mount
     * @throws LinuxException EPERM without CAP_SYS_ADMIN; EINVAL if the source is on a mount that is in no mount namespace
     *     of the caller's, or is unbindable
     */
    public static DetachedMount clone(Fd source, boolean recursive) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long flags = MountFlags.OPEN_TREE_CLONE
                    | MountFlags.OPEN_TREE_CLOEXEC
                    | Open.AT_EMPTY_PATH
                    | (recursive ? MountFlags.AT_RECURSIVE : 0);
            long result = source.call(Syscall.OPEN_TREE, scratch.string(""), flags);
            if (result < 0) {
                String name = "OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_EMPTY_PATH" + (recursive ? "|AT_RECURSIVE" : "");
                throw LinuxException.of(result, "open_tree", source, "\"\"", name);
            }
            return new DetachedMount(source.derived(result), "clone of " + source);
        }
    }

    /**
     * The root of the mounted tree.
     *
     * @return the fd, which this object still owns
     */
    public Fd fd() {
        return fd;
    }

    /**
     * Changes the attributes of the mount, see mount_setattr(2).
     *
     * @param set MOUNT_ATTR bits to set
     * @param clear MOUNT_ATTR bits to clear; MOUNT_ATTR__ATIME where another access time mode is set
     * @param recursive whether also on the mounts below
     * @throws LinuxException if mount_setattr(2) fails
     */
    public void setAttributes(long set, long clear, boolean recursive) throws LinuxException {
        change(set, clear, 0, 0, recursive);
    }

    /**
     * Changes how mounts on this one propagate, see mount_namespaces(7).
     *
     * @param propagation MS_PRIVATE, MS_SLAVE, MS_SHARED or MS_UNBINDABLE
     * @param recursive whether also on the mounts below
     * @throws LinuxException if mount_setattr(2) fails
     */
    public void setPropagation(long propagation, boolean recursive) throws LinuxException {
        change(0, 0, propagation, 0, recursive);
    }

    /**
     * Maps owners and groups of the files through a user namespace.
     *
     * @param userNamespace an open {@code /proc/PID/ns/user}
     * @param recursive whether also on the mounts below
     * @throws LinuxException EINVAL if the file system can't do that
     */
    public void mapIds(Fd userNamespace, boolean recursive) throws LinuxException {
        change(MountFlags.MOUNT_ATTR_IDMAP, 0, 0, userNamespace.number(), recursive);
    }

    // struct mount_attr: attr_set, attr_clr, propagation, userns_fd, 64 bits each.
    private void change(long set, long clear, long propagation, int userNamespace, boolean recursive)
            throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block attributes = scratch.block(MOUNT_ATTR_SIZE);
            attributes
                    .buffer()
                    .putLong(0, set)
                    .putLong(8, clear)
                    .putLong(16, propagation)
                    .putLong(24, userNamespace);
            long flags = Open.AT_EMPTY_PATH | (recursive ? MountFlags.AT_RECURSIVE : 0);
            long result =
                    fd.call(Syscall.MOUNT_SETATTR, scratch.string(""), flags, attributes.address(), MOUNT_ATTR_SIZE);
            if (result < 0) {
                throw LinuxException.of(
                        result,
                        "mount_setattr",
                        this,
                        "\"\"",
                        recursive ? "AT_EMPTY_PATH|AT_RECURSIVE" : "AT_EMPTY_PATH",
                        "{set 0x" + Long.toHexString(set) + ", clear 0x" + Long.toHexString(clear) + ", propagation 0x"
                                + Long.toHexString(propagation) + ", userns_fd " + userNamespace + "}");
            }
        }
    }

    /**
     * Attaches the mount on an open file or directory, so that no path is resolved. The descriptor stays the root of the
     * tree; from now on, closing it leaves the mount. A symbolic link that was opened with O_NOFOLLOW is covered itself
     * and leads nowhere.
     *
     * @param target a directory for a directory, anything else for a file
     * @throws LinuxException EINVAL if only one of both is a directory
     */
    public void attach(Fd target) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long empty = scratch.string("");
            long flags = MountFlags.MOVE_MOUNT_F_EMPTY_PATH | MountFlags.MOVE_MOUNT_T_EMPTY_PATH;
            long result = target.borrow(number -> fd.call(Syscall.MOVE_MOUNT, empty, number, empty, flags));
            if (result < 0) {
                throw LinuxException.of(
                        result,
                        "move_mount",
                        this,
                        "\"\"",
                        target,
                        "\"\"",
                        "MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_EMPTY_PATH");
            }
        }
    }

    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return "mount of " + what + ", " + fd;
    }
}
