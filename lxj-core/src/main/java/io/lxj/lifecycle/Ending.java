package io.lxj.lifecycle;

import io.lxj.config.ExitStatus;
import io.lxj.error.CorruptStateException;
import io.lxj.error.LxjException;
import io.lxj.failure.Failures;
import io.lxj.linux.Cgroup;
import io.lxj.linux.LinuxException;
import io.lxj.linux.WaitStatus;
import io.lxj.storage.ContainerFolder;
import io.lxj.storage.ExitRecord;
import io.lxj.storage.RunRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what is left of a run: processes, cgroup, record. Does it once, whichever JVM comes first; the container's
 * lock is held. Thread-safe.
 */
final class Ending {
    private static final String MEMORY_EVENTS = "memory.events";
    private static final Logger LOG = LoggerFactory.getLogger(Ending.class);

    private final Engine engine;

    Ending(Engine engine) {
        this.engine = engine;
    }

    /** The init of a run that this JVM took part in has ended. */
    ExitStatus end(Instance instance, Run run, Optional<WaitStatus> status) {
        String name = instance.name();
        run.finishOutput();
        instance.events().ending(run);
        try (ContainerFolder folder = engine.store().find(name).orElse(null)) {
            if (folder == null) {
                return run.killReason()
                        .map(ExitStatus::killed)
                        .orElse(ExitStatus.unknown("another process has destroyed the container, or renamed it"));
            }
            if (folder.run().filter(run.record()::isSameRun).isEmpty()) {
                // Another process was first, and has removed everything.
                return folder.exit()
                        .map(ExitRecord::status)
                        .orElse(ExitStatus.unknown("another process removed its record"));
            }
            ExitStatus exit = finish(folder, run.record(), note -> status(folder, run, status.or(note::status)));
            releaseIds(folder, run);
            return exit;
        } finally {
            instance.events().end(run, true);
            run.holdTerminals();
            run.close();
        }
    }

    private static ExitStatus status(ContainerFolder folder, Run run, Optional<WaitStatus> status) {
        Optional<String> note = note(folder, run.record());
        Optional<String> reason = run.killReason().or(() -> note);
        boolean outOfMemory =
                !run.sentKill() && run.cgroup().map(Ending::ranOutOfMemory).orElse(false);
        return status.map(word -> ExitStatuses.of(word, reason, outOfMemory))
                .orElseGet(() ->
                        reason.map(ExitStatus::killed).orElse(ExitStatus.unknown("nobody was there to see it end")));
    }

    /** Takes back a run that has begun and that this JVM can't look after: it is ended, as if it had not begun. */
    Undo abandoning(Instance instance, Run run) {
        Undo undo = new Undo();
        undo.add(run::release);
        undo.add(run::close);
        undo.add(() -> instance.events().end(run, true));
        undo.add(() -> {
            try (ContainerFolder folder = engine.store().open(instance.name())) {
                finish(folder, run.record(), note -> ExitStatus.killed("it could not be watched"));
                removeBase(folder, run.record());
                releaseIds(folder, run);
            }
        });
        if (run.part() == Run.Part.PARENT) {
            undo.add(() -> run.init().waitFor());
        }
        undo.add(run::sendKill);
        return undo;
    }

    /** A run of which only the record is left: its JVM is gone, and so is its init. */
    ExitStatus endLeftOver(ContainerFolder folder, RunRecord record, String bootId) {
        ExitStatus exit = finish(folder, record, note -> {
            if (!record.bootId().equals(bootId)) {
                return ExitStatus.unknown("the host was restarted");
            }
            Optional<String> reason = note(folder, record);
            boolean outOfMemory = ranOutOfMemory(folder.name(), record);
            return note.status()
                    .map(word -> ExitStatuses.of(word, reason, outOfMemory))
                    .orElse(ExitStatus.unknown("the JVM that it belonged to ended"));
        });
        removeBase(folder, record);
        return exit;
    }

    private void removeBase(ContainerFolder folder, RunRecord record) {
        try {
            engine.cgroups().removeBase(record.cgroup());
        } catch (LinuxException e) {
            throw Failures.exception("remove the cgroup that " + folder.name() + " was in", e);
        }
    }

    private boolean ranOutOfMemory(String name, RunRecord record) {
        try (Cgroup cgroup = engine.cgroups().find(record.cgroup()).orElse(null)) {
            return cgroup != null && ranOutOfMemory(cgroup);
        } catch (LinuxException e) {
            throw Failures.exception("look for the cgroup of " + name, e);
        }
    }

    /** The kernel counts a process before it kills it. The cgroup is as old as the run. */
    private static boolean ranOutOfMemory(Cgroup cgroup) {
        try {
            // There may be no memory controller.
            return cgroup.has(MEMORY_EVENTS) && cgroup.readKeyed(MEMORY_EVENTS).getOrDefault("oom_kill", 0L) > 0;
        } catch (LinuxException e) {
            // The init has ended in any case.
            LOG.debug("Whether memory ran out in {} isn't known", cgroup, e);
            return false;
        }
    }

    /** How it ended is on record before that goes from which it is known: whoever comes after a crash takes it from there. */
    private ExitStatus finish(ContainerFolder folder, RunRecord record, Function<KeeperNote, ExitStatus> look) {
        KeeperNote note = KeeperNote.read(folder, record);
        Optional<ExitStatus> recorded = onRecord(folder, record, note);
        ExitStatus exit = recorded.orElseGet(() -> look.apply(note));
        engine.checkpoints().reached("end: known");
        if (recorded.isEmpty()) {
            folder.ending(new ExitRecord(record.init(), exit, Instant.now()));
        }
        engine.checkpoints().reached("end: noted");
        clear(folder, record);
        return exit;
    }

    /** Of a run that nobody but the JVM which died with its start knew of: how the one before it ended. */
    private static Optional<ExitStatus> onRecord(ContainerFolder folder, RunRecord record, KeeperNote note) {
        try {
            return folder.exit()
                    .filter(exit -> note.gaveUp() || exit.isOf(record))
                    .map(ExitRecord::status);
        } catch (CorruptStateException e) {
            LOG.warn("How container {} ended before can't be read, and is written anew", folder.name(), e);
            return Optional.empty();
        }
    }

    private void clear(ContainerFolder folder, RunRecord record) {
        try {
            engine.cgroups().removeRecorded(folder.name(), record.cgroup());
            engine.checkpoints().reached("end: cgroup removed");
        } catch (LinuxException e) {
            throw Failures.exception("remove the cgroup of " + folder.name(), e);
        }
        folder.ended();
        engine.checkpoints().reached("end: recorded");
        forget(folder);
    }

    /** It has ended even if this fails; the next opening gives back what nobody has any more. */
    private void releaseIds(ContainerFolder folder, Run run) {
        if (run.part() == Run.Part.PARENT && !ContainerIds.hasMore(run.config())) {
            // It was started here without any others than those that are the container's until it is destroyed.
            return;
        }
        try {
            engine.ids().releaseEnded(folder.name(), folder.record(), run.ids());
        } catch (LxjException e) {
            LOG.warn("The ids that container {} had until now could not be given back", folder.name(), e);
        }
    }

    private static Optional<String> note(ContainerFolder folder, RunRecord record) {
        try {
            return KillNote.read(folder.directory(), record);
        } catch (LinuxException e) {
            throw Failures.exception("read why " + folder.name() + " was killed", e);
        }
    }

    /** What was noted for whoever records the end isn't needed any more; of what is left by a crash no other run is meant. */
    private static void forget(ContainerFolder folder) {
        for (byte[] name : List.of(KeeperNote.NAME, KillNote.NAME)) {
            try {
                folder.directory().unlinkIfThere(name);
            } catch (LinuxException e) {
                throw Failures.exception("remove what was noted of the end of " + folder.name(), e);
            }
        }
    }
}
