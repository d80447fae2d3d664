package io.lxj.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A procfs that is known to be one: its root is pinned by an fd and was checked, and nothing mounted over a file in it
 * is ever followed. A container's own /proc can be anything (CVE-2019-19921, CVE-2015-1334). Thread-safe.
 */
public final class ProcFs implements AutoCloseable {
    private static final long STRICT = Open.RESOLVE_NO_XDEV | Open.RESOLVE_NO_SYMLINKS;
    private static final String BOOT_ID = "sys/kernel/random/boot_id";
    private static final int ROOT_INODE = 1;
    private static final int FLAGS = 9;
    private static final int START_TIME = 22;
    /** include/linux/sched.h: set before anything is given up. */
    private static final long PF_EXITING = 4;

    private static final int STATE = 3;
    private static final int LIMIT = 1 << 20;
    private static final int SELF_LIMIT = 64 << 20;

    private static final String OF_OTHERS =
            "/proc is of another PID namespace than this process: mount its own there, as"
                    + " bwrap --proc /proc, unshare --mount-proc or mount -t proc proc /proc do";

    private final RootDir root;
    // It stays what it is for as long as there is this process.
    private volatile String bootId;

    private ProcFs(RootDir root) {
        this.root = root;
    }

    /**
     * Opens the procfs of the host.
     *
     * @param mountPoint usually {@code /proc}
     * @return the verified procfs
     * @throws LinuxException ENODEV if that isn't the root of a procfs; ESRCH if it is that of another PID namespace, which
     *     has this process's number for another process
     */
    public static ProcFs open(Path mountPoint) throws LinuxException {
        ProcFs proc = of(Fd.open(mountPoint, Open.O_PATH | Open.O_DIRECTORY, 0));
        try {
            proc.requireSelf();
            return proc;
        } catch (LinuxException e) {
            proc.close();
            throw e;
        }
    }

    private void requireSelf() throws LinuxException {
        Optional<String> seen = self();
        if (!seen.equals(Optional.of(Long.toString(Kernel.call(Syscall.GETPID)))) || !isInnermost()) {
            throw LinuxException.of(-Errno.ESRCH.number(), "readlinkat", root.fd(), "self")
                    .withHint(OF_OTHERS);
        }
    }

    /** What this process is called here; nothing if it isn't in this PID namespace. */
    private Optional<String> self() throws LinuxException {
        try (Directory all = new Directory(root.fd().undelegated())) {
            return Optional.of(FileName.string(all.readLink(FileName.bytes("self"))));
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Whether this process has no other number further in, see NSpid in proc_pid_status(5): it may be the same by chance. */
    private boolean isInnermost() throws LinuxException {
        return new String(readSelf("status"), StandardCharsets.ISO_8859_1)
                .lines()
                .filter(line -> line.startsWith("NSpid:"))
                .allMatch(line -> line.substring(6).strip().split("\\s+").length == 1);
    }

    /**
     * Opens the procfs of the PID namespace of this process: the one at /proc; or where something covers parts of that, as
     * in a container, one that is mounted nowhere.
     *
     * @return the verified procfs
     * @throws LinuxException ENODEV if something else is at /proc; EPERM if it is covered and there can't be another one
     */
    public static ProcFs open() throws LinuxException {
        ProcFs mounted = open(Path.of("/proc"));
        try {
            mounted.read(BOOT_ID);
            return mounted;
        } catch (LinuxException e) {
            mounted.close();
            if (!e.is(Errno.EXDEV)) {
                throw e;
            }
            return unmounted();
        }
    }

    private static ProcFs unmounted() throws LinuxException {
        long attributes = MountFlags.MOUNT_ATTR_NOSUID | MountFlags.MOUNT_ATTR_NODEV | MountFlags.MOUNT_ATTR_NOEXEC;
        try (FileSystemContext context = FileSystemContext.open("proc")) {
            return of(context.mount(attributes).fd());
        }
    }

    /**
     * Takes ownership of the root of a procfs: of a detached mount, for example.
     *
     * @param root the root
     * @return the verified procfs
     * @throws LinuxException ENODEV if that isn't the root of a procfs; the fd is closed then
     */
    public static ProcFs of(Fd root) throws LinuxException {
        try {
            FileSystemType type = FileSystemType.of(root);
            if (!type.equals(FileSystemType.PROC) || root.stat().inode() != ROOT_INODE) {
                throw LinuxException.of(-Errno.ENODEV.number(), "fstatfs", root)
                        .withHint("not the root of a procfs but " + type);
            }
            return new ProcFs(new RootDir(root));
        } catch (LinuxException e) {
            root.close();
            throw e;
        }
    }

    /**
     * The fd of the root.
     *
     * @return the fd, which this object still owns
     */
    public Fd fd() {
        return root.fd();
    }

    /**
     * Opens a file of this procfs; symbolic links and mounts on the way are refused.
     *
     * @param path relative to the root, for example {@code 1/status}; {@code self} is the calling process
     * @param flags of {@link Open}
     * @return the open file
     * @throws LinuxException ENOENT if there is no such file, ELOOP or EXDEV if something else lies in its place
     */
    public Fd open(String path, int flags) throws LinuxException {
        // The one symbolic link that is wanted.
        String own = path.startsWith("self/") ? Kernel.call(Syscall.GETPID) + path.substring(4) : path;
        return root.open(FileName.bytes(own), flags, 0, STRICT);
    }

    /**
     * Opens the root directory of a process. Its entry here is a link of the kernel's own, which leads there whatever
     * lies at the path that it shows.
     *
     * @param pid the process id
     * @return the directory, O_PATH; what is below it is the process's and not trusted
     * @throws LinuxException ENOENT or ESRCH if there is no such process, EACCES if the caller may not
     */
    public RootDir rootOf(int pid) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            int flags = Open.O_PATH | Open.O_DIRECTORY | Open.O_CLOEXEC;
            String path = pid + "/root";
            long result = root.fd().call(Syscall.OPENAT, scratch.string(path), flags, 0);
            if (result < 0) {
                throw LinuxException.of(result, "openat", root.fd(), path, "O_PATH|O_DIRECTORY");
            }
            return new RootDir(root.fd().derived(result));
        }
    }

    /**
     * Opens the user namespace of a process, by a link of the kernel's own.
     *
     * @param pid the process id
     * @return the namespace, as setns(2) and mount_setattr(2) take it
     * @throws LinuxException ENOENT or ESRCH if there is no such process, EACCES if the caller may not
     */
    public Fd userNamespaceOf(int pid) throws LinuxException {
        return namespace(pid + "/ns/user");
    }

    /**
     * Opens the mount namespace of a process, by a link of the kernel's own. While it is open, nothing that is mounted in
     * it is unmounted by the end of the processes in it.
     *
     * @param pid the process id
     * @return the namespace, as setns(2) takes it
     * @throws LinuxException ENOENT or ESRCH if there is no such process, EACCES if the caller may not
     */
    public Fd mountNamespaceOf(int pid) throws LinuxException {
        return namespace(pid + "/ns/mnt");
    }

    private Fd namespace(String path) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long result = root.fd().call(Syscall.OPENAT, scratch.string(path), Open.O_RDONLY | Open.O_CLOEXEC, 0);
            if (result < 0) {
                throw LinuxException.of(result, "openat", root.fd(), path, "O_RDONLY");
            }
            return root.fd().derived(result);
        }
    }

    /**
     * Reads a file of this procfs.
     *
     * @param path relative to the root, for example {@code 1/status}
     * @return the content, of at most 1 MiB
     * @throws LinuxException ENOENT or ESRCH if there is no such file or process
     */
    public byte[] read(String path) throws LinuxException {
        try (Fd file = open(path, Open.O_RDONLY)) {
            return file.readAll(LIMIT);
        }
    }

    /**
     * Reads a file about the calling process.
     *
     * @param name in the process's own directory, for example {@code mountinfo}
     * @return the content, of at most 64 MiB: a host can have many mounts
     * @throws LinuxException if it can't be read
     */
    public byte[] readSelf(String name) throws LinuxException {
        // Whoever acts for this process may not see it, see hidepid in proc(5).
        try (RootDir own = new RootDir(root.fd().undelegated());
                Fd file =
                        own.open(FileName.bytes(Kernel.call(Syscall.GETPID) + "/" + name), Open.O_RDONLY, 0, STRICT)) {
            return file.readAll(SELF_LIMIT);
        }
    }

    /**
     * The id that the kernel made up when it booted. In a container /proc/sys is often a mount of its own, and LXC mounts a
     * file over this one that has another id for each start: it is read through that if an ordinary user asks, who can't
     * have another procfs.
     *
     * @return a UUID as text
     * @throws LinuxException if it can't be read
     */
    public String bootId() throws LinuxException {
        String known = bootId;
        if (known == null) {
            known = readBootId();
            bootId = known;
        }
        return known;
    }

    private String readBootId() throws LinuxException {
        try {
            return new String(read(BOOT_ID), StandardCharsets.US_ASCII).strip();
        } catch (LinuxException e) {
            if (!e.is(Errno.EXDEV)) {
                throw e;
            }
            try (Fd file = root.open(FileName.bytes(BOOT_ID), Open.O_RDONLY, 0, Open.RESOLVE_NO_SYMLINKS)) {
                return new String(file.readAll(LIMIT), StandardCharsets.US_ASCII).strip();
            }
        }
    }

    /**
     * When a process was started. Process ids are used again; an id and its start time are not.
     *
     * @param pid the process id in the PID namespace of this procfs
     * @return clock ticks since boot, or empty if there is no such process
     * @throws LinuxException if it can't be read
     */
    public OptionalLong startTime(int pid) throws LinuxException {
        try {
            return OptionalLong.of(startTime(read(pid + "/stat")));
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ESRCH)) {
                return OptionalLong.empty();
            }
            throw e;
        }
    }

    /**
     * Whether a process is gone, has ended or is about to. A process that ends gives up its root and its namespaces first; the
     * first one of a PID namespace then waits for all others in there before it has ended, as wait(2) and poll(2) have it.
     *
     * @param pid the process id in the PID namespace of this procfs
     * @return true if there is nothing of it to be entered any more
     * @throws LinuxException if it can't be read
     */
    public boolean isEnding(int pid) throws LinuxException {
        try {
            return (field(read(pid + "/stat"), FLAGS) & PF_EXITING) != 0;
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ESRCH)) {
                return true;
            }
            throw e;
        }
    }

    static long startTime(byte[] stat) {
        return field(stat, START_TIME);
    }

    // proc_pid_stat(5). The second field is a name that the process chooses, with blanks and parentheses if it likes.
    private static long field(byte[] stat, int number) {
        String text = new String(stat, StandardCharsets.ISO_8859_1);
        String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
        return Long.parseUnsignedLong(fields[number - STATE]);
    }

    @Override
    public void close() {
        root.close();
    }

    @Override
    public String toString() {
        return "procfs " + root.fd();
    }
}
