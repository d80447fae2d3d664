package io.lxj.linux;

/**
 * Files that exist in memory only, see memfd_create(2). The methods give the open file, close-on-exec, to the caller.
 * Thread-safe.
 */
public final class Memfd {
    private static final int MFD_CLOEXEC = 0x1;
    private static final int MFD_ALLOW_SEALING = 0x2;
    private static final int MFD_NOEXEC_SEAL = 0x8;
    private static final int MFD_EXEC = 0x10;
    private static final int F_ADD_SEALS = 1033;
    private static final int F_GET_SEALS = 1034;

    /** No more seals. */
    public static final int F_SEAL_SEAL = 0x1;
    /** The file can't be cut. */
    public static final int F_SEAL_SHRINK = 0x2;
    /** The file can't grow. */
    public static final int F_SEAL_GROW = 0x4;
    /** The content can't change. */
    public static final int F_SEAL_WRITE = 0x8;

    private static final int ALL = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

    private Memfd() {}

    /**
     * Makes an empty file that can't be executed, where the kernel can promise that (from 6.3 on).
     *
     * @param name for people who look at /proc
     * @return the file, open for reading and writing
     * @throws LinuxException if memfd_create(2) fails
     */
    public static Fd create(String name) throws LinuxException {
        return create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING, MFD_NOEXEC_SEAL);
    }

    /**
     * Makes a file that can be executed and never be changed.
     *
     * @param name for people who look at /proc
     * @param content what it holds
     * @return the sealed file
     * @throws LinuxException if memfd_create(2) fails; EACCES if the host forbids executable memory files
     */
    public static Fd executable(String name, byte[] content) throws LinuxException {
        Fd file;
        try {
            file = create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING, MFD_EXEC);
        } catch (LinuxException e) {
            throw e.is(Errno.EACCES) ? e.withHint("the sysctl vm.memfd_noexec is 2 on this host: set it to 0 or 1") : e;
        }
        try {
            file.write(content);
            seal(file, ALL);
            return file;
        } catch (LinuxException e) {
            file.close();
            throw e;
        }
    }

    // Kernels before 6.3 don't know the flag and make every such file executable.
    private static Fd create(String name, int flags, int newer) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long address = scratch.string(name);
            long result = Kernel.call(Syscall.MEMFD_CREATE, address, flags | newer);
            if (Errno.EINVAL.is(result)) {
                result = Kernel.call(Syscall.MEMFD_CREATE, address, flags);
            }
            if (result < 0) {
                throw LinuxException.of(result, "memfd_create", name, "0x" + Integer.toHexString(flags | newer));
            }
            return new Fd((int) result);
        }
    }

    /**
     * Adds seals, which can never be taken off again.
     *
     * @param file a memory file
     * @param seals F_SEAL bits
     * @throws LinuxException EBUSY with F_SEAL_WRITE while it is mapped for writing, EPERM if it has F_SEAL_SEAL
     */
    public static void seal(Fd file, int seals) throws LinuxException {
        long result = file.call(Syscall.FCNTL, F_ADD_SEALS, seals);
        if (result < 0) {
            throw LinuxException.of(result, "fcntl", file, "F_ADD_SEALS", "0x" + Integer.toHexString(seals));
        }
    }

    /**
     * The seals of a file.
     *
     * @param file a memory file
     * @return F_SEAL bits
     * @throws LinuxException EINVAL if it is another kind of file
     */
    public static int seals(Fd file) throws LinuxException {
        long result = file.call(Syscall.FCNTL, F_GET_SEALS);
        if (result < 0) {
            throw LinuxException.of(result, "fcntl", file, "F_GET_SEALS");
        }
        return (int) result;
    }

    /**
     * Writes an executable file that has no name any more, for hosts that forbid executable memory files. It is opened
     * through a read-only mount of its own, so that nobody who finds it as /proc/PID/exe can open it for writing.
     *
     * @param folder where it is for a moment: a directory that nobody else may write to, on a file system without the
     *     option noexec
     * @param content what it holds
     * @return the file, open for reading
     * @throws LinuxException if it can't be written; EPERM without CAP_SYS_ADMIN, which the mount needs
     */
    public static Fd executableIn(Directory folder, byte[] content) throws LinuxException {
        byte[] name = FileName.bytes(".stage-" + Long.toHexString(System.nanoTime()));
        Fd written = folder.open(name, Open.O_WRONLY | Open.O_CREAT | Open.O_EXCL, 0500);
        try {
            // Closed before it is opened again: what is open for writing can't be executed.
            try (written) {
                written.write(content);
            }
            try (DetachedMount mount = DetachedMount.clone(folder.fd(), false)) {
                mount.setAttributes(MountFlags.MOUNT_ATTR_RDONLY, MountFlags.MOUNT_ATTR_NOEXEC, false);
                try (Directory readOnly = new Directory(mount.fd().duplicate())) {
                    return readOnly.open(name, Open.O_RDONLY, 0);
                }
            }
        } finally {
            folder.unlink(name);
        }
    }
}
