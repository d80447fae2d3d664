package io.lxj.image;

import io.lxj.linux.Directory;
import io.lxj.linux.Fd;
import io.lxj.linux.FileTimes;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Metadata;
import io.lxj.linux.Open;
import io.lxj.linux.Xattrs;

/**
 * What can't be opened to be changed: a link, device or FIFO. In a directory of nobody hostile it is known by its name; else
 * it is pinned, as something may be mounted on it at any time. Not thread-safe.
 */
final class FileNode implements AutoCloseable {
    private final Directory directory;
    private final byte[] name;
    /** Null if it is known by its name. */
    private final Fd pinned;

    private FileNode(Directory directory, byte[] name, Fd pinned) {
        this.directory = directory;
        this.name = name;
        this.pinned = pinned;
    }

    static FileNode of(Directory directory, byte[] name, TreeGuard guard) throws LinuxException {
        if (!guard.isLive()) {
            return new FileNode(directory, name, null);
        }
        Fd pinned = directory.open(name, Open.O_PATH, 0);
        try {
            guard.own(pinned);
            return new FileNode(directory, name, pinned);
        } catch (LinuxException e) {
            pinned.close();
            throw e;
        }
    }

    void chown(int uid, int gid) throws LinuxException {
        if (pinned == null) {
            Metadata.chown(directory, name, uid, gid);
        } else {
            Metadata.chownPath(pinned, uid, gid);
        }
    }

    void chmod(int mode) throws LinuxException {
        if (pinned == null) {
            Metadata.chmod(directory, name, mode);
        } else {
            Metadata.chmodPath(pinned, mode);
        }
    }

    void set(String attribute, byte[] value) throws LinuxException {
        if (pinned == null) {
            Xattrs.set(directory, name, attribute, value);
        } else {
            Xattrs.setPath(pinned, attribute, value);
        }
    }

    void clear(String attribute) throws LinuxException {
        if (pinned == null) {
            Xattrs.clear(directory, name, attribute);
        } else {
            Xattrs.clearPath(pinned, attribute);
        }
    }

    void setTimes(FileTimes times) throws LinuxException {
        if (pinned == null) {
            Metadata.setTimes(directory, name, times);
        } else {
            Metadata.setTimesPath(pinned, times);
        }
    }

    @Override
    public void close() {
        if (pinned != null) {
            pinned.close();
        }
    }
}
