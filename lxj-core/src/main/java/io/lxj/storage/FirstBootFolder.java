package io.lxj.storage;

import io.lxj.linux.Directory;

/**
 * A folder of a container that never ran, its /etc for example. What the container sees there and where a new file has to
 * be made are two directories with an overlay (the image's and the container's own), one with a copy. Thread-safe.
 *
 * @param seen where the container's files are looked up
 * @param written where files are made
 */
record FirstBootFolder(Directory seen, Directory written) implements AutoCloseable {
    @Override
    public void close() {
        seen.close();
        written.close();
    }
}
