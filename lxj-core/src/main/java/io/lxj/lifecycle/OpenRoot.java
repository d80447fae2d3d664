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
    private final Optional<IdMap> ids;
    private final boolean shifted;
    // Keeps the container stopped; null if it runs.
    private final Lock lock;
    // What the container is in that runs; null if it is stopped.
    private final Run run;
    // Who is root of the container's ids for this JVM, if somebody is.
    private final FilesDeputy.Loan loan;

    private OpenRoot(RootDir root, Optional<IdMap> ids, boolean shifted, Lock lock, Run run, FilesDeputy.Loan loan) {
        this.root = root;
        this.ids = ids;
        this.shifted = shifted;
        this.lock = lock;
        this.run = run;
        this.loan = loan;
    }

    /** Of a container that is stopped. */
    OpenRoot(Lock lock, RootDir root, Optional<IdMap> ids, boolean shifted) {
        this(root, ids, shifted, lock, null, null);
    }

    /** Of a container that runs with the ids of the host. */
    OpenRoot(Run run, RootDir root, boolean shifted) {
        this(root, Optional.empty(), shifted, null, run, null);
    }

    /** Of a container that runs with ids of its own. */
    OpenRoot(Run run, LentRoot lent, IdMap ids) {
        this(lent.root(), Optional.of(ids), false, null, run, lent.loan());
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
        if (loan != null) {
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
        try (FileIdentity identity = ids.isPresent() && loan == null ? identity(root.fd(), ids.get()) : null) {
            return work.run();
        }
    }

    /**
     * Refuses to go on once the container that ran was stopped: started again, it has its root from another mount.
     *
     * @throws LinuxException ESTALE if it was
     */
    public void requireRun() throws LinuxException {
        try {
            if (run == null || run.init().isAlive()) {
                return;
            }
        } catch (IllegalStateException e) {
            // It is closed when the container has ended, and when lxj is closed.
        }
        throw LinuxException.of(-Errno.ESTALE.number(), "renameat2", "/")
                .withHint("the container has ended since this was begun, or lxj was closed: do it again");
    }

    /**
     * What went wrong with a file, explained where it is the container or the kernel that is in the way.
     *
     * @param cause what went wrong
     * @return the same, perhaps with what to do about it
     */
    public IOException explained(IOException cause) {
        return cause instanceof LinuxException call && call.hint().isEmpty()
                ? call.errno().flatMap(this::hint).map(call::withHint).orElse(call)
                : cause;
    }

    private Optional<String> hint(Errno errno) {
        if (run != null && errno == Errno.EAGAIN) {
            return Optional.of("a process of the container holds a lease on it, see F_SETLEASE in fcntl(2)");
        }
        if (loan == null) {
            return Optional.empty();
        }
        return switch (errno) {
            case EACCES, EPERM ->
                Optional.of(
                        "that is more than root of the container may do from outside: what is the host's and mounted"
                                + " there isn't its own unless it is shifted(), and in /proc only a command in the container"
                                + " sees all; a FUSE that it serves is closed");
            case EOWNERDEAD ->
                Optional.of(
                        "the process that works on the container's files was killed, or given up: try again, the next"
                                + " one has another");
            case ETIMEDOUT ->
                Optional.of(
                        "a file system of the container's own, or a disk, doesn't answer, or the process that works on its"
                                + " files was stopped");
            default -> Optional.empty();
        };
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
        if (loan != null) {
            loan.close();
        }
        if (lock != null) {
            lock.close();
        }
    }
}
