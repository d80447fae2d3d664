package io.lxj.storage;

import io.lxj.error.CanceledException;
import io.lxj.failure.Failures;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Locks on images and containers that hold between the threads of a JVM and between JVMs. A lock is a file of the state
 * folder that is held with flock(2): the kernel gives it up when its holder dies. Thread-safe.
 *
 * <p>Within this object threads take turns in the order in which they came. Between processes there is no order: who
 * waits looks again every few milliseconds, so that waiting can be interrupted. A lock can't be taken twice by the same
 * thread. It may be given up by another thread than took it.
 */
public final class Locks {
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(200);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final LockFiles files;
    private final Turns turns = new Turns();

    /** Locks on these files. */
    Locks(LockFiles files) {
        this.files = files;
    }

    /**
     * Waits for a lock and takes it alone.
     *
     * @param name what to lock
     * @return the lock, to be closed
     * @throws CanceledException if the thread is interrupted; its interrupt status stays set
     * @throws io.lxj.error.LxjException if the lock file can't be made
     */
    public Lock exclusive(LockName name) {
        return acquire(name, true);
    }

    /**
     * Waits for a lock and takes it together with others that share it.
     *
     * @param name what to lock
     * @return the lock, to be closed
     * @throws CanceledException if the thread is interrupted; its interrupt status stays set
     * @throws io.lxj.error.LxjException if the lock file can't be made
     */
    public Lock shared(LockName name) {
        return acquire(name, false);
    }

    /**
     * Waits for several locks and takes each alone, in the order that {@link LockName} prescribes.
     *
     * @param names what to lock
     * @return the locks in the order in which they were taken
     * @throws CanceledException if the thread is interrupted; no lock is held then
     * @throws io.lxj.error.LxjException if a lock file can't be made; no lock is held then
     */
    public LockSet exclusive(Collection<LockName> names) {
        List<Lock> taken = new ArrayList<>();
        try {
            for (LockName name : new TreeSet<>(names)) {
                taken.add(exclusive(name));
            }
            return new LockSet(taken);
        } catch (RuntimeException | Error e) {
            new LockSet(taken).close();
            throw e;
        }
    }

    /**
     * Takes a lock alone if it is free at this moment.
     *
     * @param name what to lock
     * @return the lock, to be closed, or empty if somebody has it
     * @throws io.lxj.error.LxjException if the lock file can't be made
     */
    public Optional<Lock> tryExclusive(LockName name) {
        Optional<Turns.Turn> turn = turns.tryTake(name, true);
        if (turn.isEmpty()) {
            return Optional.empty();
        }
        return holding(name, turn.get(), () -> attempt(name, true, turn.get()));
    }

    private Lock acquire(LockName name, boolean exclusive) {
        Turns.Turn turn;
        try {
            turn = turns.take(name, exclusive);
        } catch (InterruptedException e) {
            throw canceled(name, e);
        }
        return holding(name, turn, () -> Optional.of(await(name, exclusive, turn)))
                .orElseThrow();
    }

    private Lock await(LockName name, boolean exclusive, Turns.Turn turn) throws LinuxException {
        long pause = FIRST_PAUSE_NANOS;
        while (true) {
            Optional<Lock> lock = attempt(name, exclusive, turn);
            if (lock.isPresent()) {
                return lock.get();
            }
            try {
                TimeUnit.NANOSECONDS.sleep(pause);
            } catch (InterruptedException e) {
                throw canceled(name, e);
            }
            pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
        }
    }

    private static CanceledException canceled(LockName name, InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new CanceledException("wait until others are done with " + name, cause);
    }

    private interface Attempt {
        Optional<Lock> run() throws LinuxException;
    }

    /** Makes an attempt, and passes the turn on unless it ended with the lock. */
    private Optional<Lock> holding(LockName name, Turns.Turn turn, Attempt attempt) {
        Optional<Lock> lock = Optional.empty();
        try {
            lock = attempt.run();
        } catch (LinuxException e) {
            throw Failures.inStateFolder("lock " + name, e);
        } finally {
            if (lock.isEmpty()) {
                turn.close();
            }
        }
        return lock;
    }

    private Optional<Lock> attempt(LockName name, boolean exclusive, Turns.Turn turn) throws LinuxException {
        while (true) {
            Fd file = files.open(name);
            boolean keep = false;
            try {
                if (!(exclusive ? FileLock.tryExclusive(file) : FileLock.tryShared(file))) {
                    return Optional.empty();
                }
                // The file may have been removed since it was opened, and the lock on it means nothing then.
                if (file.stat().links() > 0) {
                    keep = true;
                    return Optional.of(new Lock(name, exclusive, file, turn, files));
                }
            } finally {
                if (!keep) {
                    file.close();
                }
            }
        }
    }
}
