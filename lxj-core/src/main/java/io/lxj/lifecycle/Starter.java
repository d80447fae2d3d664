package io.lxj.lifecycle;

import io.lxj.config.BindMount;
import io.lxj.config.Config;
import io.lxj.config.IdMap;
import io.lxj.config.ImageInfo;
import io.lxj.config.OnExit;
import io.lxj.failure.Failures;
import io.lxj.launch.InitLauncher;
import io.lxj.launch.InitLauncher.Keeper;
import io.lxj.launch.InitLauncher.Launched;
import io.lxj.launch.Launch;
import io.lxj.launch.StageAhead;
import io.lxj.linux.Cgroup;
import io.lxj.linux.Directory;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.ProcFs;
import io.lxj.linux.ProcessIdentity;
import io.lxj.linux.Signal;
import io.lxj.plan.Confinement;
import io.lxj.plan.FdNames;
import io.lxj.plan.InitPlan;
import io.lxj.plan.LaunchSpec;
import io.lxj.storage.ContainerFolder;
import io.lxj.storage.ContainerRecord;
import io.lxj.storage.GrantedDevice;
import io.lxj.storage.RootLayout;
import io.lxj.storage.RootStorage;
import io.lxj.storage.RunRecord;
import io.lxj.storage.StartNote;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
     * Starts a container whose lock is held.
     *
     * @param undo gets what is to be taken back if this fails
     */
    Run start(Instance instance, Undo undo) {
        try (StageAhead ahead = launcher.begin();
                ContainerFolder folder = engine.store().open(instance.name())) {
            return start(folder, instance.background(), ahead, undo);
        } catch (IOException e) {
            throw Failures.exception("start " + instance.name(), e);
        }
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

    /** The stage takes the longest way: it sets off before anything else. */
    private Run start(ContainerFolder folder, Background background, StageAhead ahead, Undo undo) throws IOException {
        String name = folder.name();
        ContainerRecord record = engine.ids().keep(name, folder.record(), folder);
        ImageInfo image = engine.images().of(folder, record);
        Config config = image.defaults().under(record.config());
        engine.checkUser(config);
        StartChecks.check(name, config, image);
        Optional<IdMap> ids =
                engine.ids().withNested(name, record.config(), engine.ids().of(record));
        Confinement confinement = engine.confinement(config, ids.isPresent());
        List<Devices.Allowed> devices = Devices.of("start " + name, config.devices(), ids);
        try (MountSpecs mounts = MountSpecs.open(engine, name, config.mounts(), ids);
                KeeperFiles files = KeeperFiles.open(folder, config);
                Listening listening = Listening.open(name, config.listen())) {
            LaunchSpec spec = LaunchSpecs.of(name, record, image, mounts.specs(), devices, confinement, ids);
            Map<String, Fd> fds = new HashMap<>(mounts.fds());
            fds.putAll(files.fds());
            fds.putAll(listening.fds());
            confinement
                    .label()
                    .ifPresent(label -> fds.put(FdNames.PROC, engine.proc().fd()));
            // From here on the stage is at work, too.
            try (Launch launch = launcher.launch(ahead, spec, fds)) {
                StartRoot root = openRoot(folder, config, mounts, ids);
                undo.add(root::close);
                undo.add(() -> engine.cgroups().remove(name));
                Optional<Cgroup> cgroup = engine.cgroups().create(name);
                cgroup.ifPresent(own -> undo.add(own::close));
                engine.attach(cgroup, Devices.granted(devices));
                engine.checkpoints().reached("start: cgroup made");
                launch(launch, root, cgroup, config, ids);
                root.closeLayers();
                // Whatever can be done before the init is executed is done while it is on its way.
                try (StartNote note = folder.prepareStarted()) {
                    Launched launched = launch.await();
                    undo.add(() -> end(launched, cgroup));
                    if (launched.keeper().isPresent()) {
                        engine.cgroups().shelter(launched.keeper().get().pid());
                    }
                    engine.checkpoints().reached("start: launched");
                    background.settleFor(config.onExit());
                    Run run = record(folder, note, config, ids, Devices.granted(devices), launched, cgroup);
                    launched.mounts().forEach(run::hold);
                    if (run.part() == Run.Part.PARENT) {
                        root.mounted().ifPresent(run::hold);
                    } else {
                        root.close();
                    }
                    return run;
                }
            }
        }
    }

    /**
     * The kernel unmounts what was mounted in a container before it tells of its end: holding the mount namespace, to be
     * given up in the background, puts that off. But whatever of the host's a container used must be free at its end.
     */
    private Optional<ProcFs> holdsMounts(Config config) {
        boolean own = config.devices().isEmpty()
                && config.mounts().stream().noneMatch(BindMount.class::isInstance)
                && engine.folder().deputy().isEmpty();
        return own ? Optional.of(engine.proc()) : Optional.empty();
    }

    /** The init is born into the payload's cgroup. */
    private void launch(Launch launch, StartRoot root, Optional<Cgroup> cgroup, Config config, Optional<IdMap> ids)
            throws IOException {
        Map<String, Fd> rest = new HashMap<>(root.fds());
        try (Cgroup payload = cgroup.isPresent() ? CgroupTree.makePayload(cgroup.get()) : null) {
            engine.limits().apply("start " + launch.name(), cgroup, config.limits());
            if (payload != null) {
                rest.put(FdNames.CGROUP, payload.fd());
                if (ids.isPresent()) {
                    CgroupTree.delegate(payload, ids.get());
                }
            }
            launch.run(root.overlay(), rest, root.setup(engine.proc()), holdsMounts(config));
        }
    }

    /** The keeper ends by itself, and its init with it, when it hears that nobody has noted the container. */
    private static void end(Launched launched, Optional<Cgroup> cgroup) throws IOException {
        try {
            if (cgroup.isPresent()) {
                cgroup.get().sendKill();
            } else {
                launched.init().send(Signal.SIGKILL);
            }
            if (launched.keeper().isPresent()) {
                launched.keeper().get().recorded().close();
                launched.keeper().get().process().waitFor();
            } else {
                launched.init().waitFor();
            }
        } finally {
            launched.close();
        }
    }

    private StartRoot openRoot(ContainerFolder folder, Config config, MountSpecs mounts, Optional<IdMap> ids)
            throws IOException {
        engine.shifting().fit(folder, config, ids);
        StartRoot root = StartRoot.open(engine, folder, config, ids);
        try {
            checkTargets(folder, config, mounts, root);
            return root;
        } catch (IOException | RuntimeException | Error e) {
            root.close();
            throw e;
        }
    }

    private void checkTargets(ContainerFolder folder, Config config, MountSpecs mounts, StartRoot root)
            throws IOException {
        if (root.mounted().isPresent()) {
            mounts.refuseRoot(folder.name(), root.mounted().get());
        } else if (mounts.isConfigured()) {
            try (Fd look = engine.mountRoot(folder, config, RootStorage.Use.LOOK)) {
                mounts.refuseRoot(folder.name(), look);
            }
        }
    }

    /** Only now may the keeper know that it is needed: before, it ends the init when this process dies. */
    private Run record(
            ContainerFolder folder,
            StartNote note,
            Config config,
            Optional<IdMap> ids,
            List<GrantedDevice> devices,
            Launched launched,
            Optional<Cgroup> cgroup)
            throws IOException {
        Optional<ProcessIdentity> keeper = launched.keeper().isPresent()
                ? Optional.of(ProcessIdentity.of(
                        engine.proc(), launched.keeper().get().pid()))
                : Optional.empty();
        RunRecord record = new RunRecord(
                ProcessIdentity.of(engine.proc(), launched.pid()),
                keeper,
                engine.self(),
                engine.cgroups().path(folder.name()),
                Instant.now(),
                devices);
        folder.started(record, note);
        engine.checkpoints().reached("start: recorded");
        if (launched.keeper().isPresent()) {
            try (Fd recorded = launched.keeper().get().recorded()) {
                recorded.write(new byte[1]);
            }
        }
        Run.Part part = config.onExit() == OnExit.KEEP ? Run.Part.HEIR : Run.Part.PARENT;
        return new Run(
                record,
                config,
                ids,
                part,
                Reach.own(engine),
                launched.init(),
                launched.keeper().map(Keeper::process),
                Optional.of(RunFds.of(launched)),
                cgroup);
    }

    /** What a keeper writes to; nothing for a container that dies with its JVM. */
    private record KeeperFiles(Map<String, Fd> fds) implements AutoCloseable {
        static KeeperFiles open(ContainerFolder container, Config config) throws IOException {
            KeeperFiles files = new KeeperFiles(new HashMap<>());
            if (config.onExit() == OnExit.KEEP) {
                try {
                    Directory folder = container.directory();
                    files.fds.put(
                            FdNames.EXIT,
                            folder.open(KeeperNote.NAME, Open.O_RDWR | Open.O_CREAT | Open.O_TRUNC, 0600));
                    int append = Open.O_WRONLY | Open.O_CREAT | Open.O_APPEND;
                    files.fds.put(FdNames.LOG, folder.open(FileName.bytes("console.log"), append, 0600));
                    files.fds.put(FdNames.LOG_FOLDER, folder.fd().duplicate());
                } catch (IOException e) {
                    files.close();
                    throw e;
                }
            }
            return files;
        }

        @Override
        public void close() {
            fds.values().forEach(Fd::close);
        }
    }
}
