package io.lxj.lifecycle;

import io.lxj.error.LxjException;
import io.lxj.storage.ContainerFolder;
import io.lxj.storage.RunRecord;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over what was kept when a state folder is opened: from then on the end of each container is noticed when it comes,
 * and a reboot that it asks for comes about. Thread-safe.
 */
final class TakeOver {
    private static final Logger LOG = LoggerFactory.getLogger(TakeOver.class);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final Engine engine;

    TakeOver(Engine engine) {
        this.engine = engine;
    }

    void run() {
        engine.store().names().forEach(this::takeOver);
    }

    private void takeOver(String name) {
        if (engine.isClosed()) {
            return;
        }
        try {
            if (isKept(name)) {
                watch(engine.instance(name));
            }
        } catch (LxjException | IllegalStateException e) {
            LOG.warn("Container {} could not be taken over", name, e);
        }
    }

    private boolean isKept(String name) {
        try (ContainerFolder folder = engine.store().find(name).orElse(null)) {
            return folder != null && folder.run().flatMap(RunRecord::keeper).isPresent();
        }
    }

    private void watch(Instance instance) {
        if (instance.current().isEmpty() && instance.lastRun().repairIfLeft()) {
            // Its init has just ended; its keeper is about to say how.
            engine.supervisor()
                    .schedule(PAUSE, () -> engine.supervisor().lane().execute(() -> takeOver(instance.name())));
        }
    }
}
