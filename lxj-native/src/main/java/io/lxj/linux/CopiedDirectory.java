package io.lxj.linux;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A directory that is being copied: where it comes from and where it goes, open for as long as somebody works in it. The
 * thread that walks the tree may suspend it while it is far below; once the others are done, its descriptors are closed
 * then, and opened again from a directory in it on the way back. Thread-safe, except that only that thread enters,
 * acquires, suspends and resumes.
 */
final class CopiedDirectory {
    private final CopiedDirectory parent;
    private final byte[] name;
    private final Stat stat;
    private final Stat targetStat;
    private Directory source;
    private Directory target;
    private int users = 1;
    private boolean suspended;
    // Where the listing of the source goes on.
    private long position;

    /** Opens a directory. */
    interface Opener {
        Directory open() throws LinuxException;
    }

    private CopiedDirectory(CopiedDirectory parent, byte[] name, Directory source, Directory target)
            throws LinuxException {
        this.parent = parent;
        this.name = name;
        this.source = source;
        this.target = target;
        this.stat = source.fd().stat();
        this.targetStat = target.fd().stat();
    }

    static CopiedDirectory open(Directory source, Opener target) throws LinuxException {
        return open(null, new byte[0], source, target);
    }

    private static CopiedDirectory open(CopiedDirectory parent, byte[] name, Directory source, Opener target)
            throws LinuxException {
        Directory opened = null;
        try {
            opened = target.open();
            return new CopiedDirectory(parent, name, source, opened);
        } catch (LinuxException e) {
            source.close();
            if (opened != null) {
                opened.close();
            }
            throw e;
        }
    }

    /**
     * Makes the copy of a directory in this one, and opens both; null if the original is gone, or something is mounted
     * on it: then an empty directory stands for it.
     */
    CopiedDirectory enter(byte[] below) throws LinuxException {
        Directory found;
        try {
            found = source().openDirectoryHere(below);
        } catch (LinuxException e) {
            if (e.is(Errno.EXDEV)) {
                target().mkdir(below, 0755);
                return null;
            }
            if (e.is(Errno.ENOENT)) {
                return null;
            }
            throw explain(e, below);
        }
        try {
            return open(this, below, found, () -> {
                target().mkdir(below, 0700);
                return target().openDirectory(below);
            });
        } catch (LinuxException e) {
            throw explain(e, below);
        }
    }

    Stat stat() {
        return stat;
    }

    synchronized Directory source() {
        return source;
    }

    synchronized Directory target() {
        return target;
    }

    synchronized void acquire() {
        users++;
    }

    /** Whether this was the last user, who has to finish and close it. */
    synchronized boolean release() {
        users--;
        if (suspended && users == 1) {
            close();
        }
        return users == 0;
    }

    synchronized void suspend() throws LinuxException {
        if (!suspended) {
            position = source.listingPosition();
            suspended = true;
        }
        if (users == 1) {
            close();
        }
    }

    synchronized void resume(CopiedDirectory from) throws LinuxException {
        suspended = false;
        if (source == null) {
            source = up(from.source(), stat);
            source.listFrom(position);
            target = up(from.target(), targetStat);
        }
    }

    private Directory up(Directory from, Stat expected) throws LinuxException {
        try {
            return from.openParent(expected);
        } catch (LinuxException e) {
            throw e.is(Errno.ESTALE) ? e.withHint(path(null) + " was moved while it was copied") : explain(e, null);
        }
    }

    /** Opens the copy again, from that of the topmost directory, which may be finished and closed by now. */
    Directory reopenTarget(Fd topTarget) throws LinuxException {
        Deque<byte[]> way = new ArrayDeque<>();
        for (CopiedDirectory at = this; at.parent != null; at = at.parent) {
            way.push(at.name);
        }
        Directory current = new Directory(topTarget.duplicate());
        for (byte[] next : way) {
            try (Directory above = current) {
                current = new Directory(above.open(next, Open.O_PATH | Open.O_DIRECTORY, 0));
            }
        }
        return current;
    }

    LinuxException explain(LinuxException failure, byte[] below) {
        return failure.hint().isPresent() ? failure : failure.withHint("while " + path(below) + " was copied");
    }

    private String path(byte[] below) {
        StringBuilder path = new StringBuilder(below == null ? "" : FileName.string(below));
        for (CopiedDirectory at = this; at.parent != null; at = at.parent) {
            path.insert(0, FileName.string(at.name) + (path.length() == 0 ? "" : "/"));
        }
        return FileName.quote(FileName.bytes(path.length() == 0 ? "." : path.toString()));
    }

    synchronized void close() {
        if (source != null) {
            source.close();
            target.close();
            source = null;
            target = null;
        }
    }
}
