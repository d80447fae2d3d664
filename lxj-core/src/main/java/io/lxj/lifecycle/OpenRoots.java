package io.lxj.lifecycle;

import io.lxj.config.IdMap;
import io.lxj.failure.Failures;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.RootDir;
import io.lxj.storage.ContainerFolder;
import io.lxj.storage.Lock;
import io.lxj.storage.RootStorage;
import io.lxj.storage.ShiftedStorage;
import java.io.IOException;
import java.util.Optional;

/** Opens the roots of containers for work on their files. Thread-safe. */
final class OpenRoots {
    private final Engine engine;

    OpenRoots(Engine engine) {
        this.engine = engine;
    }

    /** As the container's processes see it; or as it is stored if it doesn't run, and then it can't be started meanwhile. */
    OpenRoot open(Instance instance, boolean change) {
        try {
            Optional<OpenRoot> live = live(instance);
            return live.isPresent() ? live.get() : stopped(instance, change);
        } catch (IOException e) {
            throw Failures.exception("open the files of " + instance.name(), e);
        }
    }

    private Optional<OpenRoot> live(Instance instance) throws IOException {
        Optional<Run> current = instance.current();
        if (current.isEmpty()) {
            return Optional.empty();
        }
        Run run = current.get();
        boolean shifted = run.ids().isEmpty() && isShifted(instance);
        try (RootDir root = engine.executing().root(run)) {
            return Optional.of(OpenRoot.running(run, LentRoot.of(run, root), shifted));
        }
    }

    /** Whether a container's files are a copy with the ids of the host. */
    boolean isShifted(Instance instance) throws LinuxException {
        try (ContainerFolder folder = engine.store().open(instance.name())) {
            return ShiftedStorage.isIn(folder.directory());
        }
    }

    private OpenRoot stopped(Instance instance, boolean change) throws IOException {
        Lock lock = engine.lock(instance.name());
        try {
            // It may have been started before the lock was ours.
            Optional<OpenRoot> live = live(instance);
            if (live.isPresent()) {
                lock.close();
                return live.get();
            }
            instance.background().await();
            RootStorage.Use use = change ? RootStorage.Use.CHANGE : RootStorage.Use.LOOK;
            try (ContainerFolder folder = engine.store().open(instance.name())) {
                boolean shifted = ShiftedStorage.isIn(folder.directory());
                Optional<IdMap> ids =
                        shifted ? ShiftedStorage.ids(folder.directory(), folder.toString()) : Optional.empty();
                Fd root = engine.mountRoot(folder, folder.record().config(), use);
                return OpenRoot.stopped(lock, new RootDir(root), ids, shifted);
            }
        } catch (Throwable e) {
            lock.close();
            throw e;
        }
    }
}
