package io.lxj.storage;

import io.lxj.linux.FileSystemType;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a file system can hold. A type that isn't listed is taken for able: the kernel answers for itself then. Immutable
 * and thread-safe.
 */
final class FileSystemSupport {
    private static final FileSystemType VFAT = new FileSystemType(0x4d44);
    private static final FileSystemType EXFAT = new FileSystemType(0x2011BAB0);
    private static final FileSystemType SMB2 = new FileSystemType(0xFE534D42L);
    private static final FileSystemType CIFS = new FileSystemType(0xFF534D42L);
    private static final FileSystemType ECRYPTFS = new FileSystemType(0xF15F);

    private static final String NO_OWNERS = "it has neither owners nor device nodes";
    private static final String REMOTE = "locks and renames on it don't hold between machines";

    private static final Map<FileSystemType, String> UNFIT = Map.of(
            VFAT,
            NO_OWNERS,
            EXFAT,
            NO_OWNERS,
            FileSystemType.NFS,
            REMOTE,
            SMB2,
            REMOTE,
            CIFS,
            REMOTE,
            FileSystemType.V9FS,
            REMOTE,
            FileSystemType.SQUASHFS,
            "it is read-only",
            FileSystemType.PROC,
            "it holds no files of ours",
            FileSystemType.SYSFS,
            "it holds no files of ours",
            FileSystemType.RAMFS,
            "it has no limit and can't take extended attributes");

    // See "Upper layer" in Documentation/filesystems/overlayfs.rst: it needs xattrs, d_type and no revalidation.
    private static final Set<FileSystemType> NO_UPPER = Set.of(FileSystemType.OVERLAY, FileSystemType.FUSE, ECRYPTFS);

    private FileSystemSupport() {}

    /** Why a state folder can't be on this file system, or empty if it can. */
    static Optional<String> refusal(FileSystemType type) {
        return Optional.ofNullable(UNFIT.get(type));
    }

    /** Whether the changed files of an overlay can be on this file system. */
    static boolean canHoldUpper(FileSystemType type) {
        return !UNFIT.containsKey(type) && !NO_UPPER.contains(type);
    }
}
