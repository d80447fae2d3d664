package io.lxj.lifecycle;

import io.lxj.config.IdMap;
import io.lxj.image.OwnerMap;
import io.lxj.linux.Errno;
import io.lxj.linux.FileIdentity;
import io.lxj.linux.LinuxException;
import io.lxj.linux.RootDir;
import io.lxj.storage.Lock;
import io.lxj.supervise.Registration;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Optional;

/** The root of a container, open for work on its files. A stopped container can't be started meanwhile. */
public final class OpenRoot implements AutoCloseable {
    private final LentRoot lent;
    private final Optional<IdMap> ids;
    private final boolean shifted;
    // Keeps the container stopped; empty if it runs.
    private final Optional<Lock> lock;
    // What the container is in that runs; empty if it is stopped.
    private final Optional<Run> run;
    private Registration working = () -> {};

    private OpenRoot(LentRoot lent, Optional<IdMap> ids, boolean shifted, Optional<Lock> lock, Optional<Run> run) {
        this.lent = lent;
        this.ids = ids;
        this.shifted = shifted;
        this.lock = lock;
        this.run = run;
    }

    static OpenRoot stopped(Lock lock, RootDir root, Optional<IdMap> ids, boolean shifted) {
        return new OpenRoot(new LentRoot(root, Optional.empty()), ids, shifted, Optional.of(lock), Optional.empty());
    }

    static OpenRoot running(Run run, LentRoot lent, boolean shifted) {
        return new OpenRoot(lent, run.ids(), shifted, Optional.empty(), Optional.of(run));
    }

    /**
     * The root.
     *
     * @return the root, which this object still owns
     */
    public RootDir root() {
        return lent.root();
    }

    /**
     * How the owners of its files look from here.
     *
     * @return the owners
     */
    public OwnerMap owners() {
        if (ids.isEmpty()) {
            return OwnerMap.onDisk(root().fd());
        }
        if (lent.loan().isPresent()) {
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
        if (ids.isEmpty() || lent.loan().isPresent()) {
            return work.run();
        }
        long uid = ids.get().hostUser(0).orElseThrow();
        long gid = ids.get().hostGroup(0).orElseThrow();
        return FileIdentity.as(root().fd(), uid, gid, work::run);
    }

    /**
     * Runs work to its end, which the next run that this JVM starts waits for: what is mounted in a container is gone when it
     * ends, and what is done then may be done beside that, or beside what the next run sees.
     *
     * @param change whether it makes or changes files, which by default belong to the container's root
     * @param work the work, on this thread
     * @param <T> what it makes
     * @return what it made
     * @throws IOException what it throws; ESTALE if the container has ended meanwhile
     */
    public <T> T work(boolean change, Work<T> work) throws IOException {
        working.close();
        working = run.map(Run::work).orElse(() -> {});
        try {
            // The next run waits from here on only.
            requireLasting();
            T made = change ? asRoot(work) : work.run();
            requireLasting();
            return made;
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            throw isGone() ? stale(e) : e;
        }
    }

    /** A process of the container's that is slow to end keeps its init, too, from ending: its mounts have gone before. */
    private void requireLasting() throws LinuxException {
        requireRun();
        if (isGone()) {
            throw stale(null);
        }
    }

    private boolean isGone() {
        return run.isPresent() && !Executing.stillAlive(run.get());
    }

    private static LinuxException stale(IOException cause) {
        LinuxException stale = LinuxException.of(-Errno.ESTALE.number(), "openat2", "/")
                .withHint("the container has ended since this was begun, or lxj was closed: do it again");
        if (cause != null) {
            stale.addSuppressed(cause);
        }
        return stale;
    }

    /**
     * Refuses to go on once the container that ran was stopped: started again, it has its root from another mount.
     *
     * @throws LinuxException ESTALE if it was
     */
    public void requireRun() throws LinuxException {
        try {
            if (run.isEmpty() || run.get().init().isAlive()) {
                return;
            }
        } catch (IllegalStateException e) {
            // It is closed when the container has ended, and when lxj is closed.
        }
        throw stale(null);
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
        if (run.isPresent() && errno == Errno.EAGAIN) {
            return Optional.of("a process of the container holds a lease on it, see F_SETLEASE in fcntl(2)");
        }
        if (lent.loan().isEmpty()) {
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
                        "a file system of the container's own, or a disk, doesn't answer, a process of the container holds"
                                + " the file up, or the process that works on its files was stopped; a change may still be"
                                + " made");
            default -> Optional.empty();
        };
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
        lent.close();
        lock.ifPresent(Lock::close);
        working.close();
    }
}
