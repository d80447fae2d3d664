package io.lxj.lifecycle;

import io.lxj.config.Config;
import io.lxj.config.ImageInfo;
import io.lxj.config.OnExit;
import io.lxj.launch.StageAhead;
import io.lxj.storage.ContainerRecord;
import io.lxj.storage.Lock;

/**
 * Creates containers and starts them at once. The folder is made while the stage is at work already, which takes no less
 * time. There is no container if it can't be started.
 */
final class Launching {
    private final Engine engine;
    private final Creating creating;

    Launching(Engine engine) {
        this.engine = engine;
        this.creating = new Creating(engine);
    }

    /** A new container, which runs. */
    Instance launch(String name, Config config) {
        creating.check(name, config);
        try (Lock lock = engine.lock(name);
                Lock imageLock = creating.lockImage(config)) {
            ImageInfo image = engine.images().get(config.image());
            Undo undo = new Undo();
            try {
                return image.defaults().under(config).onExit() == OnExit.KEEP
                        ? oneByOne(lock, imageLock, config, undo)
                        : sideBySide(lock, imageLock, config, image, undo);
            } catch (RuntimeException | Error e) {
                undo.run(e);
                throw e;
            }
        }
    }

    private Instance sideBySide(Lock lock, Lock imageLock, Config config, ImageInfo image, Undo undo) {
        String name = lock.name().name();
        try (StageAhead ahead = engine.starter().ahead(name)) {
            ContainerRecord record = claim(lock, config, undo);
            try (Starting starting = engine.starter().begin(ahead, name, record, image)) {
                Instance made = make(lock, imageLock, record, undo);
                made.life().startNew(begun -> engine.starter().finish(made, starting, begun));
                return made;
            }
        }
    }

    /** A keeper is given files of the container's folder from the beginning, and must not run unless that is on disk. */
    private Instance oneByOne(Lock lock, Lock imageLock, Config config, Undo undo) {
        Instance made = make(lock, imageLock, claim(lock, config, undo), undo);
        made.life().startNew(begun -> engine.starter().start(made, begun));
        return made;
    }

    private ContainerRecord claim(Lock lock, Config config, Undo undo) {
        ContainerRecord record = creating.claim(lock, config);
        undo.add(() -> creating.giveUp(lock.name().name(), record));
        return record;
    }

    private Instance make(Lock lock, Lock imageLock, ContainerRecord record, Undo undo) {
        Instance made = creating.make(lock, imageLock, record);
        // Its ids go with it.
        undo.replace(() -> new Retiring(engine, made).destroy(lock));
        return made;
    }
}
