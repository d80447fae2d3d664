package io.lxj.linux;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Removes a tree through directory fds. It never has more than a few levels open: deeper directories are first moved up
 * next to the top, so that neither the depth nor the length of paths in a hostile tree matters. A directory is removed in
 * batches, so that it doesn't matter either how many entries it has.
 */
final class TreeRemover {
    private static final int MAX_OPEN = 64;
    /** How many entries of a directory are held in memory at a time. */
    private static final int BATCH = 10_000;

    /** How often a directory of somebody else's is looked at again that isn't empty yet. */
    private static final int MAX_REPEATED = 1_000;

    private static final boolean IS_ROOT = Kernel.call(Syscall.GETEUID) == 0;

    private final Directory parent;
    private final byte[] top;
    private final boolean foreign;
    private final Deque<Level> levels = new ArrayDeque<>();
    private int moved;
    private int repeated;

    /** A directory that is being emptied, and the directories in it that are still to be entered. */
    private record Level(Directory directory, byte[] name, Deque<byte[]> pending) {}

    private TreeRemover(Directory parent, byte[] top, boolean foreign) {
        this.parent = parent;
        this.top = top;
        this.foreign = foreign;
    }

    /** Of a tree that is somebody else's, neither mounts nor what protects files are taken away. */
    static void remove(Directory parent, byte[] name, boolean foreign) throws LinuxException {
        if (!parent.stat(name).isDirectory()) {
            parent.unlink(name);
            return;
        }
        TreeRemover remover = new TreeRemover(parent, name, foreign);
        try {
            remover.run();
        } finally {
            remover.levels.forEach(level -> level.directory().close());
        }
    }

    private void run() throws LinuxException {
        push(parent, top);
        while (!levels.isEmpty()) {
            Level level = levels.peek();
            if (!level.pending().isEmpty()) {
                push(level.directory(), level.pending().pop());
                continue;
            }
            levels.pop().directory().close();
            Directory above = levels.isEmpty() ? parent : levels.peek().directory();
            if (!rmdir(above, level.name())) {
                // It had more entries than a batch, others write into it or put another in its place, or deeper
                // directories were moved here.
                mayRepeat(above, level.name());
                push(above, level.name());
            }
        }
    }

    private void mayRepeat(Directory in, byte[] name) throws LinuxException {
        if (foreign && ++repeated > MAX_REPEATED) {
            throw LinuxException.of(-Errno.ENOTEMPTY.number(), "unlinkat", in.fd(), name, "AT_REMOVEDIR")
                    .withHint("somebody makes files in it as fast as they are removed");
        }
    }

    /** Removes a directory, or what has taken its place; false if that is a directory with something in it. */
    private boolean rmdir(Directory parent, byte[] name) throws LinuxException {
        try {
            unprotected(parent, name, () -> parent.rmdir(name));
            return true;
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                return true;
            }
            if (e.is(Errno.ENOTEMPTY) || e.is(Errno.EEXIST)) {
                return false;
            }
            if (e.is(Errno.ENOTDIR)) {
                return unlink(parent, name);
            }
            throw e;
        }
    }

    /** Enters a directory; whatever else stands at its name by now is removed. */
    private void push(Directory in, byte[] name) throws LinuxException {
        if (foreign && Thread.currentThread().isInterrupted()) {
            throw LinuxException.of(-Errno.EINTR.number(), "unlinkat", in.fd(), name, "AT_REMOVEDIR")
                    .withHint("the thread was interrupted");
        }
        Optional<Directory> directory = Optional.empty();
        boolean removed = false;
        while (directory.isEmpty() && !removed) {
            try {
                directory = Optional.of(enter(in, name));
            } catch (LinuxException e) {
                if (!e.is(Errno.ENOENT) && !e.is(Errno.ENOTDIR) && !e.is(Errno.ELOOP)) {
                    throw e;
                }
                removed = unlink(in, name);
            }
        }
        if (directory.isPresent()) {
            levels.push(new Level(directory.get(), name, new ArrayDeque<>()));
            empty(levels.peek());
        }
    }

    private static Directory enter(Directory in, byte[] name) throws LinuxException {
        if (IS_ROOT || in.fd().deputy().isPresent()) {
            return in.openDirectoryHere(name);
        }
        // An ordinary user may lack permissions even to a directory of their own.
        try {
            Metadata.chmod(in, name, 0700);
        } catch (LinuxException e) {
            if (!e.is(Errno.EPERM)) {
                throw e;
            }
        }
        return in.openDirectoryHere(name);
    }

    /** Removes of the first entries all that isn't a directory, and notes the directories; or moves them up where it is too deep. */
    private void empty(Level level) throws LinuxException {
        Directory directory = level.directory();
        List<byte[]> files = new ArrayList<>();
        for (DirectoryEntry entry : list(directory)) {
            if (entry.type() == Stat.S_IFDIR || entry.type() == 0) {
                level.pending().add(entry.name());
            } else if (!foreign || isThere(directory, entry.name())) {
                files.add(entry.name());
            }
        }
        for (byte[] file : UnlinkBatch.unlink(directory, files)) {
            if (!unlink(directory, file)) {
                level.pending().add(file);
            }
        }
        if (levels.size() >= MAX_OPEN) {
            moveUp(level);
        }
    }

    /** Refuses to remove what something is mounted on; false if there is nothing any more. */
    private static boolean isThere(Directory directory, byte[] name) throws LinuxException {
        Optional<Stat> stat = directory.findStat(name);
        if (stat.isPresent() && stat.get().mountRoot()) {
            throw LinuxException.of(-Errno.EXDEV.number(), "unlinkat", directory.fd(), name, 0)
                    .withHint("something is mounted there");
        }
        return stat.isPresent();
    }

    private static List<DirectoryEntry> list(Directory directory) throws LinuxException {
        try {
            return directory.listFirst(BATCH);
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                // It was removed after it was opened.
                return List.of();
            }
            throw e;
        }
    }

    private void moveUp(Level level) throws LinuxException {
        Directory first = levels.peekLast().directory();
        while (!level.pending().isEmpty()) {
            byte[] name = level.pending().pop();
            byte[] place = FileName.bytes(".removed-" + System.nanoTime() + "-" + moved++);
            try {
                unprotected(level.directory(), name, () -> level.directory().rename(name, first, place));
            } catch (LinuxException e) {
                if (!e.is(Errno.ENOENT)) {
                    throw e;
                }
            }
        }
    }

    /** Removes what isn't a directory; false if it is one, though it may not have been when it was listed. */
    private boolean unlink(Directory directory, byte[] name) throws LinuxException {
        try {
            unprotected(directory, name, () -> directory.unlink(name));
            return true;
        } catch (LinuxException e) {
            if (e.is(Errno.EISDIR)) {
                return false;
            }
            if (e.is(Errno.ENOENT)) {
                return true;
            }
            throw e;
        }
    }

    private interface Removal {
        void run() throws LinuxException;
    }

    /** Removes a name, even if chattr(1) was used to protect it, or the directory that it is in. */
    private void unprotected(Directory directory, byte[] name, Removal removal) throws LinuxException {
        try {
            removal.run();
        } catch (LinuxException e) {
            if (foreign || !e.is(Errno.EPERM)) {
                throw e;
            }
            boolean changed = InodeFlags.unprotect(directory.fd());
            changed |= InodeFlags.unprotect(directory, name);
            if (!changed) {
                throw e;
            }
            removal.run();
        }
    }
}
