package io.lxj.lifecycle;

import io.lxj.config.Config;
import io.lxj.config.IdMap;
import io.lxj.failure.Failures;
import io.lxj.storage.ContainerRecord;
import io.lxj.storage.CopyProgress;
import io.lxj.storage.FirstBoot;
import io.lxj.storage.HostResolver;
import io.lxj.storage.Lock;
import io.lxj.storage.LockName;
import io.lxj.storage.MachineId;
import io.lxj.storage.NewContainer;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/** Creates containers: checks all that is asked for, claims ids and makes the folder. Nothing is left if that fails. */
final class Creating {
    private final Engine engine;

    Creating(Engine engine) {
        this.engine = engine;
    }

    /** A new container, stopped. */
    Instance create(String name, Config config) {
        check(name, config);
        try (Lock lock = engine.lock(name)) {
            ContainerRecord record = claim(lock, config);
            try (Lock image = lockImage(config)) {
                return make(lock, image, record);
            } catch (RuntimeException | Error e) {
                giveUp(name, record, e);
                throw e;
            }
        }
    }

    /** Refuses what can be told before anything is made. */
    void check(String name, Config config) {
        HostNames.of(config, name);
        engine.checkUser(config);
        ConfigChecks.check(engine, "create " + name, name, config);
    }

    /** The image is to stay until there is a container of it. */
    Lock lockImage(Config config) {
        return engine.folder().locks().shared(LockName.image(config.image()));
    }

    /** What a container is going to be that there is none of yet, with ids that were set apart for it. */
    ContainerRecord claim(Lock lock, Config config) {
        String name = lock.name().name();
        // Ids are noted by name: what a create that fails gives back must not be an existing container's.
        engine.store().refuseExisting(lock);
        ContainerRecord record = new ContainerRecord(
                MachineId.random(), Instant.now(), config, engine.ids().claim(name, config));
        try {
            ConfigChecks.check(name, config, ids(name, record), engine.folder().deputy());
            return record;
        } catch (RuntimeException | Error e) {
            giveUp(name, record, e);
            throw e;
        }
    }

    /** Gives the ids back of a container that won't come about. */
    void giveUp(String name, ContainerRecord record) {
        engine.ids().release(name, record);
    }

    private void giveUp(String name, ContainerRecord record, Throwable failure) {
        Undo undo = new Undo();
        undo.add(() -> giveUp(name, record));
        undo.run(failure);
    }

    private Optional<IdMap> ids(String name, ContainerRecord record) {
        return engine.ids().withNested(name, record.config(), engine.ids().of(record));
    }

    /** Makes it, stopped. Nothing but its ids is left if that fails. */
    Instance make(Lock lock, Lock image, ContainerRecord record) {
        String name = lock.name().name();
        try {
            FirstBoot firstBoot = new FirstBoot(
                    HostNames.of(record.config(), name),
                    record.machineId(),
                    HostResolver.ofHost().read());
            NewContainer made = engine.store()
                    .create(
                            lock,
                            image,
                            record,
                            engine.shifting().ofNew(name, ids(name, record)),
                            firstBoot,
                            CopyProgress.NONE);
            Instance instance = engine.instance(name, record);
            instance.background().settle(made);
            return instance;
        } catch (IOException e) {
            throw Failures.exception("create " + name, e);
        }
    }
}
