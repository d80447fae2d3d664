package io.lxj.lifecycle;

import io.lxj.config.Config;
import io.lxj.config.Names;
import io.lxj.config.State;
import io.lxj.error.CorruptStateException;
import io.lxj.error.WrongStateException;
import io.lxj.failure.Failures;
import io.lxj.linux.LinuxException;
import io.lxj.storage.ContainerRecord;
import io.lxj.storage.Lock;
import io.lxj.storage.LockName;
import io.lxj.storage.LockSet;
import java.util.List;
import java.util.Optional;

/** Takes its name away from a container that doesn't run: it is destroyed, or has another one. Thread-safe. */
final class Retiring {
    private final Engine engine;
    private final Instance instance;
    private final String name;

    Retiring(Engine engine, Instance instance) {
        this.engine = engine;
        this.instance = instance;
        this.name = instance.name();
    }

    /** Removes the container with all its files. */
    void destroy() {
        engine.check();
        try (Lock lock = instance.lastRun().lockEnded()) {
            destroy(lock);
        }
    }

    /**
     * The same for a container whose lock is held.
     *
     * @param lock the lock, which is given up
     */
    void destroy(Lock lock) {
        try {
            mustBeStopped("destroy " + name);
            // Whoever closes lxj doesn't know of it any more.
            instance.background().giveUp();
            engine.cgroups().remove(name);
            Optional<ContainerRecord> record = readableRecord();
            // Whoever makes another one of that name must not be taken for this one.
            engine.store().delete(lock, () -> {
                instance.retire();
                record.ifPresent(known -> engine.ids().release(name, known));
            });
        } catch (LinuxException e) {
            throw Failures.exception("destroy " + name, e);
        }
    }

    /** A record that can't be read doesn't keep a container from being destroyed; the next opening gives the ids back. */
    private Optional<ContainerRecord> readableRecord() {
        try {
            return Optional.of(instance.record());
        } catch (CorruptStateException e) {
            return Optional.empty();
        }
    }

    private void mustBeStopped(String action) {
        State state = instance.state();
        if (state != State.STOPPED) {
            throw new WrongStateException(action, state.name(), List.of("STOPPED"));
        }
    }

    /** Gives the container another name; the container under that. */
    Instance rename(String newName) {
        engine.check();
        Names.container(newName);
        try (LockSet locks =
                engine.folder().locks().exclusive(List.of(LockName.container(name), LockName.container(newName)))) {
            mustBeStopped("rename " + name);
            instance.background().await();
            ContainerRecord record = instance.record();
            engine.store().rename(locks, name, newName);
            engine.ids().rename(name, newName, record);
            instance.retire();
        }
        Instance renamed = engine.instance(newName);
        Config config = renamed.record().config();
        HostNames.change(renamed, HostNames.of(config, name), HostNames.of(config, newName));
        return renamed;
    }
}
