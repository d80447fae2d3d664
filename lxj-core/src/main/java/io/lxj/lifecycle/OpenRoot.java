package io.lxj.lifecycle;

import io.lxj.config.IdMap;
import io.lxj.image.OwnerMap;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileIdentity;
import io.lxj.linux.LinuxException;
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
    // Who is root of the container's ids for this JVM, if somebody is.
    private final FilesDeputy deputy;

    // The lock keeps the container stopped; it is null if the container runs.
    OpenRoot(RootDir root, Lock lock, Optional<IdMap> ids, boolean shifted) {
        this(root, lock, ids, shifted, null);
    }

    /** Of a container that runs, seen by a deputy, which is given back in the end. */
    OpenRoot(RootDir root, FilesDeputy deputy, IdMap ids) {
        this(root, null, Optional.of(ids), false, deputy);
    }

    private OpenRoot(RootDir root, Lock lock, Optional<IdMap> ids, boolean shifted, FilesDeputy deputy) {
        this.shifted = shifted;
        this.root = root;
        this.ids = ids;
        this.lock = lock;
        this.deputy = deputy;
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
        if (deputy != null) {
            return OwnerMap.inside(ids.get());
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
        try (FileIdentity identity = ids.isPresent() && deputy == null ? identity(root.fd(), ids.get()) : null) {
            return work.run();
        }
    }

    /**
     * What went wrong with a file, explained where it is the kernel that forbids it.
     *
     * @param cause what went wrong
     * @return the same, perhaps with what to do about it
     */
    public IOException explained(IOException cause) {
        boolean forbidden = deputy != null
                && cause instanceof LinuxException call
                && (call.is(Errno.EACCES) || call.is(Errno.EPERM))
                && call.hint().isEmpty();
        return forbidden
                ? ((LinuxException) cause)
                        .withHint(
                                "that is more than root of the container may do: files of the host that are mounted there are"
                                        + " not its own, unless they are shifted(); work on them on the host")
                : cause;
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
        if (deputy != null) {
            deputy.giveBack();
        }
        if (lock != null) {
            lock.close();
        }
    }
}
