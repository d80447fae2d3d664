package io.lxj.lifecycle;

import io.lxj.failure.Failures;
import io.lxj.linux.LinuxException;
import io.lxj.linux.RootDir;
import io.lxj.storage.Lock;
import io.lxj.storage.RootStorage;
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
        } catch (LinuxException e) {
            throw Failures.exception("open the files of " + instance.name(), e);
        }
    }

    private Optional<OpenRoot> live(Instance instance) throws LinuxException {
        Optional<Run> current = instance.current();
        return current.isPresent()
                ? Optional.of(new OpenRoot(
                        engine.executing().root(current.get()),
                        null,
                        current.get().ids()))
                : Optional.empty();
    }

    private OpenRoot stopped(Instance instance, boolean change) throws LinuxException {
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
            return new OpenRoot(new RootDir(engine.mountRoot(instance.name(), use)), lock, Optional.empty());
        } catch (LinuxException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }
}
