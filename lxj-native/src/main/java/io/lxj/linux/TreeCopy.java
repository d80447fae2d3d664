package io.lxj.linux;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

/**
 * Copies a tree with everything that belongs to it: types, owners, permissions, times of access and modification,
 * extended attributes with ACLs and capabilities, hard links, holes. Directories are entered by descriptor and links are
 * never followed, so what is below can't lead outside, however deep it is; and the names of a directory are held in memory
 * in parts, however many there are. Mounts are not crossed: an empty directory stands for each. Several threads copy at a
 * time. What is removed from the source meanwhile is left out.
 */
public final class TreeCopy {
    // Levels above the current one whose descriptors stay open; those further up are opened again on the way back.
    private static final int MAX_OPEN = 64;
    // Mostly whole directories: two threads that create files in the same one wait for each other.
    private static final int BATCH = 256;

    /** How many entries of a directory are listed at a time. */
    static final int PART = 10_000;

    private final CopyWorkers workers = new CopyWorkers();
    private final List<Level> levels = new ArrayList<>();
    private final EntryCopy entries;
    private final CopiedMetadata metadata;
    private final CopiedDirectory top;

    /** What the copies have in the place of the owners of the originals. Thread-safe. */
    public interface Owners {
        /** Copies have the owners of their originals. */
        Owners SAME = new Owners() {
            @Override
            public int user(int uid) {
                return uid;
            }

            @Override
            public int group(int gid) {
                return gid;
            }

            @Override
            public byte[] attribute(String name, byte[] value) {
                return value;
            }
        };

        /**
         * The owner of a copy.
         *
         * @param uid the owner of the original
         * @return a user id
         */
        int user(int uid);

        /**
         * The group of a copy.
         *
         * @param gid the group of the original
         * @return a group id
         */
        int group(int gid);

        /**
         * The value of an extended attribute, which may have owners in it.
         *
         * @param name the name of the attribute
         * @param value the value that the original has
         * @return the value for the copy
         */
        byte[] attribute(String name, byte[] value);
    }

    /** A directory, with the directories that are still to be entered of what was listed of it. */
    private static final class Level {
        final CopiedDirectory directory;
        final Deque<DirectoryEntry> below = new ArrayDeque<>();
        boolean listed;

        Level(CopiedDirectory directory) {
            this.directory = directory;
        }
    }

    private TreeCopy(CopiedDirectory top, Fd topTarget, CopiedMetadata metadata, LongConsumer progress) {
        this.top = top;
        this.metadata = metadata;
        this.entries = new EntryCopy(topTarget, metadata, new FileCopy(progress));
    }

    /**
     * Copies a directory with all that is below it.
     *
     * @param from the directory that has it
     * @param name a single component there
     * @param to where the copy goes; on any file system
     * @param newName a single component that doesn't exist there
     * @param attributes which extended attributes to copy, by name
     * @param progress is told, by any thread, how many bytes of files were copied since its last call; an exception of its
     *     own ends the copy and comes out of this method
     * @throws LinuxException if something can't be copied, EEXIST if the new name is taken; what was copied so far is left
     *     for the caller to remove
     */
    public static void copy(
            Directory from,
            byte[] name,
            Directory to,
            byte[] newName,
            Predicate<String> attributes,
            LongConsumer progress)
            throws LinuxException {
        copy(from.openDirectory(name), to, newName, attributes, Owners.SAME, progress);
    }

    /**
     * Copies a directory with all that is below it, for other owners.
     *
     * @param from the directory, open for reading; closed by this method
     * @param to where the copy goes; on any file system
     * @param newName a single component that doesn't exist there
     * @param attributes which extended attributes to copy, by name
     * @param owners who owns the copies
     * @param progress is told, by any thread, how many bytes of files were copied since its last call; an exception of its
     *     own ends the copy and comes out of this method
     * @throws LinuxException if something can't be copied, EEXIST if the new name is taken; what was copied so far is left
     *     for the caller to remove
     */
    public static void copy(
            Directory from,
            Directory to,
            byte[] newName,
            Predicate<String> attributes,
            Owners owners,
            LongConsumer progress)
            throws LinuxException {
        CopiedDirectory top = CopiedDirectory.open(from, () -> {
            to.mkdir(newName, 0700);
            return to.openDirectory(newName);
        });
        CopiedMetadata metadata;
        try {
            metadata = CopiedMetadata.prepare(top.target(), attributes, owners);
        } catch (LinuxException e) {
            top.close();
            throw e;
        }
        // Hard links are made from it to the end, when the directory itself may be finished long since.
        try (Fd topTarget = to.openDirectory(newName).fd()) {
            new TreeCopy(top, topTarget, metadata, progress).run();
        }
    }

    private void run() throws LinuxException {
        try {
            workers.run(this::walk);
        } finally {
            levels.forEach(level -> level.directory.close());
            top.close();
        }
    }

    private void walk() throws LinuxException {
        push(top);
        while (!levels.isEmpty() && !workers.failed()) {
            Level level = levels.get(levels.size() - 1);
            if (!level.below.isEmpty()) {
                enter(level.directory, level.below.poll());
            } else if (!level.listed) {
                hand(level, level.directory.source().listNext(PART));
            } else {
                pop();
            }
        }
    }

    private void enter(CopiedDirectory parent, DirectoryEntry entry) throws LinuxException {
        CopiedDirectory directory = parent.enter(entry.name());
        if (directory == null) {
            return;
        }
        push(directory);
        if (levels.size() > MAX_OPEN + 1) {
            levels.get(levels.size() - 1 - MAX_OPEN).directory.suspend();
        }
    }

    private void pop() throws LinuxException {
        CopiedDirectory done = levels.remove(levels.size() - 1).directory;
        if (!levels.isEmpty()) {
            levels.get(levels.size() - 1).directory.resume(done);
        }
        release(done);
    }

    private void push(CopiedDirectory directory) throws LinuxException {
        Level level = new Level(directory);
        levels.add(level);
        hand(level, directory.source().listFirst(PART));
    }

    /** Hands out what is to be copied of a part of a directory, and notes what is to be entered. */
    private void hand(Level level, List<DirectoryEntry> part) throws LinuxException {
        CopiedDirectory directory = level.directory;
        level.listed = part.size() <= PART;
        List<DirectoryEntry> below = new ArrayList<>();
        List<DirectoryEntry> others = new ArrayList<>();
        for (DirectoryEntry entry : part) {
            int type = entry.type() == 0 ? directory.source().stat(entry.name()).type() : entry.type();
            (type == Stat.S_IFDIR ? below : others).add(entry);
        }
        // In the order in which most file systems have them on disk.
        others.sort(Comparator.comparingLong(DirectoryEntry::inode));
        below.sort(Comparator.comparingLong(DirectoryEntry::inode));
        level.below.addAll(below);
        for (int start = 0; start < others.size(); start += BATCH) {
            List<DirectoryEntry> batch = others.subList(start, Math.min(others.size(), start + BATCH));
            directory.acquire();
            workers.submit(() -> copy(directory, batch));
        }
    }

    private void copy(CopiedDirectory directory, List<DirectoryEntry> batch) throws LinuxException {
        try {
            for (DirectoryEntry entry : batch) {
                if (workers.failed()) {
                    return;
                }
                entries.copy(directory, entry);
            }
        } finally {
            release(directory);
        }
    }

    private void release(CopiedDirectory directory) throws LinuxException {
        if (directory.release()) {
            try {
                if (!workers.failed()) {
                    metadata.copy(
                            directory.source().fd(),
                            directory.stat(),
                            directory.target().fd(),
                            true);
                }
            } catch (LinuxException e) {
                throw directory.explain(e, null);
            } finally {
                directory.close();
            }
        }
    }
}
