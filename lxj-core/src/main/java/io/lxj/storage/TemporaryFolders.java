package io.lxj.storage;

import io.lxj.linux.Directory;
import io.lxj.linux.DirectoryEntry;
import io.lxj.linux.Errno;
import io.lxj.linux.LinuxException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The folder in which images and containers are made and taken apart. Thread-safe. */
public final class TemporaryFolders {
    private static final Logger LOG = LoggerFactory.getLogger(TemporaryFolders.class);

    private final Directory parent;

    /**
     * Temporary folders in a folder.
     *
     * @param parent where they are made; the caller keeps it open as long as this is used
     */
    public TemporaryFolders(Directory parent) {
        this.parent = parent;
    }

    /**
     * Makes an empty folder, with mode 0700.
     *
     * @param purpose what for, as the beginning of its name, for example {@code create.web1}
     * @return the folder, to be closed
     * @throws LinuxException if that fails
     */
    public TemporaryFolder make(String purpose) throws LinuxException {
        return TemporaryFolder.make(parent, purpose);
    }

    /**
     * Takes a folder away from where it is, at once and whole. The folder's own name must not be in use by others: the
     * caller holds its lock.
     *
     * @param from where it is
     * @param name its name there
     * @param purpose what for, as the beginning of its new name
     * @return the folder, to be closed, which removes it
     * @throws LinuxException ENOENT if there is no such folder
     */
    public TemporaryFolder take(Directory from, String name, String purpose) throws LinuxException {
        return TemporaryFolder.take(from, name, parent, purpose);
    }

    /**
     * Removes what dead processes left. What can't be removed is logged, and left for the next time: it has no name any
     * more that anybody could ask for, and must not keep the rest from being used.
     *
     * @return the names of what was removed
     * @throws LinuxException if the folder can't be read
     */
    public List<String> sweep() throws LinuxException {
        List<String> removed = new ArrayList<>();
        for (DirectoryEntry entry : parent.list()) {
            try {
                if (removeIfAbandoned(entry)) {
                    removed.add(entry.string());
                }
            } catch (LinuxException e) {
                LOG.warn("{}, which a dead process left, could not be removed", entry.string(), e);
            }
        }
        return removed;
    }

    private boolean removeIfAbandoned(DirectoryEntry entry) throws LinuxException {
        try {
            if (parent.stat(entry.name()).isDirectory()) {
                return removeFolderIfAbandoned(entry);
            }
            // Nothing but folders is made here; whatever it is, it isn't in use.
            parent.unlink(entry.name());
            return true;
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                return false;
            }
            throw e;
        }
    }

    private boolean removeFolderIfAbandoned(DirectoryEntry entry) throws LinuxException {
        try (Directory directory = parent.openDirectory(entry.name())) {
            // Once it is locked nobody moves it; before that its owner may have, by giving it its final name.
            if (!FileLock.tryExclusive(directory.fd()) || !TemporaryFolder.isStill(parent, entry.string(), directory)) {
                return false;
            }
            parent.removeTree(entry.name());
            return true;
        }
    }
}
