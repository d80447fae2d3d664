package io.lxj.image;

import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileSystemType;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Stat;

/**
 * Keeps work on a container's files to what the container's root could do. A path there leads wherever the container lets it
 * lead: to folders of the host that are mounted in it, with files that are none of its ids', and to file systems of the
 * kernel, whose files are switches of the host. Whoever works on the files has the rights of the host's root, or of an
 * ordinary user's. What is checked is pinned, so that nothing takes its place. Immutable and thread-safe.
 */
final class TreeGuard {
    /** For a tree that nobody hostile is in. */
    static final TreeGuard NONE = new TreeGuard(OwnerMap.SAME, false);

    private static final int READ = 0004;
    private static final int WRITE = 0002;
    private static final int STICKY = 01000;

    private final OwnerMap owners;
    private final boolean live;

    private TreeGuard(OwnerMap owners, boolean live) {
        this.owners = owners;
        this.live = live;
    }

    /**
     * For the files of a container.
     *
     * @param owners which owners are the container's
     */
    static TreeGuard of(OwnerMap owners) {
        return new TreeGuard(owners, true);
    }

    /** Whether somebody hostile may be about. */
    boolean isLive() {
        return live;
    }

    /** Whether a file is on a file system of the kernel, where files have no size. */
    static boolean isKernels(Fd file) throws LinuxException {
        return FileSystemType.of(file).isKernels();
    }

    /** Before a file is read, or a folder is listed. */
    void read(Fd pinned) throws LinuxException {
        if (live) {
            allow(pinned, READ, "read");
        }
    }

    /** Before a file is written, or something is made or removed in a folder. */
    void write(Fd pinned) throws LinuxException {
        if (live) {
            enter(pinned);
            allow(pinned, WRITE, "changed");
        }
    }

    /** Before what is in a folder is removed or replaced; see "sticky" in inode(7). */
    void remove(Fd folder, Stat existing) throws LinuxException {
        write(folder);
        if (live && !owns(existing)) {
            Stat stat = folder.stat();
            if (!owns(stat) && (stat.permissions() & STICKY) != 0) {
                throw refused(folder, existing, "removed");
            }
        }
    }

    /** Whether a file is the container's. */
    boolean owns(Stat stat) {
        return owners.hasUser(stat.uid()) && owners.hasGroup(stat.gid());
    }

    /** Before a file gets another owner, other permissions or attributes. */
    void own(Fd pinned) throws LinuxException {
        if (live) {
            enter(pinned);
            allow(pinned, 0, "changed");
        }
    }

    /** Before something is looked for in a folder that is on the way to what will be changed. */
    void enter(Fd pinned) throws LinuxException {
        if (!live) {
            return;
        }
        FileSystemType type = FileSystemType.of(pinned);
        if (type.isKernels()) {
            throw LinuxException.of(-Errno.EPERM.number(), "fstatfs", pinned)
                    .withHint(
                            "it is on a file system of the type " + type
                                    + ", whose files are settings of the kernel and"
                                    + " its processes, and nothing is changed there; the container's own root can: use exec(...)");
        }
    }

    private void allow(Fd pinned, int toOthers, String done) throws LinuxException {
        Stat stat = pinned.stat();
        if (!owns(stat) && (stat.permissions() & toOthers) == 0) {
            throw refused(pinned, stat, done);
        }
    }

    private static LinuxException refused(Fd pinned, Stat stat, String done) {
        return LinuxException.of(-Errno.EACCES.number(), "statx", pinned)
                .withHint("it belongs to user " + Integer.toUnsignedLong(stat.uid()) + " and group "
                        + Integer.toUnsignedLong(stat.gid()) + ", who have no ids in the container, and can't be "
                        + done
                        + " from there; work on that file of the host itself, or mount it with"
                        + " Mount.bind(...).shifted(...)");
    }
}
