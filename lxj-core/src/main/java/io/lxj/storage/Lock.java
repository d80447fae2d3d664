package io.lxj.storage;

import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lock that is held until it is closed. What it protects may be gone by then, or never have come about: its file is
 * removed with it, and who waits for it makes a new one. Closing it twice is harmless. Thread-safe.
 */
public final class Lock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lock.class);

    private final LockName name;
    private final boolean exclusive;
    private final Fd file;
    private final Turns.Turn turn;
    private final LockFiles files;
    private final AtomicBoolean closed = new AtomicBoolean();

    Lock(LockName name, boolean exclusive, Fd file, Turns.Turn turn, LockFiles files) {
        this.name = name;
        this.exclusive = exclusive;
        this.file = file;
        this.turn = turn;
        this.files = files;
    }

    /**
     * What is locked.
     *
     * @return the name of the lock
     */
    public LockName name() {
        return name;
    }

    /**
     * Refuses to go on unless this lock protects what is about to be changed.
     *
     * @param needed what has to be locked alone
     * @throws IllegalStateException if this is another lock, a shared one, or closed
     */
    void check(LockName needed) {
        check(needed, exclusive);
    }

    /**
     * Refuses to go on unless what this lock protects stays as it is.
     *
     * @param needed what has to be locked, shared at least
     * @throws IllegalStateException if this is another lock, or closed
     */
    void checkHeld(LockName needed) {
        check(needed, true);
    }

    private void check(LockName needed, boolean enough) {
        if (!name.equals(needed) || !enough || closed.get()) {
            throw new IllegalStateException(needed + " is not locked by the caller, but " + this);
        }
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try (turn;
                file) {
            removeIfUseless();
            FileLock.release(file);
        } catch (LinuxException e) {
            // flock(2) has no way to fail here; closing the file gives the lock up just the same.
            throw new IllegalStateException(e);
        }
    }

    /** Nobody can make what it protects meanwhile: that takes the lock. */
    private void removeIfUseless() {
        try {
            if (!files.isNeeded(name) && isAlone()) {
                files.remove(name);
            }
        } catch (LinuxException e) {
            LOG.warn("The file of the {} stays until the state folder is opened again", this, e);
        } catch (IllegalStateException e) {
            LOG.debug("The state folder was closed before the {}", this, e);
        }
    }

    /** Others that share it would hold a file that nobody finds any more. */
    private boolean isAlone() throws LinuxException {
        return exclusive || FileLock.tryExclusive(file) && file.stat().links() > 0;
    }

    @Override
    public String toString() {
        return (exclusive ? "lock of " : "shared lock of ") + name + (closed.get() ? " (given up)" : "");
    }
}
