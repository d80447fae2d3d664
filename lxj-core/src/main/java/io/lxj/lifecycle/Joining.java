package io.lxj.lifecycle;

import io.lxj.config.Config;
import io.lxj.config.IdMap;
import io.lxj.failure.Failures;
import io.lxj.linux.Cgroup;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Pidfd;
import io.lxj.linux.WaitStatus;
import io.lxj.plan.FdNames;
import io.lxj.storage.ContainerFolder;
import io.lxj.storage.RunRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/** Finds runs that this JVM did not start, and watches runs for their end. Thread-safe. */
final class Joining {
    private static final Duration OWNER_PATIENCE = Duration.ofMillis(50);

    private final Engine engine;

    Joining(Engine engine) {
        this.engine = engine;
    }

    /** The run that is on record, if its init is alive; checked by start time and boot, never by its number alone. */
    Optional<Run> join(Instance instance) {
        try {
            Optional<RunRecord> record = onRecord(instance);
            return record.isPresent() ? join(instance, record.get()) : Optional.empty();
        } catch (IOException e) {
            throw Failures.exception("look for the processes of " + instance.name(), e);
        }
    }

    /** Its processes may end at any moment: what is read of them then fails, which means no more than that. */
    private Optional<Run> join(Instance instance, RunRecord record) throws IOException {
        try {
            return joinAlive(instance, record);
        } catch (IOException e) {
            if (engine.isAlive(record.init())
                    && record.keeper().map(engine::isAlive).orElse(true)) {
                throw e;
            }
            return joinAlive(instance, record);
        }
    }

    private Optional<Run> joinAlive(Instance instance, RunRecord record) throws IOException {
        Optional<Pidfd> init = record.init().open(engine.proc());
        if (init.isEmpty()) {
            return Optional.empty();
        }
        Undo undo = new Undo();
        undo.add(init.get()::close);
        try {
            Optional<Cgroup> cgroup = engine.cgroups().find(record.cgroup());
            if (!init.get().isAlive() || cgroup.isEmpty() && CgroupTree.isRecorded(record.cgroup())) {
                undo.run(new IllegalStateException());
                cgroup.ifPresent(Cgroup::close);
                return Optional.empty();
            }
            cgroup.ifPresent(own -> undo.add(own::close));
            Optional<Pidfd> keeper =
                    record.keeper().isPresent() ? record.keeper().get().open(engine.proc()) : Optional.empty();
            keeper.ifPresent(process -> undo.add(process::close));
            Optional<RunFds> fds = keeper.isPresent() ? Optional.of(fds(keeper.get())) : Optional.empty();
            fds.ifPresent(own -> undo.add(own::close));
            Run.Part part = keeper.isPresent() ? Run.Part.HEIR : Run.Part.OBSERVER;
            int pid = record.init().pid();
            Reach reach = Reach.to(engine, pid);
            undo.add(reach::close);
            Optional<IdMap> ids = engine.folder().deputy().isPresent()
                    ? Optional.of(ContainerIds.map(engine.proc(), pid))
                    : ContainerIds.of(engine.proc(), pid);
            if (!init.get().isAlive()) {
                // What was read may be about another process by now.
                undo.run(new IllegalStateException());
                return Optional.empty();
            }
            return Optional.of(new Run(record, config(instance), ids, part, reach, init.get(), keeper, fds, cgroup));
        } catch (IOException | RuntimeException | Error e) {
            undo.run(e);
            throw e;
        }
    }

    private static RunFds fds(Pidfd keeper) throws IOException {
        Fd console = keeper.getFd(FdNames.KEEPER_MASTER_NUMBER);
        try {
            return new RunFds(console, keeper.getFd(FdNames.KEEPER_NOTIFY_NUMBER), List.of());
        } catch (IOException e) {
            console.close();
            throw e;
        }
    }

    private Config config(Instance instance) {
        return engine.imageOf(instance).defaults().under(instance.record().config());
    }

    /** Calls {@link Instance#ended} on the lane when the run is over. */
    void watch(Instance instance, Run run, Executor lane) {
        try {
            // A keeper ends when it has written down how its init ended. It is the child of whoever started it.
            Pidfd process = run.keeper().orElse(run.init());
            boolean started = run.keeper().isPresent() && run.record().owner().equals(engine.self());
            boolean reap = started || run.part() == Run.Part.PARENT;
            run.watch(engine.supervisor().watchExit(process, reap, status -> {
                lane.execute(() -> ended(instance, run, lane, status));
                instance.background().release(run);
            }));
            Readiness.watch(engine.supervisor(), run);
            engine.consoles().attach(instance, run);
        } catch (IOException e) {
            throw Failures.exception("watch " + instance.name(), e);
        }
    }

    private void ended(Instance instance, Run run, Executor lane, Optional<WaitStatus> status) {
        if (run.part() == Run.Part.OBSERVER && ownerIsAlive(run) && stillOnRecord(instance, run)) {
            // The owner knows how it ended, and removes what is left.
            engine.supervisor().schedule(OWNER_PATIENCE, () -> lane.execute(() -> ended(instance, run, lane, status)));
            return;
        }
        instance.life().ended(run, run.keeper().isPresent() ? Optional.empty() : status);
    }

    private boolean ownerIsAlive(Run run) {
        try (Pidfd owner = run.record().owner().open(engine.proc()).orElse(null)) {
            return owner != null && owner.isAlive();
        } catch (LinuxException e) {
            return false;
        }
    }

    private boolean stillOnRecord(Instance instance, Run run) {
        return onRecord(instance).filter(run.record()::isSameRun).isPresent();
    }

    private Optional<RunRecord> onRecord(Instance instance) {
        // Another process may have destroyed it.
        try (ContainerFolder folder = engine.store().find(instance.name()).orElse(null)) {
            return folder == null ? Optional.empty() : folder.run();
        }
    }
}
