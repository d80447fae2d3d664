package io.lxj.image;

import io.lxj.linux.Block;
import io.lxj.linux.Directory;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileTimes;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Metadata;
import io.lxj.linux.Scratch;
import io.lxj.linux.Stat;
import io.lxj.linux.Syscall;
import io.lxj.linux.Xattrs;

/**
 * A directory that entries are being written into. What writing into it would change or need is put right when it is
 * left: its time, permissions that would keep an ordinary user out, a set-group-ID bit or default access control list
 * that new files would inherit.
 */
final class OpenDirectory {
    // What fits into an extended attribute, see xattr(7).
    private static final int MAX_ACL = 64 * 1024 - 1;

    private final byte[] name;
    private final Directory directory;
    private int gid;
    // -1: as it is.
    private int mode = -1;
    // Null if it isn't known what times it should have; they are the present ones then.
    private FileTimes times;
    private DefaultAcl defaultAcl;
    private boolean setGid;
    private boolean givesAcls;

    /** What gives a directory its default access control list, once nothing more is made in it. */
    @FunctionalInterface
    interface DefaultAcl {
        void set(Fd directory) throws LinuxException;
    }

    private OpenDirectory(byte[] name, Directory directory, int gid) {
        this.name = name;
        this.directory = directory;
        this.gid = gid;
    }

    /** A directory that was just made in another: what it has from there is taken off, but for the set-group-ID bit. */
    static OpenDirectory made(byte[] name, Directory directory, int gid, OpenDirectory parent) throws LinuxException {
        if (parent.givesAcls) {
            Xattrs.clear(directory.fd(), PosixAcl.ACCESS);
            Xattrs.clear(directory.fd(), PosixAcl.DEFAULT);
        }
        return new OpenDirectory(name, directory, gid);
    }

    /**
     * A directory that was there before.
     *
     * @param mayInherit whether directories with default access control lists may be about
     */
    static OpenDirectory found(byte[] name, Directory directory, Credentials credentials, boolean mayInherit)
            throws LinuxException {
        Stat stat = directory.fd().stat();
        OpenDirectory found = new OpenDirectory(name, directory, stat.gid());
        found.setTimes(FileTimes.at(stat.modifiedSeconds(), stat.modifiedNanos()));
        boolean closed = !credentials.ignoresPermissions() && (stat.mode() & 0700) != 0700;
        if (closed || (stat.mode() & 02000) != 0) {
            Metadata.chmod(directory.fd(), 0700);
            found.mode = stat.permissions();
        }
        if (mayInherit) {
            found.takeDefaultAcl();
        }
        return found;
    }

    /** A directory that others use: it is left as it is. */
    static OpenDirectory live(byte[] name, Directory directory) throws LinuxException {
        Stat stat = directory.fd().stat();
        OpenDirectory live = new OpenDirectory(name, directory, stat.gid());
        live.setGid = (stat.mode() & 02000) != 0;
        live.givesAcls = Xattrs.has(directory.fd(), PosixAcl.DEFAULT);
        return live;
    }

    /** Whether a new file gets an access control list, and other permissions than it is made with. */
    boolean givesAcls() {
        return givesAcls;
    }

    /** Whether a new directory in it has the permissions that it is made with. */
    boolean keepsModes() {
        return !setGid && !givesAcls;
    }

    /** Takes off its own access control lists, which an archive that names it has none for. */
    void clearAcls(boolean access, boolean defaults) throws LinuxException {
        if (access) {
            Xattrs.clear(fd(), PosixAcl.ACCESS);
        }
        if (defaults) {
            Xattrs.clear(fd(), PosixAcl.DEFAULT);
            defaultAcl = null;
            givesAcls = false;
        }
    }

    private void takeDefaultAcl() throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long attribute = scratch.string(PosixAcl.DEFAULT);
            Block value = scratch.block(MAX_ACL);
            long length = fd().call(Syscall.FGETXATTR, attribute, value.address(), value.length());
            if (Errno.ENODATA.is(length) || Errno.EOPNOTSUPP.is(length)) {
                return;
            }
            if (length < 0) {
                throw LinuxException.of(length, "fgetxattr", fd().number(), PosixAcl.DEFAULT);
            }
            long result = fd().call(Syscall.FREMOVEXATTR, attribute);
            if (result < 0) {
                throw LinuxException.of(result, "fremovexattr", fd().number(), PosixAcl.DEFAULT);
            }
            byte[] acl = new byte[(int) length];
            value.buffer().get(0, acl);
            defaultAcl = directory -> Xattrs.set(directory, PosixAcl.DEFAULT, acl);
        }
    }

    byte[] name() {
        return name;
    }

    Directory directory() {
        return directory;
    }

    Fd fd() {
        return directory.fd();
    }

    /** The group that new files get on some file systems, and that decides whether a file's group must be set. */
    int gid() {
        return gid;
    }

    void setGid(int gid) {
        this.gid = gid;
    }

    /** The permissions that it gets when it is left. */
    void setMode(int mode) {
        this.mode = mode;
    }

    /** The times that it gets when it is left. */
    void setTimes(FileTimes times) {
        this.times = times;
    }

    /** The default access control list that it gets when it is left. */
    void setDefaultAcl(DefaultAcl acl) {
        defaultAcl = acl;
    }

    /** Puts it right and closes it. */
    void leave() throws LinuxException {
        try (directory) {
            if (mode >= 0) {
                Metadata.chmod(fd(), mode);
            }
            if (defaultAcl != null) {
                defaultAcl.set(fd());
            }
            if (times != null) {
                Metadata.setTimes(fd(), times);
            }
        }
    }

    void close() {
        directory.close();
    }
}
