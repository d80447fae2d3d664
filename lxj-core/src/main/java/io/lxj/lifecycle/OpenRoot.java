package io.lxj.lifecycle;

import io.lxj.config.IdMap;
import io.lxj.image.OwnerMap;
import io.lxj.linux.Fd;
import io.lxj.linux.FileIdentity;
import io.lxj.linux.RootDir;
import io.lxj.storage.Lock;
import java.io.IOException;
import java.util.Optional;

/** The root of a container, open for work on its files. A stopped container can't be started meanwhile. */
// An identity is held for its effect alone.
@SuppressWarnings("try")
public final class OpenRoot implements AutoCloseable {
    private final RootDir root;
    private final Lock lock;
    private final Optional<IdMap> ids;
    private final boolean shifted;

    // The lock keeps the container stopped; it is null if the container runs.
    OpenRoot(RootDir root, Lock lock, Optional<IdMap> ids, boolean shifted) {
        this.shifted = shifted;
        this.root = root;
        this.ids = ids;
        this.lock = lock;
    }

    /**
     * The root.
     *
     * @return the root, which this object still owns
     */
    public RootDir root() {
        return root;
    }

    /**
     * How the owners of its files look from here.
     *
     * @return the owners
     */
    public OwnerMap owners() {
        if (ids.isEmpty()) {
            return OwnerMap.onDisk(root.fd());
        }
        return shifted ? OwnerMap.stored(ids) : OwnerMap.of(ids);
    }

    /**
     * Runs work that makes or changes files, which by default belong to the container's root.
     *
     * @param work the work, on this thread
     * @param <T> what it makes
     * @return what it made
     * @throws IOException what it throws
     */
    public <T> T asRoot(Work<T> work) throws IOException {
        try (FileIdentity identity = ids.isPresent() ? identity(root.fd(), ids.get()) : null) {
            return work.run();
        }
    }

    private static FileIdentity identity(Fd place, IdMap map) throws IOException {
        return FileIdentity.of(
                place, map.hostUser(0).orElseThrow(), map.hostGroup(0).orElseThrow());
    }

    /**
     * Something to do.
     *
     * @param <T> what it makes
     */
    @FunctionalInterface
    public interface Work<T> {
        /**
         * Does it.
         *
         * @return what it made
         * @throws IOException if it fails
         */
        T run() throws IOException;
    }

    @Override
    public void close() {
        root.close();
        if (lock != null) {
            lock.close();
        }
    }
}
