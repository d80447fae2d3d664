package io.lxj.lifecycle;

import io.lxj.failure.Failures;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Pidfd;
import io.lxj.linux.ProcessIdentity;
import io.lxj.storage.ContainerFolder;
import io.lxj.storage.Lock;
import io.lxj.storage.LockName;
import io.lxj.storage.RunRecord;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a state folder in order after processes that ended in the middle of something. What another living process
 * holds a lock of, or owns, is left alone.
 */
// A lock is held for its effect alone.
@SuppressWarnings("try")
final class Repair {
    private static final Logger LOG = LoggerFactory.getLogger(Repair.class);

    private final Engine engine;

    Repair(Engine engine) {
        this.engine = engine;
    }

    void run() throws LinuxException {
        engine.images().sweep();
        engine.store().sweep().forEach(left -> LOG.info("Removed {}, which a dead process left", left));
        Set<String> names = new TreeSet<>(engine.store().names());
        names.addAll(engine.cgroups().containers());
        for (String name : names) {
            Optional<Lock> lock = engine.folder().locks().tryExclusive(LockName.container(name));
            if (lock.isPresent()) {
                try (Lock held = lock.get()) {
                    repair(name);
                }
            }
        }
    }

    private void repair(String name) throws LinuxException {
        try (ContainerFolder folder = engine.store().find(name).orElse(null)) {
            Optional<RunRecord> record = folder == null ? Optional.empty() : folder.run();
            if (record.isPresent()) {
                repair(folder, record.get());
            } else if (engine.cgroups().containers().contains(name)) {
                LOG.info("Removing the processes that a start of {} left", name);
                engine.cgroups().remove(name);
            }
        }
    }

    private void repair(ContainerFolder folder, RunRecord record) {
        boolean alive = isAlive(record.init());
        boolean looked = record.keeper().isPresent() || isAlive(record.owner());
        if (alive && looked) {
            return;
        }
        LOG.info(
                "Container {} was left by a process that is gone: {}",
                folder.name(),
                engine.ending().endLeftOver(folder, record, engine.self().bootId()));
    }

    private boolean isAlive(ProcessIdentity identity) {
        try (Pidfd process = identity.open(engine.proc()).orElse(null)) {
            return process != null && process.isAlive();
        } catch (LinuxException e) {
            throw Failures.exception("look for process " + identity.pid(), e);
        }
    }
}
