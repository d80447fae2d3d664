package io.lxj.linux;

/**
 * Flags of the mount system calls, under the names that {@code linux/mount.h} gives them; see mount_setattr(2) and the
 * man pages of fsopen, fsconfig, fsmount, open_tree and move_mount.
 */
public final class MountFlags {
    /** fsopen: close-on-exec. */
    public static final int FSOPEN_CLOEXEC = 1;
    /** fsconfig: a parameter without value. */
    public static final int FSCONFIG_SET_FLAG = 0;
    /** fsconfig: a parameter with a string. */
    public static final int FSCONFIG_SET_STRING = 1;
    /** fsconfig: a parameter with a path, resolved from a directory fd. */
    public static final int FSCONFIG_SET_PATH = 3;
    /** fsconfig: a parameter with an fd. */
    public static final int FSCONFIG_SET_FD = 5;
    /** fsconfig: create the file system. */
    public static final int FSCONFIG_CMD_CREATE = 6;
    /** fsconfig: change an existing file system. */
    public static final int FSCONFIG_CMD_RECONFIGURE = 7;
    /** fsmount: close-on-exec. */
    public static final int FSMOUNT_CLOEXEC = 1;

    /** Read-only mount. */
    public static final long MOUNT_ATTR_RDONLY = 0x1;
    /** No setuid, setgid, file capabilities. */
    public static final long MOUNT_ATTR_NOSUID = 0x2;
    /** No device nodes. */
    public static final long MOUNT_ATTR_NODEV = 0x4;
    /** No execution. */
    public static final long MOUNT_ATTR_NOEXEC = 0x8;
    /** The bits that say when access times are written; cleared before one of them is set. */
    public static final long MOUNT_ATTR__ATIME = 0x70;
    /** Access times follow modification times; the default. */
    public static final long MOUNT_ATTR_RELATIME = 0x0;
    /** No access times. */
    public static final long MOUNT_ATTR_NOATIME = 0x10;
    /** Access times are always written. */
    public static final long MOUNT_ATTR_STRICTATIME = 0x20;
    /** No access times of directories. */
    public static final long MOUNT_ATTR_NODIRATIME = 0x80;
    /** Symbolic links on the mount are not followed. */
    public static final long MOUNT_ATTR_NOSYMFOLLOW = 0x200000;
    /** Ids are mapped by a user namespace. */
    public static final long MOUNT_ATTR_IDMAP = 0x100000;

    /** open_tree: a copy of the mount, attached nowhere. */
    public static final long OPEN_TREE_CLONE = 1;
    /** open_tree: close-on-exec. */
    public static final long OPEN_TREE_CLOEXEC = 0x80000;
    /** open_tree, mount_setattr: all mounts below, too. */
    public static final long AT_RECURSIVE = 0x8000;

    /** move_mount: the source is the fd itself. */
    public static final long MOVE_MOUNT_F_EMPTY_PATH = 0x4;
    /** move_mount: the target is the fd itself. */
    public static final long MOVE_MOUNT_T_EMPTY_PATH = 0x40;

    /** Propagation: none. */
    public static final long MS_PRIVATE = 1L << 18;
    /** Propagation: from the host only. */
    public static final long MS_SLAVE = 1L << 19;
    /** Propagation: both ways. */
    public static final long MS_SHARED = 1L << 20;
    /** Propagation: none, and the mount can't be bound elsewhere. */
    public static final long MS_UNBINDABLE = 1L << 17;

    /** umount2: detach now, unmount when unused. */
    public static final int MNT_DETACH = 2;
    /** umount2: not through a symbolic link. */
    public static final int UMOUNT_NOFOLLOW = 8;

    private MountFlags() {}
}
