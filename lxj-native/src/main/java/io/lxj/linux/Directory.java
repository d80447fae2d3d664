package io.lxj.linux;

import java.util.ArrayList;
import java.util.List;

/**
 * An open directory and what can be done to the names in it. A name is always one component: no slash, not {@code .},
 * not {@code ..}; so nothing in the directory can send a call elsewhere. A symbolic link is never followed. Thread-safe.
 */
public final class Directory implements AutoCloseable {
    private final Fd fd;

    /**
     * Takes ownership of an open directory.
     *
     * @param fd the directory; O_PATH is enough for all methods but {@link #list} and {@link #sync}
     */
    public Directory(Fd fd) {
        this.fd = fd;
    }

    /**
     * The directory itself.
     *
     * @return the fd, which this object still owns
     */
    public Fd fd() {
        return fd;
    }

    static byte[] component(byte[] name) {
        boolean dots =
                name.length == 0 || (name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.')));
        boolean slash = false;
        for (byte b : name) {
            slash |= b == '/' || b == 0;
        }
        if (dots || slash) {
            throw new IllegalArgumentException("not a single file name: " + FileName.quote(name));
        }
        return name;
    }

    /**
     * Opens a name with openat(2), O_NOFOLLOW and O_CLOEXEC.
     *
     * @param name a single component
     * @param flags of {@link Open}
     * @param mode of a created file, before the umask
     * @return the open file
     * @throws LinuxException if it can't be opened; ELOOP for a symbolic link
     */
    public Fd open(byte[] name, int flags, int mode) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long result = fd.call(
                    Syscall.OPENAT, scratch.string(component(name)), flags | Open.O_NOFOLLOW | Open.O_CLOEXEC, mode);
            if (result < 0) {
                throw LinuxException.of(
                        result,
                        "openat",
                        fd,
                        name,
                        "0x" + Integer.toHexString(flags | Open.O_NOFOLLOW),
                        Integer.toOctalString(mode));
            }
            return new Fd((int) result);
        }
    }

    /**
     * Opens a directory in this one.
     *
     * @param name a single component
     * @return the directory, readable
     * @throws LinuxException ENOTDIR or ELOOP if it isn't a directory
     */
    public Directory openDirectory(byte[] name) throws LinuxException {
        return new Directory(open(name, Open.O_RDONLY | Open.O_DIRECTORY, 0));
    }

    /**
     * Opens a directory in this one that nothing is mounted on.
     *
     * @param name a single component
     * @return the directory, readable
     * @throws LinuxException EXDEV if something is mounted there, ENOTDIR or ELOOP if it isn't a directory
     */
    public Directory openDirectoryHere(byte[] name) throws LinuxException {
        long resolve = Open.RESOLVE_BENEATH | Open.RESOLVE_NO_SYMLINKS | Open.RESOLVE_NO_XDEV;
        try (Scratch scratch = Scratch.open()) {
            Block how = scratch.zeroed(24);
            how.buffer()
                    .putLong(0, Open.O_RDONLY | Open.O_DIRECTORY | Open.O_CLOEXEC)
                    .putLong(16, resolve);
            long result = fd.call(Syscall.OPENAT2, scratch.string(component(name)), how.address(), how.length());
            if (result < 0) {
                LinuxException failure = LinuxException.of(
                        result, "openat2", fd, name, "O_RDONLY|O_DIRECTORY", "RESOLVE_NO_SYMLINKS|RESOLVE_NO_XDEV");
                throw Errno.EXDEV.is(result) ? failure.withHint("something is mounted there") : failure;
            }
            return new Directory(new Fd((int) result));
        }
    }

    /**
     * Metadata of a name; of the link itself, for a symbolic link.
     *
     * @param name a single component
     * @return the metadata
     * @throws LinuxException ENOENT if there is no such name
     */
    public Stat stat(byte[] name) throws LinuxException {
        return Stat.of(fd, component(name), Open.AT_SYMLINK_NOFOLLOW);
    }

    /**
     * Makes a directory.
     *
     * @param name a single component
     * @param mode before the umask
     * @throws LinuxException EEXIST if the name is taken
     */
    public void mkdir(byte[] name, int mode) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long result = fd.call(Syscall.MKDIRAT, scratch.string(component(name)), mode);
            if (result < 0) {
                throw LinuxException.of(result, "mkdirat", fd, name, Integer.toOctalString(mode));
            }
        }
    }

    /**
     * Makes a FIFO, socket, regular file or device node.
     *
     * @param name a single component
     * @param mode type and permissions, before the umask
     * @param major of a device
     * @param minor of a device
     * @throws LinuxException EEXIST if the name is taken, EPERM without CAP_MKNOD
     */
    public void mknod(byte[] name, int mode, int major, int minor) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long result = fd.call(Syscall.MKNODAT, scratch.string(component(name)), mode, device(major, minor));
            if (result < 0) {
                throw LinuxException.of(result, "mknodat", fd, name, Integer.toOctalString(mode), major + ":" + minor);
            }
        }
    }

    /**
     * The number that mknod(2) takes for a device, see makedev(3).
     *
     * @param major up to 12 bits
     * @param minor up to 20 bits
     * @return the number
     */
    public static long device(int major, int minor) {
        return (minor & 0xFFL) | ((major & 0xFFFL) << 8) | ((minor & ~0xFFL) << 12);
    }

    /**
     * Makes a symbolic link.
     *
     * @param target any bytes; nothing looks at them here
     * @param name a single component
     * @throws LinuxException EEXIST if the name is taken
     */
    public void symlink(byte[] target, byte[] name) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long from = scratch.string(target);
            long at = scratch.string(component(name));
            long result = fd.borrow(number -> Kernel.call(Syscall.SYMLINKAT, from, number, at));
            if (result < 0) {
                throw LinuxException.of(result, "symlinkat", target, fd, name);
            }
        }
    }

    /**
     * Makes a hard link to a name, which isn't followed.
     *
     * @param from the directory of the existing name
     * @param existing a single component there
     * @param name a single component here
     * @throws LinuxException EEXIST if the name is taken
     */
    public void link(Directory from, byte[] existing, byte[] name) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long source = scratch.string(component(existing));
            long target = scratch.string(component(name));
            long result = fd.borrow(number -> from.fd.call(Syscall.LINKAT, source, number, target, 0, 0));
            if (result < 0) {
                throw LinuxException.of(result, "linkat", from.fd, existing, fd, name, 0);
            }
        }
    }

    /**
     * Reads a symbolic link.
     *
     * @param name a single component
     * @return the target
     * @throws LinuxException EINVAL if it isn't a link
     */
    public byte[] readLink(byte[] name) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(4096);
            long result = fd.call(Syscall.READLINKAT, scratch.string(component(name)), block.address(), block.length());
            if (result < 0) {
                throw LinuxException.of(result, "readlinkat", fd, name);
            }
            byte[] target = new byte[(int) result];
            block.buffer().get(0, target);
            return target;
        }
    }

    /**
     * Removes a name that isn't a directory.
     *
     * @param name a single component
     * @throws LinuxException ENOENT if there is none, EISDIR for a directory
     */
    public void unlink(byte[] name) throws LinuxException {
        unlink(name, 0);
    }

    /**
     * Removes an empty directory.
     *
     * @param name a single component
     * @throws LinuxException ENOTEMPTY if it isn't empty
     */
    public void rmdir(byte[] name) throws LinuxException {
        unlink(name, Open.AT_REMOVEDIR);
    }

    private void unlink(byte[] name, int flags) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long result = fd.call(Syscall.UNLINKAT, scratch.string(component(name)), flags);
            if (result < 0) {
                throw LinuxException.of(result, "unlinkat", fd, name, flags == 0 ? "0" : "AT_REMOVEDIR");
            }
        }
    }

    /**
     * Renames; what was there under the new name is replaced.
     *
     * @param name a single component here
     * @param to the directory of the new name
     * @param newName a single component there
     * @throws LinuxException if renameat2(2) fails
     */
    public void rename(byte[] name, Directory to, byte[] newName) throws LinuxException {
        rename(name, to, newName, 0);
    }

    /**
     * Renames with flags of renameat2(2).
     *
     * @param name a single component here
     * @param to the directory of the new name
     * @param newName a single component there
     * @param flags 1 for RENAME_NOREPLACE, 2 for RENAME_EXCHANGE
     * @throws LinuxException EEXIST with RENAME_NOREPLACE if the new name is taken
     */
    public void rename(byte[] name, Directory to, byte[] newName, int flags) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long source = scratch.string(component(name));
            long target = scratch.string(component(newName));
            long result = to.fd.borrow(number -> fd.call(Syscall.RENAMEAT2, source, number, target, flags, 0));
            if (result < 0) {
                throw LinuxException.of(result, "renameat2", fd, name, to.fd, newName, flags);
            }
        }
    }

    /**
     * Sets owner and group of a name; of the link itself, for a symbolic link.
     *
     * @param name a single component
     * @param uid new owner, -1 to keep it
     * @param gid new group, -1 to keep it
     * @throws LinuxException if fchownat(2) fails
     */
    public void chown(byte[] name, int uid, int gid) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long result =
                    fd.call(Syscall.FCHOWNAT, scratch.string(component(name)), uid, gid, Open.AT_SYMLINK_NOFOLLOW);
            if (result < 0) {
                throw LinuxException.of(result, "fchownat", fd, name, uid, gid, "AT_SYMLINK_NOFOLLOW");
            }
        }
    }

    /**
     * Sets the permissions of a name that is not a symbolic link. fchmodat(2) follows links, so the name is pinned and
     * checked first.
     *
     * @param name a single component
     * @param mode the lower 12 bits
     * @throws LinuxException if that fails; ELOOP for a symbolic link
     */
    public void chmod(byte[] name, int mode) throws LinuxException {
        try (Fd file = open(name, Open.O_PATH, 0);
                Scratch scratch = Scratch.open()) {
            if (file.stat().isSymlink()) {
                throw LinuxException.of(-Errno.ELOOP.number(), "fchmodat", fd, name, Integer.toOctalString(mode));
            }
            long result = Kernel.call(
                    Syscall.FCHMODAT, Open.AT_FDCWD, scratch.string("/proc/self/fd/" + file.number()), mode);
            if (result < 0) {
                throw LinuxException.of(result, "fchmodat", fd, name, Integer.toOctalString(mode));
            }
        }
    }

    /**
     * Sets access and modification time of a name; of the link itself, for a symbolic link.
     *
     * @param name a single component
     * @param seconds since 1970
     * @param nanos 0 to 999,999,999
     * @throws LinuxException if utimensat(2) fails
     */
    public void setTime(byte[] name, long seconds, int nanos) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block times = timespecs(scratch, seconds, nanos);
            long result = fd.call(
                    Syscall.UTIMENSAT, scratch.string(component(name)), times.address(), Open.AT_SYMLINK_NOFOLLOW);
            if (result < 0) {
                throw LinuxException.of(result, "utimensat", fd, name, seconds + "." + nanos);
            }
        }
    }

    /**
     * Gives a name the times of access and modification of another file; the link itself, for a symbolic link.
     *
     * @param name a single component
     * @param stat whose times
     * @throws LinuxException if utimensat(2) fails
     */
    public void setTimes(byte[] name, Stat stat) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long address = scratch.string(component(name));
            long result =
                    fd.call(Syscall.UTIMENSAT, address, timespecs(scratch, stat).address(), Open.AT_SYMLINK_NOFOLLOW);
            if (result < 0) {
                throw LinuxException.of(result, "utimensat", fd, name, "times", "AT_SYMLINK_NOFOLLOW");
            }
        }
    }

    /**
     * Gives an open file the times of access and modification of another one.
     *
     * @param file the file, not opened with O_PATH
     * @param stat whose times
     * @throws LinuxException if utimensat(2) fails
     */
    public static void setTimes(Fd file, Stat stat) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long result =
                    file.call(Syscall.UTIMENSAT, 0, timespecs(scratch, stat).address(), 0);
            if (result < 0) {
                throw LinuxException.of(result, "utimensat", file, "NULL", "times", 0);
            }
        }
    }

    private static Block timespecs(Scratch scratch, Stat stat) {
        Block times = scratch.block(32);
        times.buffer()
                .putLong(0, stat.accessedSeconds())
                .putLong(8, stat.accessedNanos())
                .putLong(16, stat.modifiedSeconds())
                .putLong(24, stat.modifiedNanos());
        return times;
    }

    private static Block timespecs(Scratch scratch, long seconds, int nanos) {
        Block times = scratch.block(32);
        times.buffer()
                .putLong(0, seconds)
                .putLong(8, nanos)
                .putLong(16, seconds)
                .putLong(24, nanos);
        return times;
    }

    /**
     * Sets access and modification time of an open file (or of this directory itself: {@code fd()}).
     *
     * @param file the file, not opened with O_PATH
     * @param seconds since 1970
     * @param nanos 0 to 999,999,999
     * @throws LinuxException if utimensat(2) fails
     */
    public static void setTime(Fd file, long seconds, int nanos) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block times = timespecs(scratch, seconds, nanos);
            long result = file.call(Syscall.UTIMENSAT, 0, times.address(), 0);
            if (result < 0) {
                throw LinuxException.of(result, "utimensat", file, "NULL", seconds + "." + nanos);
            }
        }
    }

    /**
     * Sets owner and group of an open file.
     *
     * @param file the file, not opened with O_PATH
     * @param uid new owner
     * @param gid new group
     * @throws LinuxException if fchown(2) fails
     */
    public static void chown(Fd file, int uid, int gid) throws LinuxException {
        long result = file.call(Syscall.FCHOWN, uid, gid);
        if (result < 0) {
            throw LinuxException.of(result, "fchown", file, uid, gid);
        }
    }

    /**
     * Sets the permissions of an open file.
     *
     * @param file the file, not opened with O_PATH
     * @param mode the lower 12 bits
     * @throws LinuxException if fchmod(2) fails
     */
    public static void chmod(Fd file, int mode) throws LinuxException {
        long result = file.call(Syscall.FCHMOD, mode);
        if (result < 0) {
            throw LinuxException.of(result, "fchmod", file, Integer.toOctalString(mode));
        }
    }

    /**
     * Lists the directory, without {@code .} and {@code ..}, in the kernel's order.
     *
     * @return a list of its own
     * @throws LinuxException if getdents64(2) fails
     */
    public List<DirectoryEntry> list() throws LinuxException {
        return list(Integer.MAX_VALUE);
    }

    /**
     * The same for a directory that isn't trusted.
     *
     * @param limit how many entries there may be
     * @return a list of its own
     * @throws LinuxException if getdents64(2) fails, or with EFBIG if there are more
     */
    // One at a time: how far the directory has been read is kept with the descriptor.
    public synchronized List<DirectoryEntry> list(int limit) throws LinuxException {
        List<DirectoryEntry> entries = new ArrayList<>();
        try (Scratch scratch = Scratch.open()) {
            fd.call(Syscall.LSEEK, 0, 0);
            Block block = scratch.block(32 * 1024);
            while (true) {
                long result = fd.call(Syscall.GETDENTS64, block.address(), block.length());
                if (result < 0) {
                    throw LinuxException.of(result, "getdents64", fd);
                }
                if (result == 0) {
                    return entries;
                }
                parse(block, (int) result, entries);
                if (entries.size() > limit) {
                    throw LinuxException.of(-Errno.EFBIG.number(), "getdents64", fd)
                            .withHint("the directory has more than " + limit + " entries");
                }
            }
        }
    }

    // struct linux_dirent64: inode 8, offset 8, record length 2, type 1, name.
    private static void parse(Block block, int length, List<DirectoryEntry> entries) {
        for (int at = 0; at < length; at += block.buffer().getShort(at + 16) & 0xFFFF) {
            int end = at + 19;
            while (block.buffer().get(end) != 0) {
                end++;
            }
            byte[] name = new byte[end - at - 19];
            block.buffer().get(at + 19, name);
            boolean dots = name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.'));
            if (!dots) {
                // DT_ constants are the type bits of the mode, shifted.
                int type = (block.buffer().get(at + 18) & 0xFF) << 12;
                entries.add(new DirectoryEntry(name, block.buffer().getLong(at), type));
            }
        }
    }

    /**
     * Removes a name and everything below it. Directories are entered by fd and links are not followed, so that what
     * is below can't lead outside, even while another process changes it. Mounts are not crossed: EXDEV.
     *
     * @param name a single component
     * @throws LinuxException if something can't be removed; ENOENT if there is no such name
     */
    public void removeTree(byte[] name) throws LinuxException {
        TreeRemover.remove(this, name);
    }

    /**
     * Writes the directory's entries to disk, as fsync(2).
     *
     * @throws LinuxException if that fails
     */
    public void sync() throws LinuxException {
        fd.sync();
    }

    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return "directory " + fd;
    }
}
