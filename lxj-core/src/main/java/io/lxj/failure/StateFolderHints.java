package io.lxj.failure;

import io.lxj.linux.Errno;
import java.util.Map;
import java.util.Optional;

/** What to do about that which can go wrong with any file of the state folder. Thread-safe. */
public final class StateFolderHints {
    private static final Map<Errno, String> DISK = Map.of(
            Errno.ENOSPC, "the file system of the state folder is full: remove images or containers, or make room",
            Errno.EDQUOT, "the disk quota of this user is used up",
            Errno.EROFS, "the file system of the state folder is mounted read-only",
            Errno.EIO, "the disk reports an error; see the kernel's log",
            Errno.EOVERFLOW,
                    "the mount that the state folder is on doesn't have all ids: one that is shifted() into a container lacks"
                            + " those of containers in there; have it among the container's own files");
    private static final Map<Errno, String> PROCESS = Map.of(
            Errno.EACCES, "the state folder belongs to one user; run as that user, or open another state folder");

    private StateFolderHints() {}

    /**
     * For work on lxj's own files.
     *
     * @param errno what the kernel said
     * @return the advice, if there is any
     */
    public static Optional<String> of(Errno errno) {
        return disk(errno).or(() -> Optional.ofNullable(PROCESS.get(errno)));
    }

    /**
     * For work on files of an image or a container, whose permissions are their own.
     *
     * @param errno what the kernel said
     * @return the advice, if it is the disk's fault
     */
    public static Optional<String> disk(Errno errno) {
        return Optional.ofNullable(DISK.get(errno));
    }
}
