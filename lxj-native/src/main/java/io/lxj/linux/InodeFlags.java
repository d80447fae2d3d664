package io.lxj.linux;

/**
 * The attributes of a file that chattr(1) changes, see ioctl_iflags(2). A file with one of those that protect it can't be
 * removed, not even by root, until it is taken away.
 */
final class InodeFlags {
    // _IOR('f', 1, long) and _IOW('f', 2, long), although the kernel reads and writes an int.
    private static final long FS_IOC_GETFLAGS = 0x80086601L;
    private static final long FS_IOC_SETFLAGS = 0x40086602L;
    private static final int FS_IMMUTABLE_FL = 0x10;
    private static final int FS_APPEND_FL = 0x20;

    private InodeFlags() {}

    /** Takes the protection off an open file or directory; false if there was none, or it can't be taken off. */
    static boolean unprotect(Fd file) {
        try (Scratch scratch = Scratch.open()) {
            Block flags = scratch.zeroed(Long.BYTES);
            if (file.call(Syscall.IOCTL, FS_IOC_GETFLAGS, flags.address()) < 0) {
                return false;
            }
            int before = flags.buffer().getInt(0);
            int after = before & ~(FS_IMMUTABLE_FL | FS_APPEND_FL);
            if (before == after) {
                return false;
            }
            flags.buffer().putInt(0, after);
            return file.call(Syscall.IOCTL, FS_IOC_SETFLAGS, flags.address()) >= 0;
        }
    }

    /** The same for a name in a directory. Only regular files and directories have such attributes. */
    static boolean unprotect(Directory directory, byte[] name) throws LinuxException {
        Stat stat = directory.stat(name);
        if (!stat.isRegular() && !stat.isDirectory()) {
            return false;
        }
        // Without blocking: it may have been replaced by a FIFO meanwhile.
        try (Fd file = directory.open(name, Open.O_RDONLY | Open.O_NONBLOCK | Open.O_NOCTTY, 0)) {
            return unprotect(file);
        }
    }
}
