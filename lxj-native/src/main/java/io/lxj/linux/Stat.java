package io.lxj.linux;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What the kernel knows of a file, as statx(2) reports it. Immutable and thread-safe.
 *
 * @param mode type and permission bits, see inode(7)
 * @param links number of hard links
 * @param uid owner
 * @param gid group
 * @param inode inode number
 * @param size in bytes
 * @param blocks allocated blocks of 512 bytes
 * @param accessedSeconds time of last access, in seconds since 1970
 * @param accessedNanos the nanoseconds to add to that
 * @param modifiedSeconds time of last modification, in seconds since 1970
 * @param modifiedNanos the nanoseconds to add to that
 * @param deviceMajor for a device node: its major number
 * @param deviceMinor for a device node: its minor number
 * @param fileSystem the device that the file is on, major and minor as {@code (major << 32) | minor}
 * @param mountRoot whether this is the root of a mount: something is mounted at the name that was looked up
 */
public record Stat(
        int mode,
        long links,
        int uid,
        int gid,
        long inode,
        long size,
        long blocks,
        long accessedSeconds,
        int accessedNanos,
        long modifiedSeconds,
        int modifiedNanos,
        int deviceMajor,
        int deviceMinor,
        long fileSystem,
        boolean mountRoot) {
    /** The bits of a mode that give the type. */
    public static final int S_IFMT = 0170000;
    /** Socket. */
    public static final int S_IFSOCK = 0140000;
    /** Symbolic link. */
    public static final int S_IFLNK = 0120000;
    /** Regular file. */
    public static final int S_IFREG = 0100000;
    /** Block device. */
    public static final int S_IFBLK = 0060000;
    /** Directory. */
    public static final int S_IFDIR = 0040000;
    /** Character device. */
    public static final int S_IFCHR = 0020000;
    /** FIFO. */
    public static final int S_IFIFO = 0010000;

    private static final int SIZE = 256;
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final long STATX_ATTR_MOUNT_ROOT = 0x2000;

    /**
     * Calls statx(2).
     *
     * @param directory a directory fd, AT_FDCWD, or any fd with AT_EMPTY_PATH
     * @param name the path; callers pass a single component or nothing below a container's root
     * @param flags AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH
     * @return the metadata
     * @throws LinuxException if there is no such file, or it can't be reached
     */
    public static Stat of(int directory, byte[] name, int flags) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(SIZE);
            long result = Kernel.call(
                    Syscall.STATX, directory, scratch.string(name), flags, STATX_BASIC_STATS, block.address());
            if (result < 0) {
                throw failure(result, directory, name, flags);
            }
            return parse(block.buffer());
        }
    }

    /** The same below a descriptor, which stays open meanwhile. */
    static Stat of(Fd directory, byte[] name, int flags) throws LinuxException {
        Optional<Stat> found = find(directory, name, flags);
        if (found.isEmpty()) {
            throw failure(-Errno.ENOENT.number(), directory, name, flags);
        }
        return found.get();
    }

    /** The same if the file is there: empty if the kernel says ENOENT. */
    static Optional<Stat> find(Fd directory, byte[] name, int flags) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(SIZE);
            long result =
                    directory.call(Syscall.STATX, scratch.string(name), flags, STATX_BASIC_STATS, block.address());
            if (Errno.ENOENT.is(result)) {
                return Optional.empty();
            }
            if (result < 0) {
                throw failure(result, directory, name, flags);
            }
            return Optional.of(parse(block.buffer()));
        }
    }

    private static LinuxException failure(long result, Object directory, byte[] name, int flags) {
        return LinuxException.of(result, "statx", directory, name, "0x" + Integer.toHexString(flags));
    }

    // struct statx of linux/stat.h; the layout is the same on every architecture.
    private static Stat parse(ByteBuffer b) {
        return new Stat(
                b.getShort(28) & 0xFFFF,
                b.getInt(16) & 0xFFFFFFFFL,
                b.getInt(20),
                b.getInt(24),
                b.getLong(32),
                b.getLong(40),
                b.getLong(48),
                b.getLong(64),
                b.getInt(72),
                b.getLong(112),
                b.getInt(120),
                b.getInt(128),
                b.getInt(132),
                ((long) b.getInt(136) << 32) | (b.getInt(140) & 0xFFFFFFFFL),
                (b.getLong(8) & STATX_ATTR_MOUNT_ROOT) != 0);
    }

    /**
     * The type bits of the mode.
     *
     * @return one of the {@code S_IF} constants
     */
    public int type() {
        return mode & S_IFMT;
    }

    /**
     * The permission bits, with setuid, setgid and sticky.
     *
     * @return the lower 12 bits of the mode
     */
    public int permissions() {
        return mode & 07777;
    }

    /**
     * When it was last read and last changed.
     *
     * @return the times
     */
    public FileTimes times() {
        return new FileTimes(accessedSeconds, accessedNanos, modifiedSeconds, modifiedNanos);
    }

    /**
     * Whether this is a directory.
     *
     * @return true for a directory
     */
    public boolean isDirectory() {
        return type() == S_IFDIR;
    }

    /**
     * Whether this is a regular file.
     *
     * @return true for a regular file
     */
    public boolean isRegular() {
        return type() == S_IFREG;
    }

    /**
     * Whether this is a symbolic link.
     *
     * @return true for a symbolic link
     */
    public boolean isSymlink() {
        return type() == S_IFLNK;
    }

    /**
     * Whether two names lead to the same file.
     *
     * @param other the other file
     * @return true if file system and inode are the same
     */
    public boolean isSameFile(Stat other) {
        return inode == other.inode && fileSystem == other.fileSystem;
    }
}
