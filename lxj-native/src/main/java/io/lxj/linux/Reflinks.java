package io.lxj.linux;

import java.nio.file.Path;

/** Whether files of a file system can share what they have in common, see ioctl_ficlonerange(2). Stateless and thread-safe. */
public final class Reflinks {
    private static final int MODE = 0600;
    private static final int BLOCK = 4096;

    private Reflinks() {}

    /**
     * Tries it, with files that never have a name.
     *
     * @param folder a folder of the file system that files can be made in
     * @throws LinuxException EOPNOTSUPP if they can't; or if no file can be made there
     */
    public static void attempt(Path folder) throws LinuxException {
        int flags = Open.O_TMPFILE | Open.O_EXCL | Open.O_RDWR;
        try (Fd from = Fd.open(folder, flags, MODE);
                Fd to = Fd.open(folder, flags, MODE)) {
            from.write(new byte[BLOCK]);
            long result = from.borrow(number -> to.call(Syscall.IOCTL, FileCopy.FICLONE, number));
            if (result < 0) {
                throw LinuxException.of(result, "ioctl", to, "FICLONE", from);
            }
        }
    }
}
