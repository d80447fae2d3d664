package io.lxj.linux;

/**
 * The stage as a file that can be executed: a sealed memfd, made once for each JVM. Nothing can write to it, so a
 * container whose init points at /proc/self/exe gains nothing (CVE-2019-5736).
 */
final class StageFile {
    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_ALLOW_SEALING = 2;
    private static final int MFD_EXEC = 0x10;
    private static final int F_ADD_SEALS = 1033;
    private static final int ALL_SEALS = 0x0F;

    private static Fd file;

    private StageFile() {}

    static synchronized Fd get() throws LinuxException {
        if (file == null) {
            file = make();
        }
        return file;
    }

    private static Fd make() throws LinuxException {
        Fd fd = create();
        try {
            fd.write(Stage.executable(Architecture.current()));
            long result = Kernel.call(Syscall.FCNTL, fd.number(), F_ADD_SEALS, ALL_SEALS);
            if (result < 0) {
                throw LinuxException.of(result, "fcntl", fd.number(), "F_ADD_SEALS", ALL_SEALS);
            }
            return fd;
        } catch (LinuxException e) {
            fd.close();
            throw e;
        }
    }

    private static Fd create() throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long name = scratch.string("lxj-stage");
            int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
            long result = Kernel.call(Syscall.MEMFD_CREATE, name, flags | MFD_EXEC);
            if (Errno.EINVAL.is(result)) {
                // Kernels before 6.3 don't know MFD_EXEC and always make executable ones.
                result = Kernel.call(Syscall.MEMFD_CREATE, name, flags);
            }
            if (result < 0) {
                throw LinuxException.of(result, "memfd_create", "lxj-stage", "MFD_CLOEXEC|MFD_ALLOW_SEALING|MFD_EXEC");
            }
            return new Fd((int) result);
        }
    }
}
