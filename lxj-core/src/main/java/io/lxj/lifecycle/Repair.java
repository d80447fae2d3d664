package io.lxj.lifecycle;

import io.lxj.config.ExitStatus;
import io.lxj.config.OnExit;
import io.lxj.error.CorruptStateException;
import io.lxj.linux.LinuxException;
import io.lxj.storage.ContainerFolder;
import io.lxj.storage.Lock;
import io.lxj.storage.LockName;
import io.lxj.storage.RunRecord;
import java.util.ArrayList;
import java.util.List;
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

    /** Repairs everything; the containers that asked for a reboot and were not started again by whoever had to. */
    List<String> run() throws LinuxException {
        List<String> rebooting = new ArrayList<>();
        engine.images().sweep();
        engine.store().sweep().forEach(left -> LOG.info("Removed {}, which a dead process left", left));
        Set<String> names = new TreeSet<>(engine.store().names());
        names.addAll(engine.cgroups().containers());
        for (String name : names) {
            Optional<Lock> lock = engine.folder().locks().tryExclusive(LockName.container(name));
            if (lock.isPresent()) {
                try (Lock held = lock.get()) {
                    repair(name);
                    if (isRebooting(name)) {
                        rebooting.add(name);
                    }
                }
            }
        }
        // What a run had belongs to nobody only when what is left of the run has been removed.
        repairIds();
        return rebooting;
    }

    private void repairIds() throws LinuxException {
        engine.ids().sweep();
        for (String name : engine.store().names()) {
            try (ContainerFolder folder = engine.store().find(name).orElse(null)) {
                if (folder != null) {
                    engine.ids().note(name, folder.record().firstId());
                }
            } catch (CorruptStateException e) {
                LOG.warn("The ids of container {} aren't known", name, e);
            }
        }
    }

    /** Whether it was left between the end of a run and the start of the next; what dies with its JVM doesn't go on. */
    boolean isRebooting(String name) {
        try (ContainerFolder folder = engine.store().find(name).orElse(null)) {
            return folder != null
                    && folder.run().isEmpty()
                    && folder.exit()
                            .filter(exit -> exit.status().cause() == ExitStatus.Cause.REBOOTED)
                            .isPresent()
                    && folder.record().config().onExit() == OnExit.KEEP;
        } catch (CorruptStateException e) {
            LOG.warn("Container {} can't be started again", name, e);
            return false;
        }
    }

    /** Repairs a container whose lock is held; whether that was the end of a run. */
    boolean repair(String name) throws LinuxException {
        try (ContainerFolder folder = engine.store().find(name).orElse(null)) {
            Optional<RunRecord> record = folder == null ? Optional.empty() : folder.run();
            if (record.isPresent()) {
                return repair(folder, record.get());
            }
            removeStart(name);
            return false;
        }
    }

    private void removeStart(String name) throws LinuxException {
        if (engine.cgroups().has(name)) {
            LOG.info("Removing the processes that a start of {} left", name);
            engine.cgroups().remove(name);
        }
    }

    /**
     * Repairs a container whose lock is held and whose init is gone.
     *
     * @param patient whether to leave the end of a run to the process that looks after it
     * @return whether that has yet to note the end, which takes the lock
     */
    boolean leavesToOwner(String name, boolean patient) throws LinuxException {
        try (ContainerFolder folder = engine.store().find(name).orElse(null)) {
            Optional<RunRecord> record = folder == null ? Optional.empty() : folder.run();
            if (record.isEmpty()) {
                removeStart(name);
                return false;
            }
            if (repair(folder, record.get())) {
                return false;
            }
            if (patient && !record.get().owner().equals(engine.self())) {
                return true;
            }
            LOG.warn("The process that looks after container {} doesn't note its end", name);
            engine.ending().endLeftOver(folder, record.get(), engine.self().bootId());
            return false;
        }
    }

    /** Whether nobody looked after the run any more, so that it was ended here. */
    private boolean repair(ContainerFolder folder, RunRecord record) {
        // Whoever looks after it learns of its end, and knows more about it than can be told from here.
        if (engine.isAlive(record.keeper().orElse(record.owner()))) {
            return false;
        }
        ExitStatus exit =
                engine.ending().endLeftOver(folder, record, engine.self().bootId());
        LOG.info("Container {} was left by a process that is gone: {}", folder.name(), exit);
        return true;
    }
}
