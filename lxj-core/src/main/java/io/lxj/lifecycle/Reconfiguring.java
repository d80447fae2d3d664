package io.lxj.lifecycle;

import io.lxj.config.Config;
import io.lxj.config.Limits;
import io.lxj.error.InvalidConfigException;
import io.lxj.failure.Failures;
import io.lxj.linux.LinuxException;
import io.lxj.storage.ContainerFolder;
import io.lxj.storage.Lock;
import java.util.List;
import java.util.Optional;

/** Changes what a container is configured to be. Thread-safe. */
// A lock is held for its effect alone.
@SuppressWarnings("try")
final class Reconfiguring {
    private final Engine engine;
    private final Instance instance;
    private final String name;

    Reconfiguring(Engine engine, Instance instance) {
        this.engine = engine;
        this.instance = instance;
        this.name = instance.name();
    }

    /** Stores another configuration, for the next start. The files that tell of its host name are changed with it. */
    void configure(Config config) {
        String before = HostNames.of(instance.record().config(), name);
        String after = HostNames.of(config, name);
        HostNames.change(instance, before, after);
        try {
            store(config);
        } catch (RuntimeException | Error e) {
            Undo undo = new Undo();
            undo.add(() -> HostNames.change(instance, after, before));
            undo.run(e);
            throw e;
        }
    }

    private void store(Config config) {
        engine.check();
        ConfigChecks.check(engine, "configure " + name, name, config);
        try (Lock lock = engine.lock(name);
                ContainerFolder folder = engine.store().open(name)) {
            Config old = folder.record().config();
            if (!old.image().equals(config.image())) {
                throw new InvalidConfigException(
                        "image", config.image(), old.image() + ", which the container was made of");
            }
            if (old.storage() != config.storage()) {
                throw new InvalidConfigException(
                        "storage", config.storage(), old.storage() + ", which the container was made with");
            }
            engine.checkUser(config);
            ConfigChecks.check(
                    name,
                    config,
                    engine.ids().of(folder.record().with(config)),
                    engine.folder().deputy());
            engine.ids().claimByHand(name, config);
            folder.configure(config);
            if (ContainerIds.hasMore(old)) {
                releaseFormer(folder);
            }
        }
    }

    private void releaseFormer(ContainerFolder folder) {
        Optional<Run> current = instance.current();
        // What a run had that ended when nobody was watching is given back with the rest that it left.
        if (current.isPresent() || folder.run().isEmpty()) {
            engine.ids().releaseFormer(name, folder.record(), current.flatMap(Run::ids));
        }
    }

    /** Stores other limits, and sets them if the container runs: all of them or none. */
    void update(Limits limits) {
        engine.check();
        String action = "update " + name;
        try (Lock lock = engine.lock(name);
                ContainerFolder folder = engine.store().open(name)) {
            engine.limits().check(action, limits);
            Config config = folder.record().config();
            folder.configure(config.limits(limits));
            try {
                limit(action, limits, config.limits());
            } catch (LinuxException | RuntimeException | Error e) {
                Undo undo = new Undo();
                undo.add(() -> folder.configure(config));
                undo.run(e);
                throw e;
            }
        } catch (LinuxException e) {
            throw Failures.exception(action, e);
        }
    }

    /** What was configured before may have been meant for the next start: what the run began with counts, too. */
    private void limit(String action, Limits limits, Limits configured) throws LinuxException {
        Optional<Run> current = instance.current();
        if (current.flatMap(Run::cgroup).isPresent()) {
            Run run = current.get();
            engine.limits()
                    .update(
                            action,
                            run.cgroup(action),
                            limits,
                            List.of(configured, run.config().limits()));
            run.remeasure();
        }
    }
}
