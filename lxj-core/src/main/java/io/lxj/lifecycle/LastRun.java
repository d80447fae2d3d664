package io.lxj.lifecycle;

import io.lxj.config.ExitStatus;
import io.lxj.config.State;
import io.lxj.storage.ContainerFolder;
import io.lxj.storage.ExitRecord;
import io.lxj.storage.Lock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** What is on record of a container's last run, which may have ended when nobody was watching. Thread-safe. */
// A lock is held for its effect alone.
@SuppressWarnings("try")
final class LastRun {
    private static final Duration OWNER_PATIENCE = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(2);

    private final Engine engine;
    private final Instance instance;
    private final String name;

    LastRun(Engine engine, Instance instance) {
        this.engine = engine;
        this.instance = instance;
        this.name = instance.name();
    }

    /** How the last run ended, if there was one. */
    Optional<ExitStatus> exit() {
        if (instance.state() == State.STOPPED) {
            repairIfLeft();
        }
        try (ContainerFolder folder = engine.store().open(name)) {
            return folder.exit().map(ExitRecord::status);
        }
    }

    /**
     * It may have ended when nobody was watching: its keeper's word is still to be taken down then, and it goes on if it
     * asked for a reboot.
     *
     * @return whether a run is still on record that has ended: its keeper is about to say how, or its owner to note it
     */
    boolean repairIfLeft() {
        if (!isOnRecord()) {
            return false;
        }
        boolean rebooting = false;
        try (Lock lock = engine.lock(name)) {
            if (instance.state() == State.STOPPED) {
                rebooting = engine.repair(name);
            }
        }
        if (rebooting) {
            engine.startAgain(name);
        }
        return isOnRecord() && instance.state() == State.STOPPED;
    }

    /** Whether there is a run, or one that nobody has cleared away. */
    boolean isOnRecord() {
        try (ContainerFolder folder = engine.store().open(name)) {
            return folder.run().isPresent();
        }
    }

    /**
     * The container's lock, for what needs it stopped. If its init has ended and another process looks after it, that one
     * gets its turn first: it knows how the init ended, and may be about to kill what is in the cgroup.
     */
    Lock lockEnded() {
        long start = System.nanoTime();
        while (true) {
            boolean patient = System.nanoTime() - start < OWNER_PATIENCE.toNanos();
            Lock lock = engine.lock(name);
            try {
                if (instance.isRetired() || instance.state() != State.STOPPED || !engine.leavesToOwner(name, patient)) {
                    return lock;
                }
            } catch (RuntimeException | Error e) {
                lock.close();
                throw e;
            }
            lock.close();
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }
}
