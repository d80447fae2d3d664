package io.lxj.lifecycle;

import io.lxj.linux.RootDir;
import io.lxj.storage.Lock;

/** The root of a container, open for work on its files. A stopped container can't be started meanwhile. */
public final class OpenRoot implements AutoCloseable {
    private final RootDir root;
    private final Lock lock;

    // The lock keeps the container stopped; it is null if the container runs.
    OpenRoot(RootDir root, Lock lock) {
        this.root = root;
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

    @Override
    public void close() {
        root.close();
        if (lock != null) {
            lock.close();
        }
    }
}
