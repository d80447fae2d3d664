package io.lxj.linux;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a {@link Deputy} has to know of a system call to make it for another process: which arguments are fds, which are
 * addresses, how much stands there, and whether the result is an fd. Immutable and thread-safe.
 *
 * <p>A letter for each argument: {@code v} a number, {@code f} an fd, {@code s} a string,
 * {@code p} one that may name an fd of the caller by its path in /proc/self/fd, {@code i} memory that the call
 * reads, {@code o} memory that it writes to; another argument, or a fixed size, says how much.
 */
final class DelegatedCall {
    private static final Map<Syscall, DelegatedCall> ALL = new EnumMap<>(Syscall.class);
    private static final int TIMES = 32;
    private static final int STATX = 256;
    private static final int CAPABILITIES = 24;
    private static final int STATFS = 120;

    /** How much of a file is read or written by one call at most. */
    static final int PIECE = 64 * 1024;

    /** What is in files, too: for whoever has no time to be held up by them. */
    private static final Map<Syscall, DelegatedCall> CONTENT = new EnumMap<>(Syscall.class);

    static {
        put(Syscall.OPENAT, "fpvv", true);
        put(Syscall.OPENAT2, "fsiv", 3, 0, true);
        put(Syscall.MKDIRAT, "fsv", false);
        put(Syscall.MKNODAT, "fsvv", false);
        put(Syscall.SYMLINKAT, "sfs", false);
        put(Syscall.LINKAT, "fsfsv", false);
        put(Syscall.UNLINKAT, "fsv", false);
        put(Syscall.RENAMEAT2, "fsfsv", false);
        put(Syscall.READLINKAT, "fsov", 3, 0, false);
        put(Syscall.FACCESSAT2, "fsvv", false);
        put(Syscall.STATX, "fsvvo", -1, STATX, false);
        put(Syscall.FCHOWN, "fvv", false);
        put(Syscall.FCHOWNAT, "fsvvv", false);
        put(Syscall.FCHMOD, "fv", false);
        put(Syscall.FCHMODAT, "fpv", false);
        put(Syscall.UTIMENSAT, "fsiv", -1, TIMES, false);
        put(Syscall.FSETXATTR, "fsivv", 3, 0, false);
        put(Syscall.LSETXATTR, "psivv", 3, 0, false);
        put(Syscall.FGETXATTR, "fsov", 3, 0, false);
        put(Syscall.LGETXATTR, "psov", 3, 0, false);
        put(Syscall.FLISTXATTR, "fov", 2, 0, false);
        put(Syscall.LLISTXATTR, "pov", 2, 0, false);
        put(Syscall.FREMOVEXATTR, "fs", false);
        put(Syscall.LREMOVEXATTR, "ps", false);
        put(Syscall.INOTIFY_ADD_WATCH, "fpv", false);
        put(Syscall.UMOUNT2, "pv", false);
        put(Syscall.OPEN_TREE, "fsv", true);
        put(Syscall.MOVE_MOUNT, "fsfsv", false);
        put(Syscall.MOUNT_SETATTR, "fsviv", 4, 0, false);
        put(Syscall.FSOPEN, "sv", true);
        put(Syscall.FSCONFIG, "fvspv", false);
        put(Syscall.FSMOUNT, "fvv", true);
        put(Syscall.SETFSUID, "v", false);
        put(Syscall.SETFSGID, "v", false);
        put(Syscall.CAPGET, "io", -1, CAPABILITIES, false);
        put(Syscall.CAPSET, "ii", -1, CAPABILITIES, false);

        CONTENT.put(Syscall.READ, new DelegatedCall("fov", 2, PIECE, false));
        CONTENT.put(Syscall.PREAD64, new DelegatedCall("fovv", 2, PIECE, false));
        CONTENT.put(Syscall.WRITE, new DelegatedCall("fiv", 2, PIECE, false));
        CONTENT.put(Syscall.PWRITE64, new DelegatedCall("fivv", 2, PIECE, false));
        CONTENT.put(Syscall.GETDENTS64, new DelegatedCall("fov", 2, PIECE, false));
        CONTENT.put(Syscall.FSTATFS, new DelegatedCall("fo", -1, STATFS, false));
        CONTENT.put(Syscall.LSEEK, new DelegatedCall("fvv", -1, 0, false));
        CONTENT.put(Syscall.FTRUNCATE, new DelegatedCall("fv", -1, 0, false));
    }

    private final String arguments;
    private final int lengthAt;
    private final int length;
    private final boolean returnsFd;

    private DelegatedCall(String arguments, int lengthAt, int length, boolean returnsFd) {
        this.arguments = arguments;
        this.lengthAt = lengthAt;
        this.length = length;
        this.returnsFd = returnsFd;
    }

    private static void put(Syscall call, String arguments, boolean returnsFd) {
        put(call, arguments, -1, 0, returnsFd);
    }

    private static void put(Syscall call, String arguments, int lengthAt, int length, boolean returnsFd) {
        ALL.put(call, new DelegatedCall(arguments, lengthAt, length, returnsFd));
    }

    /**
     * Empty for a call that isn't about names, owners or mounts: an fd serves whoever has it. Those on the content of files
     * are delegated only to be given up in time. fsync(2) isn't: a slow disk may take long.
     */
    static Optional<DelegatedCall> of(Syscall call, boolean content) {
        DelegatedCall delegated = ALL.get(call);
        return Optional.ofNullable(delegated == null && content ? CONTENT.get(call) : delegated);
    }

    char kind(int argument) {
        return argument < arguments.length() ? arguments.charAt(argument) : 'v';
    }

    /** How much memory an argument leads to. */
    int length(long[] values) {
        return lengthAt < 0 ? length : (int) values[lengthAt];
    }

    /** The same arguments, but for a length that is more than fits: the kernel may read and write less than it is asked to, too. */
    long[] fitting(long[] values) {
        if (lengthAt < 0 || length == 0 || values[lengthAt] <= length) {
            return values;
        }
        long[] fitting = values.clone();
        fitting[lengthAt] = length;
        return fitting;
    }

    boolean returnsFd() {
        return returnsFd;
    }
}
