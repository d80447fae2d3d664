package io.lxj.storage;

import io.lxj.linux.Directory;
import io.lxj.linux.DirectoryEntry;
import io.lxj.linux.Errno;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Stat;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Adds up the blocks of a tree, as du(1) does: a file with several names counts once, what is mounted in the tree doesn't
 * count, and extents that files share count for each. The tree may be as deep as it likes: no more than some hundred
 * directories are open at a time, and the way back up is checked.
 */
final class DiskUsage {
    private static final int BLOCK = 512;
    private static final int MAX_OPEN = 256;

    private final long fileSystem;
    private final Set<Long> counted = new HashSet<>();
    private final Deque<Level> levels = new ArrayDeque<>();
    private long bytes;

    /** A directory on the way down: what it is, and those in it that are still to be entered. */
    private static final class Level {
        final Stat stat;
        final Deque<byte[]> pending = new ArrayDeque<>();
        Directory directory;

        Level(Directory directory) throws LinuxException {
            this.directory = directory;
            this.stat = directory.fd().stat();
        }

        void close() {
            if (directory != null) {
                directory.close();
                directory = null;
            }
        }
    }

    private DiskUsage(long fileSystem) {
        this.fileSystem = fileSystem;
    }

    /** The size on disk of these entries of a directory and all below them, in bytes; one that isn't there counts 0. */
    static long of(Directory parent, List<String> names) throws LinuxException {
        DiskUsage usage = new DiskUsage(parent.fd().stat().fileSystem());
        try {
            for (String name : names) {
                usage.add(parent, FileName.bytes(name));
                usage.descend();
            }
            return usage.bytes;
        } finally {
            usage.levels.forEach(Level::close);
        }
    }

    private void descend() throws LinuxException {
        while (!levels.isEmpty()) {
            Level level = levels.peek();
            byte[] next = level.pending.poll();
            if (next != null) {
                enter(level.directory, next);
            } else {
                leave();
            }
        }
    }

    private void add(Directory parent, byte[] name) throws LinuxException {
        Stat stat = parent.findStat(name).orElse(null);
        if (stat == null || stat.fileSystem() != fileSystem) {
            return;
        }
        if (stat.isDirectory()) {
            bytes += stat.blocks() * BLOCK;
            if (levels.isEmpty()) {
                enter(parent, name);
            } else {
                levels.peek().pending.add(name);
            }
        } else if (stat.links() == 1 || counted.add(stat.inode())) {
            bytes += stat.blocks() * BLOCK;
        }
    }

    private void enter(Directory parent, byte[] name) throws LinuxException {
        Directory directory;
        try {
            directory = parent.openDirectory(name);
        } catch (LinuxException e) {
            // Somebody removed it or put something else in its place; or a user may not look into it.
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR) || e.is(Errno.ELOOP) || e.is(Errno.EACCES)) {
                return;
            }
            throw e;
        }
        levels.push(new Level(directory));
        closeFarAbove();
        for (DirectoryEntry entry : directory.list()) {
            add(directory, entry.name());
        }
    }

    private void closeFarAbove() {
        if (levels.size() > MAX_OPEN) {
            levels.stream().skip(MAX_OPEN).limit(1).forEach(Level::close);
        }
    }

    private void leave() throws LinuxException {
        Level left = levels.pop();
        Level above = levels.peek();
        try {
            if (above != null && above.directory == null) {
                above.directory = up(left.directory, above.stat);
            }
        } finally {
            left.close();
        }
    }

    private static Directory up(Directory from, Stat expected) throws LinuxException {
        try {
            return from.openParent(expected);
        } catch (LinuxException e) {
            throw e.is(Errno.ESTALE)
                    ? e.withHint("directories were moved while their size was added up; try again")
                    : e;
        }
    }
}
