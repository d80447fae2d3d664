package io.lxj.storage;

import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import java.util.concurrent.atomic.AtomicBoolean;

/** A lock that is held until it is closed. Closing it twice is harmless. Thread-safe. */
public final class Lock implements AutoCloseable {
    private final LockName name;
    private final boolean exclusive;
    private final Fd file;
    private final Turns.Turn turn;
    private final Removal removal;
    private final AtomicBoolean closed = new AtomicBoolean();

    interface Removal {
        void run() throws LinuxException;
    }

    Lock(LockName name, boolean exclusive, Fd file, Turns.Turn turn, Removal removal) {
        this.name = name;
        this.exclusive = exclusive;
        this.file = file;
        this.turn = turn;
        this.removal = removal;
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
        if (!name.equals(needed) || !exclusive || closed.get()) {
            throw new IllegalStateException(needed + " is not locked by the caller, but " + this);
        }
    }

    /**
     * Gives the lock up and removes its file, because what it protected is gone. Who waits for it makes a new one.
     *
     * @throws IllegalStateException if the lock is a shared one, or closed
     * @throws LinuxException if the file can't be removed; the lock is given up all the same
     */
    public void closeAndRemove() throws LinuxException {
        check(name);
        try {
            removal.run();
        } finally {
            close();
        }
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try (turn;
                file) {
            FileLock.release(file);
        } catch (LinuxException e) {
            // flock(2) has no way to fail here; closing the file gives the lock up just the same.
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return (exclusive ? "lock of " : "shared lock of ") + name + (closed.get() ? " (given up)" : "");
    }
}
