package io.lxj.linux;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Removes a tree through directory fds. It never has more than a few levels open: deeper directories are first moved up
 * next to the top, so that neither the depth nor the length of paths in a hostile tree matters.
 */
final class TreeRemover {
    private static final int MAX_OPEN = 64;
    private static final boolean IS_ROOT = Kernel.call(Syscall.GETEUID) == 0;

    private final Directory parent;
    private final byte[] top;
    private final Deque<Level> levels = new ArrayDeque<>();
    private int moved;

    /** A directory that is being emptied, and the directories in it that are still to be entered. */
    private record Level(Directory directory, byte[] name, Deque<byte[]> pending) {}

    private TreeRemover(Directory parent, byte[] top) {
        this.parent = parent;
        this.top = top;
    }

    static void remove(Directory parent, byte[] name) throws LinuxException {
        if (!parent.stat(name).isDirectory()) {
            parent.unlink(name);
            return;
        }
        TreeRemover remover = new TreeRemover(parent, name);
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
            levels.pop();
            Directory above = levels.isEmpty() ? parent : levels.peek().directory();
            if (rmdir(above, level.name())) {
                level.directory().close();
            } else {
                // Others write into it, or deeper directories were moved here.
                levels.push(level);
                empty(level);
            }
        }
    }

    /** Removes a directory, unless it isn't empty. */
    private static boolean rmdir(Directory parent, byte[] name) throws LinuxException {
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
            throw e;
        }
    }

    private void push(Directory in, byte[] name) throws LinuxException {
        Directory directory;
        try {
            directory = enter(in, name);
        } catch (LinuxException e) {
            if (e.is(Errno.ENOTDIR) || e.is(Errno.ELOOP)) {
                // Something else has taken its place.
                unlink(in, name);
                return;
            }
            if (e.is(Errno.ENOENT)) {
                return;
            }
            throw e;
        }
        levels.push(new Level(directory, name, new ArrayDeque<>()));
        empty(levels.peek());
    }

    private static Directory enter(Directory in, byte[] name) throws LinuxException {
        if (IS_ROOT) {
            return in.openDirectoryHere(name);
        }
        // An ordinary user may lack permissions even to a directory of their own.
        try {
            in.chmod(name, 0700);
        } catch (LinuxException e) {
            if (!e.is(Errno.EPERM)) {
                throw e;
            }
        }
        return in.openDirectoryHere(name);
    }

    /** Removes all that isn't a directory, and notes the directories; or moves them up where it is too deep. */
    private void empty(Level level) throws LinuxException {
        Directory directory = level.directory();
        for (DirectoryEntry entry : directory.list()) {
            boolean isDirectory = entry.type() == Stat.S_IFDIR
                    || (entry.type() == 0 && directory.stat(entry.name()).isDirectory());
            if (!isDirectory) {
                unlink(directory, entry.name());
            } else if (levels.size() >= MAX_OPEN) {
                Directory first = levels.peekLast().directory();
                byte[] place = FileName.bytes(".removed-" + System.nanoTime() + "-" + moved++);
                unprotected(directory, entry.name(), () -> directory.rename(entry.name(), first, place));
            } else {
                level.pending().add(entry.name());
            }
        }
    }

    private static void unlink(Directory directory, byte[] name) throws LinuxException {
        try {
            unprotected(directory, name, () -> directory.unlink(name));
        } catch (LinuxException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
    }

    private interface Removal {
        void run() throws LinuxException;
    }

    /** Removes a name, even if chattr(1) was used to protect it, or the directory that it is in. */
    private static void unprotected(Directory directory, byte[] name, Removal removal) throws LinuxException {
        try {
            removal.run();
        } catch (LinuxException e) {
            if (!e.is(Errno.EPERM)) {
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
