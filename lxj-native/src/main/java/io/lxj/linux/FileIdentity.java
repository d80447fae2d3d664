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
    private final Deputy deputy;

    private FileIdentity(long uid, long gid, Deputy deputy) {
        this.uid = uid;
        this.gid = gid;
        this.deputy = deputy;
    }

    /**
     * Takes the identity; if a deputy makes the files, the deputy does, for this thread alone.
     *
     * @param place where the files are made
     * @param uid the owner of the files that the thread makes
     * @param gid their group
     * @return what gives the thread its own back
     * @throws LinuxException EPERM if the thread may not
     */
    public static FileIdentity of(Fd place, long uid, long gid) throws LinuxException {
        Deputy deputy = place.deputy().orElse(null);
        if (deputy == null) {
            return of(uid, gid);
        }
        deputy.lock();
        FileIdentity taken = null;
        try {
            taken = of(deputy, uid, gid);
            return taken;
        } finally {
            if (taken == null) {
                deputy.unlock();
            }
        }
    }

    /**
     * Takes the identity, on this thread.
     *
     * @param uid the owner of the files that the thread makes
     * @param gid their group
     * @return what gives the thread its own back
     * @throws LinuxException EPERM if the thread may not
     */
    public static FileIdentity of(long uid, long gid) throws LinuxException {
        return of((Deputy) null, uid, gid);
    }

    private static long call(Deputy deputy, Syscall call, long a0, long a1) {
        return deputy == null ? Kernel.call(call, a0, a1) : deputy.call(call, a0, a1, 0, 0, 0, 0);
    }

    private static FileIdentity of(Deputy deputy, long uid, long gid) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block header = scratch.zeroed(8);
            header.buffer().putLong(0, CAPABILITY_VERSION_3);
            Block sets = scratch.zeroed(SETS);
            check(call(deputy, Syscall.CAPGET, header.address(), sets.address()), "capget");
            // Both calls return what was before, whatever happens, and have no errors.
            FileIdentity before = new FileIdentity(
                    call(deputy, Syscall.SETFSUID, (int) uid, 0), call(deputy, Syscall.SETFSGID, (int) gid, 0), deputy);
            try {
                // The change took away the capabilities that are about files, see capabilities(7).
                check(call(deputy, Syscall.CAPSET, header.address(), sets.address()), "capset");
                if ((int) call(deputy, Syscall.SETFSUID, -1, 0) != (int) uid
                        || (int) call(deputy, Syscall.SETFSGID, -1, 0) != (int) gid) {
                    throw LinuxException.of(-Errno.EPERM.number(), "setfsuid", uid, gid);
                }
                return before;
            } catch (LinuxException e) {
                before.giveBack();
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
        giveBack();
        if (deputy != null) {
            deputy.unlock();
        }
    }

    private void giveBack() {
        call(deputy, Syscall.SETFSGID, (int) gid, 0);
        // Back to root it gives the capabilities back that going away took.
        call(deputy, Syscall.SETFSUID, (int) uid, 0);
    }
}
