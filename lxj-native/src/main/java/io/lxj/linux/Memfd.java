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
     * Makes an empty file that can't be executed, where the kernel can promise that (from 6.3 on). Such a file is allowed
     * whatever vm.memfd_noexec is.
     *
     * @param name for people who look at /proc
     * @return the file, open for reading and writing
     * @throws LinuxException if memfd_create(2) fails
     */
    public static Fd create(String name) throws LinuxException {
        return create(name, MFD_NOEXEC_SEAL, "MFD_NOEXEC_SEAL");
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
            file = create(name, MFD_EXEC, "MFD_EXEC");
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

    private static Fd create(String name, int flag, String flagName) throws LinuxException {
        int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
        try (Scratch scratch = Scratch.open()) {
            long address = scratch.string(name);
            long result = Kernel.call(Syscall.MEMFD_CREATE, address, flags | flag);
            if (Errno.EINVAL.is(result)) {
                // Kernels before 6.3 don't know the flag and make every such file executable.
                result = Kernel.call(Syscall.MEMFD_CREATE, address, flags);
            }
            if (result < 0) {
                throw LinuxException.of(result, "memfd_create", name, "MFD_CLOEXEC|MFD_ALLOW_SEALING|" + flagName);
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
}
