package io.lxj.storage;

import io.lxj.linux.Directory;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Stat;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A folder in which something is made or taken apart, out of everybody's sight. Its owner holds it locked with flock(2);
 * one that nobody holds locked belongs to a dead process and is removed by {@link TemporaryFolders#sweep}. What was made
 * gets its name by {@link #moveTo}, whole, or is removed by {@link #close}. Not thread-safe.
 */
public final class TemporaryFolder implements AutoCloseable {
    /** RENAME_NOREPLACE of renameat2(2). */
    private static final int NO_REPLACE = 1;
    /** RENAME_EXCHANGE. */
    private static final int EXCHANGE = 2;

    private final Directory parent;
    private final String name;
    private final Directory directory;
    private boolean moved;

    private TemporaryFolder(Directory parent, String name, Directory directory) {
        this.parent = parent;
        this.name = name;
        this.directory = directory;
    }

    /**
     * Makes an empty folder.
     *
     * @param parent the folder for temporary folders
     * @param purpose what for, as the beginning of its name, for example {@code create.web1}
     * @return the folder, locked
     * @throws LinuxException if that fails
     */
    static TemporaryFolder make(Directory parent, String purpose) throws LinuxException {
        while (true) {
            String name = unique(purpose);
            parent.mkdir(FileName.bytes(name), 0700);
            // In the moment before it is locked, a sweep may take it for abandoned.
            Optional<Directory> directory = lock(parent, name);
            if (directory.isPresent()) {
                return new TemporaryFolder(parent, name, directory.get());
            }
        }
    }

    private static Optional<Directory> lock(Directory parent, String name) throws LinuxException {
        Optional<Directory> found = parent.findDirectory(FileName.bytes(name));
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Directory directory = found.get();
        boolean locked = false;
        try {
            locked = FileLock.tryExclusive(directory.fd()) && isStill(parent, name, directory);
        } finally {
            if (!locked) {
                directory.close();
            }
        }
        return locked ? Optional.of(directory) : Optional.empty();
    }

    /**
     * Takes a folder away from where it is, at once and whole, to be taken apart.
     *
     * @param from where it is
     * @param existing its name there
     * @param parent the folder for temporary folders
     * @param purpose what for, as the beginning of its new name
     * @return the folder, locked
     * @throws LinuxException ENOENT if there is no such folder
     */
    static TemporaryFolder take(Directory from, String existing, Directory parent, String purpose)
            throws LinuxException {
        Directory directory = from.openDirectory(FileName.bytes(existing));
        try {
            // Nobody else locks a folder that isn't temporary yet.
            FileLock.tryExclusive(directory.fd());
            String name = unique(purpose);
            from.rename(FileName.bytes(existing), parent, FileName.bytes(name), NO_REPLACE);
            return new TemporaryFolder(parent, name, directory);
        } catch (LinuxException e) {
            directory.close();
            throw e;
        }
    }

    private static String unique(String purpose) {
        return purpose + "."
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }

    /** Whether a name still leads to a folder that was opened by it. */
    static boolean isStill(Directory parent, String name, Directory directory) throws LinuxException {
        Optional<Stat> now = parent.findStat(FileName.bytes(name));
        return now.isPresent() && now.get().isSameFile(directory.fd().stat());
    }

    /**
     * The folder itself.
     *
     * @return the directory, which this object still owns
     */
    public Directory directory() {
        return directory;
    }

    /**
     * Gives the folder its name. From now on it isn't temporary.
     *
     * @param target the folder that it goes to, on the same file system
     * @param newName its name there
     * @throws LinuxException EEXIST if the name is taken
     */
    public void moveTo(Directory target, String newName) throws LinuxException {
        parent.rename(FileName.bytes(name), target, FileName.bytes(newName), NO_REPLACE);
        moved = true;
    }

    /**
     * Takes the place of a folder, at once. What was there is in this one from now on.
     *
     * @param other the folder that has it, on the same file system
     * @param existing its name there
     * @throws LinuxException ENOENT if there is none
     */
    void exchange(Directory other, String existing) throws LinuxException {
        parent.rename(FileName.bytes(name), other, FileName.bytes(existing), EXCHANGE);
    }

    /**
     * Removes the folder with all that is in it.
     *
     * @throws LinuxException if something in it can't be removed
     */
    public void remove() throws LinuxException {
        if (!moved) {
            parent.removeTree(FileName.bytes(name));
            moved = true;
        }
    }

    /**
     * Removes the folder unless it was moved, and gives up the lock.
     *
     * @throws LinuxException if something in it can't be removed; the next sweep tries again
     */
    @Override
    public void close() throws LinuxException {
        try (directory) {
            remove();
        } finally {
            moved = true;
        }
    }

    @Override
    public String toString() {
        return "temporary folder " + name;
    }
}
