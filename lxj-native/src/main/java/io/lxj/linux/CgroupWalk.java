package io.lxj.linux;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Visits the cgroups below one, whatever their depth, with two descriptors: the way back up is {@code ..}, which can't
 * lead elsewhere, since a cgroup of version 2 can't be moved.
 */
final class CgroupWalk {
    private CgroupWalk() {}

    /** Sees each cgroup once. */
    interface Visitor {
        void enter(Directory cgroup, CharSequence path) throws LinuxException;

        /** Called when everything below was visited, with the parent. */
        default void leave(Directory parent, byte[] name) throws LinuxException {}
    }

    /** A cgroup on the way, how long the path to it is, and the children that are still to be visited. */
    private record Level(byte[] name, int pathLength, Deque<byte[]> pending) {}

    static void run(Directory top, Visitor visitor) throws LinuxException {
        List<Level> levels = new ArrayList<>();
        StringBuilder path = new StringBuilder();
        levels.add(new Level(null, 0, names(top)));
        Directory current = top;
        try {
            while (true) {
                Level level = levels.get(levels.size() - 1);
                byte[] next = level.pending().poll();
                if (next != null) {
                    Directory entered = enter(current, next);
                    if (entered != null) {
                        close(current, top);
                        current = entered;
                        path.setLength(level.pathLength());
                        path.append(path.length() == 0 ? "" : "/").append(FileName.string(next));
                        visit(visitor, current, path);
                        levels.add(new Level(next, path.length(), names(current)));
                    }
                    continue;
                }
                levels.remove(levels.size() - 1);
                if (levels.isEmpty()) {
                    return;
                }
                int depth = levels.size();
                Directory parent = parent(current, top, levels);
                close(current, top);
                current = parent;
                if (levels.size() == depth) {
                    visitor.leave(current, level.name());
                }
            }
        } finally {
            close(current, top);
        }
    }

    /** The way up; where that is gone, the way down again, as far as there is one. */
    private static Directory parent(Directory from, Directory top, List<Level> levels) throws LinuxException {
        if (levels.size() == 1) {
            return top;
        }
        try {
            return from.openParent();
        } catch (LinuxException e) {
            if (!isGone(e)) {
                throw e;
            }
        }
        Directory current = top;
        for (int depth = 1; depth < levels.size(); depth++) {
            Directory next = enter(current, levels.get(depth).name());
            if (next == null) {
                levels.subList(depth, levels.size()).clear();
                break;
            }
            close(current, top);
            current = next;
        }
        return current;
    }

    private static void close(Directory current, Directory top) {
        if (current != top) {
            current.close();
        }
    }

    private static Directory enter(Directory in, byte[] name) throws LinuxException {
        try {
            return in.openDirectory(name);
        } catch (LinuxException e) {
            if (isGone(e)) {
                return null;
            }
            throw e;
        }
    }

    private static void visit(Visitor visitor, Directory cgroup, CharSequence path) throws LinuxException {
        try {
            visitor.enter(cgroup, path);
        } catch (LinuxException e) {
            // EOPNOTSUPP: a threaded cgroup doesn't list processes; its threads' processes are in a cgroup above.
            if (!isGone(e) && !e.is(Errno.EOPNOTSUPP)) {
                throw e;
            }
        }
    }

    static boolean isGone(LinuxException e) {
        return e.is(Errno.ENOENT) || e.is(Errno.ENODEV);
    }

    private static Deque<byte[]> names(Directory cgroup) throws LinuxException {
        Deque<byte[]> names = new ArrayDeque<>();
        try {
            for (DirectoryEntry entry : cgroup.list()) {
                if (entry.type() == Stat.S_IFDIR) {
                    names.add(entry.name());
                }
            }
        } catch (LinuxException e) {
            if (!isGone(e)) {
                throw e;
            }
        }
        return names;
    }
}
