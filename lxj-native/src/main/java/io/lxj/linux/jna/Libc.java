package io.lxj.linux.jna;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/**
 * The functions of the C library that lxj calls, under their own names. All arguments are plain numbers; a pointer is
 * its address. Nothing here decides anything. Thread-safe.
 */
public final class Libc {
    static {
        LibraryFolder.choose();
        Native.register(Libc.class, NativeLibrary.getInstance("c"));
    }

    private Libc() {}

    /** syscall(2): -1 and {@link #errno()} on failure. */
    public static native long syscall(long number, long a0, long a1, long a2, long a3, long a4, long a5);

    /** posix_spawn(3): returns the error number itself, 0 on success. */
    public static native int posix_spawn(long pid, long path, long fileActions, long attributes, long argv, long envp);

    /** posix_spawn_file_actions_init(3). */
    public static native int posix_spawn_file_actions_init(long fileActions);

    /** posix_spawn_file_actions_destroy(3). */
    public static native int posix_spawn_file_actions_destroy(long fileActions);

    /** posix_spawn_file_actions_adddup2(3). */
    public static native int posix_spawn_file_actions_adddup2(long fileActions, int from, int to);

    /** posix_spawnattr_init(3). */
    public static native int posix_spawnattr_init(long attributes);

    /** posix_spawnattr_destroy(3). */
    public static native int posix_spawnattr_destroy(long attributes);

    /** posix_spawnattr_setflags(3). */
    public static native int posix_spawnattr_setflags(long attributes, short flags);

    /** posix_spawnattr_setsigmask(3). */
    public static native int posix_spawnattr_setsigmask(long attributes, long set);

    /** posix_spawnattr_setsigdefault(3). */
    public static native int posix_spawnattr_setsigdefault(long attributes, long set);

    /** The error number of this thread's last call. */
    public static int errno() {
        return Native.getLastError();
    }
}
