package io.lxj.storage;

import io.lxj.linux.Directory;
import io.lxj.linux.LinuxException;
import java.util.List;

/**
 * A container that was just made: it has its name, but not all of its files are on disk. Until they are, it is marked
 * (see {@link SyncMarker}), and a power cut takes it away as a whole. So the caller, who owns it, settles it soon: at the
 * latest before anything depends on the container. Not thread-safe.
 */
public final class NewContainer implements AutoCloseable {
    private final ContainerRecord record;
    private final Directory folder;
    private final DurableFiles files;

    NewContainer(ContainerRecord record, Directory folder, DurableFiles files) {
        this.record = record;
        this.folder = folder;
        this.files = files;
    }

    /**
     * What was made.
     *
     * @return what the container is
     */
    public ContainerRecord record() {
        return record;
    }

    Directory folder() {
        return folder;
    }

    DurableFiles files() {
        return files;
    }

    /**
     * Waits until all of it is on disk, then takes the marker away. A copy is written out with all that is unwritten on
     * its file system.
     *
     * @throws LinuxException if it can't be written; the marker stays
     */
    public void settle() throws LinuxException {
        if (RootStorage.of(record.config().storage(), folder).needsImage()) {
            files.sync();
            SyncMarker.remove(folder);
        } else {
            Settler.settle(List.of(folder));
        }
    }

    @Override
    public void close() {
        files.close();
        folder.close();
    }
}
