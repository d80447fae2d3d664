package io.lxj.linux;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Removes a tree through directory fds. It never has more than a few levels open: deeper directories are first moved up
 * next to the top, so that neither the depth nor the length of paths in a hostile tree matters.
 */
final class TreeRemover {
    private static final int MAX_OPEN = 64;

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
            if (level.pending().isEmpty()) {
                // Once more: others may write into it, and deeper directories may have been moved here.
                empty(level);
            }
            if (!level.pending().isEmpty()) {
                push(level.directory(), level.pending().pop());
                continue;
            }
            levels.pop();
            level.directory().close();
            Directory above = levels.isEmpty() ? parent : levels.peek().directory();
            above.rmdir(level.name());
        }
    }

    private void push(Directory in, byte[] name) throws LinuxException {
        levels.push(new Level(enter(in, name), name, new ArrayDeque<>()));
        empty(levels.peek());
    }

    private static Directory enter(Directory in, byte[] name) throws LinuxException {
        try {
            return openHere(in, name);
        } catch (LinuxException e) {
            if (!e.is(Errno.EACCES)) {
                throw e;
            }
            // An ordinary user can't read a directory of their own with mode 0; root can.
            in.chmod(name, 0700);
            return openHere(in, name);
        }
    }

    /** What is mounted in the tree belongs to somebody else: the kernel says EXDEV. */
    private static Directory openHere(Directory in, byte[] name) throws LinuxException {
        long resolve = Open.RESOLVE_BENEATH | Open.RESOLVE_NO_SYMLINKS | Open.RESOLVE_NO_XDEV;
        try (Scratch scratch = Scratch.open()) {
            Block how = scratch.zeroed(24);
            how.buffer()
                    .putLong(0, Open.O_RDONLY | Open.O_DIRECTORY | Open.O_CLOEXEC)
                    .putLong(16, resolve);
            long result = in.fd().call(Syscall.OPENAT2, scratch.string(name), how.address(), how.length());
            if (result < 0) {
                LinuxException failure = LinuxException.of(
                        result, "openat2", in.fd(), name, "O_RDONLY|O_DIRECTORY", "RESOLVE_NO_SYMLINKS|NO_XDEV");
                throw Errno.EXDEV.is(result) ? failure.withHint("something is mounted there") : failure;
            }
            return new Directory(new Fd((int) result));
        }
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
                directory.rename(entry.name(), first, FileName.bytes(".removed-" + System.nanoTime() + "-" + moved++));
            } else {
                level.pending().add(entry.name());
            }
        }
    }

    private static void unlink(Directory directory, byte[] name) throws LinuxException {
        try {
            directory.unlink(name);
        } catch (LinuxException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
    }
}
