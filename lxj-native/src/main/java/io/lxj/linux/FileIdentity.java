package io.lxj.linux;

/**
 * As whom files are made: another user and group, with all the rights that this thread, or the {@link Deputy} that makes
 * them, has otherwise. A file system that is mounted in a user namespace takes no file of an owner that has no id there,
 * not even from root (EOVERFLOW); see setfsuid(2). Thread-safe.
 */
public final class FileIdentity {
    private static final long CAPABILITY_VERSION_3 = 0x20080522L;
    private static final int SETS = 24;

    private final Deputy deputy;

    private FileIdentity(Deputy deputy) {
        this.deputy = deputy;
    }

    /**
     * What is done in the meantime.
     *
     * @param <T> what it makes
     * @param <E> what it throws
     */
    @FunctionalInterface
    public interface Work<T, E extends Exception> {
        /**
         * Does it, on this thread.
         *
         * @return what it made
         * @throws E if it fails
         */
        T run() throws E;
    }

    /**
     * Runs work with another identity; if a deputy makes the files, the deputy has it, for this thread alone.
     *
     * @param place where the files are made
     * @param uid the owner of the files that the work makes
     * @param gid their group
     * @param work the work
     * @param <T> what it makes
     * @param <E> what it throws
     * @return what it made
     * @throws LinuxException EPERM if the identity can't be taken
     * @throws E what the work throws
     */
    public static <T, E extends Exception> T as(Fd place, long uid, long gid, Work<T, E> work)
            throws LinuxException, E {
        Deputy deputy = place.deputy().orElse(null);
        if (deputy == null) {
            return as(uid, gid, work);
        }
        synchronized (deputy.calls) {
            try {
                return new FileIdentity(deputy).run(uid, gid, work);
            } catch (Error e) {
                // It may have hit between taking the identity and giving it back.
                deputy.giveUp();
                throw e;
            }
        }
    }

    /**
     * Runs work with another identity of this thread.
     *
     * @param uid the owner of the files that the work makes
     * @param gid their group
     * @param work the work
     * @param <T> what it makes
     * @param <E> what it throws
     * @return what it made
     * @throws LinuxException EPERM if the identity can't be taken
     * @throws E what the work throws
     */
    public static <T, E extends Exception> T as(long uid, long gid, Work<T, E> work) throws LinuxException, E {
        return new FileIdentity(null).run(uid, gid, work);
    }

    private <T, E extends Exception> T run(long uid, long gid, Work<T, E> work) throws LinuxException, E {
        try (Scratch scratch = Scratch.open()) {
            Block header = scratch.zeroed(8);
            header.buffer().putLong(0, CAPABILITY_VERSION_3);
            Block sets = scratch.zeroed(SETS);
            check(call(Syscall.CAPGET, header.address(), sets.address()), "capget");
            // Both calls return what was before, whatever happens, and have no errors.
            int userBefore = (int) call(Syscall.SETFSUID, (int) uid, 0);
            int groupBefore = (int) call(Syscall.SETFSGID, (int) gid, 0);
            try {
                // The change took away the capabilities that are about files, see capabilities(7).
                check(call(Syscall.CAPSET, header.address(), sets.address()), "capset");
                if ((int) call(Syscall.SETFSUID, -1, 0) != (int) uid
                        || (int) call(Syscall.SETFSGID, -1, 0) != (int) gid) {
                    throw LinuxException.of(-Errno.EPERM.number(), "setfsuid", uid, gid);
                }
                return work.run();
            } finally {
                call(Syscall.SETFSGID, groupBefore, 0);
                // Back to root it gives the capabilities back that going away took.
                call(Syscall.SETFSUID, userBefore, 0);
            }
        }
    }

    private long call(Syscall call, long a0, long a1) {
        return deputy == null ? Kernel.call(call, a0, a1) : deputy.call(call, a0, a1, 0, 0, 0, 0);
    }

    private static void check(long result, String call) throws LinuxException {
        if (result < 0) {
            throw LinuxException.of(result, call, "_LINUX_CAPABILITY_VERSION_3");
        }
    }
}
