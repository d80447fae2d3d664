package io.lxj.linux;

/**
 * Changes owner, permissions and times of an open file, or of a name in a directory. A symbolic link is never followed:
 * it is changed itself, or the call fails. Thread-safe.
 */
public final class Metadata {
    private Metadata() {}

    /**
     * Sets owner and group of an open file.
     *
     * @param file the file, not opened with O_PATH
     * @param uid new owner, -1 to keep it
     * @param gid new group, -1 to keep it
     * @throws LinuxException if fchown(2) fails
     */
    public static void chown(Fd file, int uid, int gid) throws LinuxException {
        long result = file.call(Syscall.FCHOWN, uid, gid);
        if (result < 0) {
            throw LinuxException.of(result, "fchown", file, uid, gid);
        }
    }

    /**
     * Sets owner and group of a name; of the link itself, for a symbolic link.
     *
     * @param directory the directory
     * @param name a single component in it
     * @param uid new owner, -1 to keep it
     * @param gid new group, -1 to keep it
     * @throws LinuxException if fchownat(2) fails
     */
    public static void chown(Directory directory, byte[] name, int uid, int gid) throws LinuxException {
        Fd fd = directory.fd();
        try (Scratch scratch = Scratch.open()) {
            long address = scratch.string(FileName.component(name));
            long result = fd.call(Syscall.FCHOWNAT, address, uid, gid, Open.AT_SYMLINK_NOFOLLOW);
            if (result < 0) {
                throw LinuxException.of(result, "fchownat", fd, name, uid, gid, "AT_SYMLINK_NOFOLLOW");
            }
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
     * Sets the permissions of a name that is not a symbolic link. fchmodat(2) follows links, so the name is pinned and
     * checked first.
     *
     * @param directory the directory
     * @param name a single component in it
     * @param mode the lower 12 bits
     * @throws LinuxException if that fails; ELOOP for a symbolic link
     */
    public static void chmod(Directory directory, byte[] name, int mode) throws LinuxException {
        try (Fd file = directory.open(name, Open.O_PATH, 0)) {
            if (file.stat().isSymlink()) {
                throw LinuxException.of(
                        -Errno.ELOOP.number(), "fchmodat", directory.fd(), name, Integer.toOctalString(mode));
            }
            chmodPath(file, mode);
        }
    }

    /**
     * Sets the permissions of a file that isn't open but pinned.
     *
     * @param file the file, opened with O_PATH; no symbolic link
     * @param mode the lower 12 bits
     * @throws LinuxException if fchmodat(2) fails
     */
    public static void chmodPath(Fd file, int mode) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long result = file.makes(
                    Syscall.FCHMODAT, Open.AT_FDCWD, scratch.string("/proc/self/fd/" + file.number()), mode, 0);
            if (result < 0) {
                throw LinuxException.of(result, "fchmodat", file, Integer.toOctalString(mode));
            }
        }
    }

    /**
     * Sets access and modification time of an open file.
     *
     * @param file the file, not opened with O_PATH
     * @param times the times
     * @throws LinuxException if utimensat(2) fails
     */
    public static void setTimes(Fd file, FileTimes times) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long result = file.call(Syscall.UTIMENSAT, 0, times.in(scratch).address(), 0);
            if (result < 0) {
                throw LinuxException.of(result, "utimensat", file, "NULL", times, 0);
            }
        }
    }

    /**
     * Sets access and modification time of a name; of the link itself, for a symbolic link.
     *
     * @param directory the directory
     * @param name a single component in it
     * @param times the times
     * @throws LinuxException if utimensat(2) fails
     */
    public static void setTimes(Directory directory, byte[] name, FileTimes times) throws LinuxException {
        Fd fd = directory.fd();
        try (Scratch scratch = Scratch.open()) {
            long address = scratch.string(FileName.component(name));
            long result = fd.call(Syscall.UTIMENSAT, address, times.in(scratch).address(), Open.AT_SYMLINK_NOFOLLOW);
            if (result < 0) {
                throw LinuxException.of(result, "utimensat", fd, name, times, "AT_SYMLINK_NOFOLLOW");
            }
        }
    }
}
