package io.lxj.linux;

import java.util.Map;
import java.util.Set;

/**
 * What kind of file system a file is on: the {@code f_type} of statfs(2), a magic number of {@code linux/magic.h}.
 * Immutable and thread-safe.
 *
 * @param magic the number, 32 bits without sign
 */
public record FileSystemType(long magic) {
    /** procfs. */
    public static final FileSystemType PROC = new FileSystemType(0x9FA0);
    /** sysfs. */
    public static final FileSystemType SYSFS = new FileSystemType(0x62656572);
    /** tmpfs. */
    public static final FileSystemType TMPFS = new FileSystemType(0x01021994);
    /** ramfs. */
    public static final FileSystemType RAMFS = new FileSystemType(0x858458F6L);
    /** The terminals of devpts. */
    public static final FileSystemType DEVPTS = new FileSystemType(0x1CD1);
    /** cgroup v1. */
    public static final FileSystemType CGROUP = new FileSystemType(0x27E0EB);
    /** cgroup v2. */
    public static final FileSystemType CGROUP2 = new FileSystemType(0x63677270);
    /** overlayfs. */
    public static final FileSystemType OVERLAY = new FileSystemType(0x794C7630);
    /** ext2, ext3 and ext4, which share their number. */
    public static final FileSystemType EXT4 = new FileSystemType(0xEF53);
    /** XFS. */
    public static final FileSystemType XFS = new FileSystemType(0x58465342);
    /** Btrfs. */
    public static final FileSystemType BTRFS = new FileSystemType(0x9123683EL);
    /** NFS. */
    public static final FileSystemType NFS = new FileSystemType(0x6969);
    /** FUSE. */
    public static final FileSystemType FUSE = new FileSystemType(0x65735546);
    /** The plan 9 protocol, as virtual machines use it. */
    public static final FileSystemType V9FS = new FileSystemType(0x01021997);
    /** The namespaces of /proc/PID/ns. */
    public static final FileSystemType NSFS = new FileSystemType(0x6E736673);
    /** securityfs. */
    public static final FileSystemType SECURITYFS = new FileSystemType(0x73636673);
    /** bpffs. */
    public static final FileSystemType BPF = new FileSystemType(0xCAFE4A11L);
    /** debugfs. */
    public static final FileSystemType DEBUGFS = new FileSystemType(0x64626720);
    /** tracefs. */
    public static final FileSystemType TRACEFS = new FileSystemType(0x74726163);
    /** configfs. */
    public static final FileSystemType CONFIGFS = new FileSystemType(0x62656570);
    /** efivarfs. */
    public static final FileSystemType EFIVARFS = new FileSystemType(0xDE5E81E4L);
    /** binfmt_misc. */
    public static final FileSystemType BINFMT_MISC = new FileSystemType(0x42494E4D);
    /** The control files of FUSE. */
    public static final FileSystemType FUSECTL = new FileSystemType(0x65735543);
    /** selinuxfs. */
    public static final FileSystemType SELINUXFS = new FileSystemType(0xF97CFF8CL);
    /** POSIX message queues. */
    public static final FileSystemType MQUEUE = new FileSystemType(0x19800202);
    /** The control of caches and memory bandwidth. */
    public static final FileSystemType RESCTRL = new FileSystemType(0x7655821);
    /** The persistent store. */
    public static final FileSystemType PSTORE = new FileSystemType(0x6165676C);
    /** The control of the NFS server. */
    public static final FileSystemType NFSD = new FileSystemType(0x6E667364);
    /** The pipes of Sun RPC. */
    public static final FileSystemType RPC_PIPEFS = new FileSystemType(0x67596969);
    /** The control of Smack. */
    public static final FileSystemType SMACKFS = new FileSystemType(0x43415D53);
    /** The files of AppArmor's namespaces. */
    public static final FileSystemType AAFS = new FileSystemType(0x5A3C69F0);
    /** The devices of Binder. */
    public static final FileSystemType BINDERFS = new FileSystemType(0x6C6F6F70);
    /** squashfs. */
    public static final FileSystemType SQUASHFS = new FileSystemType(0x73717368);

    private static final int STATFS_SIZE = 120;

    private static final Set<FileSystemType> KERNELS = Set.of(
            PROC,
            SYSFS,
            DEVPTS,
            CGROUP,
            CGROUP2,
            SECURITYFS,
            BPF,
            NSFS,
            DEBUGFS,
            TRACEFS,
            CONFIGFS,
            EFIVARFS,
            BINFMT_MISC,
            FUSECTL,
            SELINUXFS,
            MQUEUE,
            RESCTRL,
            PSTORE,
            NFSD,
            RPC_PIPEFS,
            SMACKFS,
            AAFS,
            BINDERFS);

    private static final Map<FileSystemType, String> NAMES = Map.ofEntries(
            Map.entry(PROC, "proc"),
            Map.entry(SYSFS, "sysfs"),
            Map.entry(TMPFS, "tmpfs"),
            Map.entry(RAMFS, "ramfs"),
            Map.entry(DEVPTS, "devpts"),
            Map.entry(CGROUP, "cgroup"),
            Map.entry(CGROUP2, "cgroup2"),
            Map.entry(OVERLAY, "overlay"),
            Map.entry(EXT4, "ext4"),
            Map.entry(XFS, "xfs"),
            Map.entry(BTRFS, "btrfs"),
            Map.entry(NFS, "nfs"),
            Map.entry(FUSE, "fuse"),
            Map.entry(V9FS, "9p"),
            Map.entry(NSFS, "nsfs"),
            Map.entry(SECURITYFS, "securityfs"),
            Map.entry(BPF, "bpf"),
            Map.entry(DEBUGFS, "debugfs"),
            Map.entry(TRACEFS, "tracefs"),
            Map.entry(CONFIGFS, "configfs"),
            Map.entry(EFIVARFS, "efivarfs"),
            Map.entry(BINFMT_MISC, "binfmt_misc"),
            Map.entry(FUSECTL, "fusectl"),
            Map.entry(SELINUXFS, "selinuxfs"),
            Map.entry(MQUEUE, "mqueue"),
            Map.entry(SQUASHFS, "squashfs"));

    /**
     * Asks fstatfs(2).
     *
     * @param file any open file; O_PATH will do
     * @return the type
     * @throws LinuxException if fstatfs(2) fails
     */
    public static FileSystemType of(Fd file) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block statfs = scratch.block(STATFS_SIZE);
            long result = file.call(Syscall.FSTATFS, statfs.address());
            if (result < 0) {
                throw LinuxException.of(result, "fstatfs", file);
            }
            return new FileSystemType(statfs.buffer().getLong(0) & 0xFFFFFFFFL);
        }
    }

    /**
     * Whether it is one whose files are the kernel's: settings, or a view of processes and devices, without a size.
     *
     * @return true for procfs, sysfs and the like
     */
    public boolean isKernels() {
        return KERNELS.contains(this);
    }

    /**
     * The name as in /proc/filesystems.
     *
     * @return the name, or the number in hexadecimal for a type that this class doesn't know
     */
    public String name() {
        return NAMES.getOrDefault(this, "0x" + Long.toHexString(magic));
    }

    @Override
    public String toString() {
        return name();
    }
}
