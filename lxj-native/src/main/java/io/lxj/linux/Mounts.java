package io.lxj.linux;

/** Taking mounts away, see umount(2). Thread-safe. */
public final class Mounts {
    private Mounts() {}

    /**
     * Unmounts what is mounted last on a path; a symbolic link at its end isn't followed.
     *
     * @param path a path of the host that the caller trusts
     * @param flags MNT_DETACH, or 0
     * @throws LinuxException EINVAL if nothing is mounted there, EBUSY if it is in use
     */
    public static void unmount(byte[] path, int flags) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long result = Kernel.call(Syscall.UMOUNT2, scratch.string(path), flags | MountFlags.UMOUNT_NOFOLLOW);
            if (result < 0) {
                String name = (flags & MountFlags.MNT_DETACH) != 0 ? "MNT_DETACH|UMOUNT_NOFOLLOW" : "UMOUNT_NOFOLLOW";
                throw LinuxException.of(result, "umount2", path, name);
            }
        }
    }

    /**
     * Detaches a mount whose root is open, with the mounts below it: it is out of the tree at once, and gone when
     * nothing uses it any more. No path is resolved.
     *
     * @param root the root of the mount
     * @throws LinuxException EINVAL if it isn't the root of a mount of this mount namespace
     */
    public static void detach(Fd root) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long result = root.borrow(number -> root.makes(
                    Syscall.UMOUNT2, scratch.string("/proc/self/fd/" + number), MountFlags.MNT_DETACH, 0, 0));
            if (result < 0) {
                throw LinuxException.of(result, "umount2", root, "MNT_DETACH");
            }
        }
    }
}
