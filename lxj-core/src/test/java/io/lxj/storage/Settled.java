package io.lxj.storage;

import io.lxj.config.Config;
import io.lxj.linux.LinuxException;
import java.util.Optional;

/** Creates containers and waits until they are on disk; a copy is only closed, and gets there by a {@link Settler}. */
public final class Settled {
    private Settled() {}

    public static ContainerRecord create(
            ContainerStore store, Lock lock, Config config, FirstBoot firstBoot, CopyProgress progress) {
        try (NewContainer made = store.create(lock, config, Optional.empty(), firstBoot, progress)) {
            if (RootStorage.of(config.storage()).needsImage()) {
                made.settle();
            }
            return made.record();
        } catch (LinuxException e) {
            throw new IllegalStateException(e);
        }
    }
}
