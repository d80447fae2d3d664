package io.lxj.lifecycle;

import io.lxj.config.Config;
import io.lxj.config.IdMap;
import io.lxj.failure.Failures;
import io.lxj.storage.CopyProgress;
import io.lxj.storage.FirstBoot;
import io.lxj.storage.HostResolver;
import io.lxj.storage.Lock;
import io.lxj.storage.MachineId;
import io.lxj.storage.NewContainer;
import java.io.IOException;
import java.util.Optional;

/** Creates containers: checks all that is asked for, claims ids and makes the folder. Nothing is left if that fails. */
final class Creating {
    private final Engine engine;

    Creating(Engine engine) {
        this.engine = engine;
    }

    /** A new container, stopped. */
    Instance create(String name, Config config) {
        String hostname = HostNames.of(config, name);
        engine.checkUser(config);
        ConfigChecks.check(engine, "create " + name, name, config);
        try (Lock lock = engine.lock(name)) {
            FirstBoot firstBoot = new FirstBoot(
                    hostname, MachineId.random(), HostResolver.ofHost().read());
            NewContainer made = make(lock, config, firstBoot);
            Instance instance = engine.instance(name, made.record());
            instance.background().settle(made);
            return instance;
        } catch (IOException e) {
            throw Failures.exception("create " + name, e);
        }
    }

    private NewContainer make(Lock lock, Config config, FirstBoot firstBoot) {
        String name = lock.name().name();
        // Ids are noted by name: what a create that fails gives back must not be an existing container's.
        engine.store().refuseExisting(lock);
        ContainerIds ids = engine.ids();
        Optional<Long> firstId = ids.claim(name, config);
        try {
            Optional<IdMap> own =
                    config.isPrivileged() ? Optional.empty() : config.idMap().or(() -> ids.of(firstId));
            Optional<IdMap> all = ids.withNested(name, config, own);
            ConfigChecks.check(name, config, all, engine.folder().deputy());
            return engine.store()
                    .create(lock, config, firstId, engine.shifting().ofNew(name, all), firstBoot, CopyProgress.NONE);
        } catch (RuntimeException | Error e) {
            Undo undo = new Undo();
            undo.add(() -> ids.release(name, firstId));
            undo.add(() -> ids.releaseMore(name, config));
            undo.run(e);
            throw e;
        }
    }
}
