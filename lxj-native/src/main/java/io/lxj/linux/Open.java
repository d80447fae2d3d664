package io.lxj.linux;

/**
 * Flags of open(2), openat2(2) and the {@code *at} family, under their own names. Where an architecture has a value of
 * its own, the constant has that of the running one.
 */
public final class Open {
    private static final boolean ARM = Architecture.current() == Architecture.AARCH64;

    /** Read only. */
    public static final int O_RDONLY = 0;
    /** Write only. */
    public static final int O_WRONLY = 1;
    /** Read and write. */
    public static final int O_RDWR = 2;
    /** Create the file if it doesn't exist. */
    public static final int O_CREAT = 0x40;
    /** Fail if the file exists. */
    public static final int O_EXCL = 0x80;
    /** Don't let a terminal become the controlling one. */
    public static final int O_NOCTTY = 0x100;
    /** Cut the file to nothing. */
    public static final int O_TRUNC = 0x200;
    /** Write at the end. */
    public static final int O_APPEND = 0x400;
    /** Don't block. */
    public static final int O_NONBLOCK = 0x800;
    /** Fail if it isn't a directory. */
    public static final int O_DIRECTORY = ARM ? 0x4000 : 0x10000;
    /** Fail if the last component is a symbolic link. */
    public static final int O_NOFOLLOW = ARM ? 0x8000 : 0x20000;
    /** Close on execve. */
    public static final int O_CLOEXEC = 0x80000;
    /** A file without a name, in the directory that the path leads to. */
    public static final int O_TMPFILE = 0x400000 | O_DIRECTORY;
    /** Only a reference to the file: not opened. */
    public static final int O_PATH = 0x200000;

    /** The directory fd that stands for the working directory. */
    public static final int AT_FDCWD = -100;
    /** Don't follow a symbolic link in the last component. */
    public static final int AT_SYMLINK_NOFOLLOW = 0x100;
    /** unlinkat removes a directory. */
    public static final int AT_REMOVEDIR = 0x200;
    /** faccessat2 asks for the effective ids, which files are opened with. */
    public static final int AT_EACCESS = 0x200;
    /** An empty path means the fd itself. */
    public static final int AT_EMPTY_PATH = 0x1000;

    /** openat2: no mount point may be crossed. */
    public static final long RESOLVE_NO_XDEV = 0x01;
    /** openat2: no link of the kind that /proc/PID/fd has. */
    public static final long RESOLVE_NO_MAGICLINKS = 0x02;
    /** openat2: no symbolic link at all. */
    public static final long RESOLVE_NO_SYMLINKS = 0x04;
    /** openat2: an error if the path would leave the directory. */
    public static final long RESOLVE_BENEATH = 0x08;
    /** openat2: the directory is the root of the path and of all links in it. */
    public static final long RESOLVE_IN_ROOT = 0x10;

    private Open() {}
}
