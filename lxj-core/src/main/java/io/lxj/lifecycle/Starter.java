package io.lxj.lifecycle;

import io.lxj.config.Config;
import io.lxj.config.IdMap;
import io.lxj.config.ImageInfo;
import io.lxj.error.LxjException;
import io.lxj.failure.Failures;
import io.lxj.launch.InitLauncher;
import io.lxj.launch.StageAhead;
import io.lxj.linux.LinuxException;
import io.lxj.plan.InitPlan;
import io.lxj.plan.LaunchSpec;
import io.lxj.storage.ContainerFolder;
import io.lxj.storage.ContainerRecord;
import io.lxj.storage.RootLayout;
import io.lxj.storage.RootStorage;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Starts containers. What was made for a start that fails is for the caller to take back. Thread-safe. */
final class Starter {
    private final Engine engine;
    private final InitLauncher launcher;

    Starter(Engine engine, InitLauncher launcher) {
        this.engine = engine;
        this.launcher = launcher;
    }

    /**
     * Starts a container whose lock is held. The stage takes the longest way: it sets off before anything else.
     *
     * @param undo gets what is to be taken back if this fails
     */
    Run start(Instance instance, Undo undo) {
        String name = instance.name();
        try (StageAhead ahead = launcher.begin();
                ContainerFolder folder = engine.store().open(name)) {
            ContainerRecord record = engine.ids().keep(name, folder.record(), folder);
            ImageInfo image = engine.images().of(folder, record);
            try (Starting starting =
                    Starting.begin(engine, launcher, ahead, name, record, image, Optional.of(folder))) {
                return starting.finish(folder, instance.background(), undo);
            }
        } catch (IOException e) {
            throw failed(name, e);
        }
    }

    /** Begins to start a process for a container. */
    StageAhead ahead(String name) {
        try {
            return launcher.begin();
        } catch (IOException e) {
            throw failed(name, e);
        }
    }

    /** Begins to start a container that has no folder yet, and isn't to be kept; its lock is held. */
    Starting begin(StageAhead ahead, String name, ContainerRecord record, ImageInfo image) {
        try {
            return Starting.begin(engine, launcher, ahead, name, record, image, Optional.empty());
        } catch (IOException e) {
            throw failed(name, e);
        }
    }

    /** Goes on with that when there is the folder. */
    Run finish(Instance instance, Starting starting, Undo undo) {
        try (ContainerFolder folder = engine.store().open(instance.name())) {
            return starting.finish(folder, instance.background(), undo);
        } catch (IOException e) {
            throw failed(instance.name(), e);
        }
    }

    private static LxjException failed(String name, IOException e) {
        return Failures.exception("start " + name, e);
    }

    /** What a start would do, as a list of system calls. */
    String plan(Instance instance) {
        String name = instance.name();
        ContainerRecord record = instance.record();
        Optional<IdMap> ids = engine.ids().of(record);
        List<Devices.Allowed> devices =
                Devices.of("start " + name, record.config().devices(), ids);
        try (MountSpecs mounts = MountSpecs.open(engine, name, record.config().mounts(), ids)) {
            LaunchSpec spec = LaunchSpecs.of(
                    name,
                    record,
                    engine.imageOf(instance),
                    mounts.specs(),
                    devices,
                    engine.confinement(record.config(), ids.isPresent()),
                    ids);
            return InitPlan.of(
                            spec,
                            ids.flatMap(map -> layout(name, record.config())).map(StartRoot::overlay))
                    .toString();
        }
    }

    private Optional<RootLayout> layout(String name, Config config) {
        try (ContainerFolder folder = engine.store().open(name)) {
            return RootStorage.of(config.storage(), folder.directory()).layout();
        } catch (LinuxException e) {
            throw Failures.exception("look at container " + name, e);
        }
    }
}
