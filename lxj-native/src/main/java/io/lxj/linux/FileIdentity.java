package io.lxj.linux;

/**
 * As whom the calling thread makes files, until this is closed: another user and group, with all the rights that it has
 * otherwise. A file system that is mounted in a user namespace takes no file of an owner that has no id there, not even
 * from root (EOVERFLOW); see setfsuid(2). Used by the thread that made it, and by no other.
 */
public final class FileIdentity implements AutoCloseable {
    private static final long CAPABILITY_VERSION_3 = 0x20080522L;
    private static final int SETS = 24;

    private final Thread thread = Thread.currentThread();
    private final long uid;
    private final long gid;

    private FileIdentity(long uid, long gid) {
        this.uid = uid;
        this.gid = gid;
    }

    /**
     * Takes the identity.
     *
     * @param uid the owner of the files that the thread makes
     * @param gid their group
     * @return what gives the thread its own back
     * @throws LinuxException EPERM if the thread may not
     */
    public static FileIdentity of(long uid, long gid) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block header = scratch.zeroed(8);
            header.buffer().putLong(0, CAPABILITY_VERSION_3);
            Block sets = scratch.zeroed(SETS);
            check(Kernel.call(Syscall.CAPGET, header.address(), sets.address()), "capget");
            // Both calls return what was before, whatever happens, and have no errors.
            FileIdentity before = new FileIdentity(
                    Kernel.call(Syscall.SETFSUID, (int) uid), Kernel.call(Syscall.SETFSGID, (int) gid));
            try {
                // The change took away the capabilities that are about files, see capabilities(7).
                check(Kernel.call(Syscall.CAPSET, header.address(), sets.address()), "capset");
                if ((int) Kernel.call(Syscall.SETFSUID, -1) != (int) uid
                        || (int) Kernel.call(Syscall.SETFSGID, -1) != (int) gid) {
                    throw LinuxException.of(-Errno.EPERM.number(), "setfsuid", uid, gid);
                }
                return before;
            } catch (LinuxException e) {
                before.close();
                throw e;
            }
        }
    }

    private static void check(long result, String call) throws LinuxException {
        if (result < 0) {
            throw LinuxException.of(result, call, "_LINUX_CAPABILITY_VERSION_3");
        }
    }

    /** Gives the thread its own identity back. */
    @Override
    public void close() {
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException("the identity belongs to thread " + thread.getName());
        }
        Kernel.call(Syscall.SETFSGID, (int) gid);
        // Back to root it gives the capabilities back that going away took.
        Kernel.call(Syscall.SETFSUID, (int) uid);
    }
}
