package io.lxj.lifecycle;

import io.lxj.config.BindMount;
import io.lxj.config.Config;
import io.lxj.config.IdMap;
import io.lxj.config.ImageInfo;
import io.lxj.config.OnExit;
import io.lxj.launch.InitLauncher;
import io.lxj.launch.InitLauncher.Keeper;
import io.lxj.launch.InitLauncher.Launched;
import io.lxj.launch.Launch;
import io.lxj.launch.StageAhead;
import io.lxj.linux.Cgroup;
import io.lxj.linux.Directory;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.Open;
import io.lxj.linux.ProcFs;
import io.lxj.linux.ProcessIdentity;
import io.lxj.linux.Signal;
import io.lxj.plan.Confinement;
import io.lxj.plan.FdNames;
import io.lxj.plan.LaunchSpec;
import io.lxj.storage.ContainerFolder;
import io.lxj.storage.ContainerRecord;
import io.lxj.storage.RootStorage;
import io.lxj.storage.RunRecord;
import io.lxj.storage.StartNote;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A start on its way: from {@link #begin} on the stage is at work, for which there need not be a root yet, and waits for what
 * {@link #finish} brings. If this is closed before, it ends. The container's lock is held meanwhile. Not thread-safe.
 */
final class Starting implements AutoCloseable {
    private final Engine engine;
    private final String name;
    private final Config config;
    private final Optional<IdMap> ids;
    private final List<Devices.Allowed> devices;
    private final MountSpecs mounts;
    private final Launch launch;

    private Starting(
            Engine engine,
            String name,
            Config config,
            Optional<IdMap> ids,
            List<Devices.Allowed> devices,
            MountSpecs mounts,
            Launch launch) {
        this.engine = engine;
        this.name = name;
        this.config = config;
        this.ids = ids;
        this.devices = devices;
        this.mounts = mounts;
        this.launch = launch;
    }

    /**
     * Sets a stage to work.
     *
     * @param ahead the process that was begun for it
     * @param record what the container is
     * @param image what it is made of
     * @param folder the container's folder, which one that is kept must have by now
     * @throws IOException if the launch couldn't begin
     */
    static Starting begin(
            Engine engine,
            InitLauncher launcher,
            StageAhead ahead,
            String name,
            ContainerRecord record,
            ImageInfo image,
            Optional<ContainerFolder> folder)
            throws IOException {
        Config config = image.defaults().under(record.config());
        engine.checkUser(config);
        StartChecks.check(name, config, image);
        Optional<IdMap> ids =
                engine.ids().withNested(name, record.config(), engine.ids().of(record));
        Confinement confinement = engine.confinement(config, ids.isPresent());
        List<Devices.Allowed> devices = Devices.of("start " + name, config.devices(), ids);
        MountSpecs mounts = MountSpecs.open(engine, name, config.mounts(), ids);
        try (KeeperFiles files =
                        config.onExit() == OnExit.KEEP ? KeeperFiles.open(folder.orElseThrow()) : KeeperFiles.none();
                Listening listening = Listening.open(name, config.listen())) {
            LaunchSpec spec = LaunchSpecs.of(name, record, image, mounts.specs(), devices, confinement, ids);
            Map<String, Fd> fds = new HashMap<>(mounts.fds());
            fds.putAll(files.fds());
            fds.putAll(listening.fds());
            confinement
                    .label()
                    .ifPresent(label -> fds.put(FdNames.PROC, engine.proc().fd()));
            Launch launch = launcher.launch(ahead, spec, fds);
            return new Starting(engine, name, config, ids, devices, mounts, launch);
        } catch (IOException | RuntimeException | Error e) {
            mounts.close();
            throw e;
        }
    }

    /**
     * Goes on to the end: the init is being executed.
     *
     * @param folder the container's folder
     * @param background gets it to disk
     * @param undo gets what is to be taken back if this fails
     */
    Run finish(ContainerFolder folder, Background background, Undo undo) throws IOException {
        StartRoot root = openRoot(folder);
        undo.add(root::close);
        undo.add(() -> engine.cgroups().remove(name));
        Optional<Cgroup> cgroup = engine.cgroups().create(name);
        cgroup.ifPresent(own -> undo.add(own::close));
        engine.attach(cgroup, Devices.granted(devices));
        engine.checkpoints().reached("start: cgroup made");
        run(root, cgroup);
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
            Run run = record(folder, note, launched, cgroup);
            launched.mounts().forEach(run::hold);
            if (run.part() == Run.Part.PARENT) {
                root.mounted().ifPresent(run::hold);
            } else {
                root.close();
            }
            return run;
        }
    }

    /**
     * The kernel unmounts what was mounted in a container before it tells of its end: holding the mount namespace, to be
     * given up in the background, puts that off. But whatever of the host's a container used must be free at its end.
     */
    private Optional<ProcFs> holdsMounts() {
        boolean own = config.devices().isEmpty()
                && config.mounts().stream().noneMatch(BindMount.class::isInstance)
                && engine.folder().deputy().isEmpty();
        return own ? Optional.of(engine.proc()) : Optional.empty();
    }

    /** The init is born into the payload's cgroup. */
    private void run(StartRoot root, Optional<Cgroup> cgroup) throws IOException {
        Map<String, Fd> rest = new HashMap<>(root.fds());
        try (Cgroup payload = cgroup.isPresent() ? CgroupTree.makePayload(cgroup.get()) : null) {
            engine.limits().apply("start " + name, cgroup, config.limits());
            if (payload != null) {
                rest.put(FdNames.CGROUP, payload.fd());
                if (ids.isPresent()) {
                    CgroupTree.delegate(payload, ids.get());
                }
            }
            launch.run(root.overlay(), rest, root.setup(engine.proc()), holdsMounts());
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

    private StartRoot openRoot(ContainerFolder folder) throws IOException {
        engine.shifting().fit(folder, config, ids);
        StartRoot root = StartRoot.open(engine, folder, config, ids);
        try {
            checkTargets(folder, root);
            return root;
        } catch (IOException | RuntimeException | Error e) {
            root.close();
            throw e;
        }
    }

    private void checkTargets(ContainerFolder folder, StartRoot root) throws IOException {
        if (root.mounted().isPresent()) {
            mounts.refuseRoot(name, root.mounted().get());
        } else if (mounts.isConfigured()) {
            try (Fd look = engine.mountRoot(folder, config, RootStorage.Use.LOOK)) {
                mounts.refuseRoot(name, look);
            }
        }
    }

    /** Only now may the keeper know that it is needed: before, it ends the init when this process dies. */
    private Run record(ContainerFolder folder, StartNote note, Launched launched, Optional<Cgroup> cgroup)
            throws IOException {
        Optional<ProcessIdentity> keeper = launched.keeper().isPresent()
                ? Optional.of(ProcessIdentity.of(
                        engine.proc(), launched.keeper().get().pid()))
                : Optional.empty();
        RunRecord record = new RunRecord(
                ProcessIdentity.of(engine.proc(), launched.pid()),
                keeper,
                engine.self(),
                engine.cgroups().path(name),
                Instant.now(),
                Devices.granted(devices));
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

    @Override
    public void close() {
        try (mounts) {
            launch.close();
        }
    }

    /** What a keeper writes to. */
    private record KeeperFiles(Map<String, Fd> fds) implements AutoCloseable {
        /** For a container that dies with its JVM. */
        static KeeperFiles none() {
            return new KeeperFiles(Map.of());
        }

        static KeeperFiles open(ContainerFolder container) throws IOException {
            KeeperFiles files = new KeeperFiles(new HashMap<>());
            try {
                Directory folder = container.directory();
                files.fds.put(
                        FdNames.EXIT, folder.open(KeeperNote.NAME, Open.O_RDWR | Open.O_CREAT | Open.O_TRUNC, 0600));
                int append = Open.O_WRONLY | Open.O_CREAT | Open.O_APPEND;
                files.fds.put(FdNames.LOG, folder.open(FileName.bytes("console.log"), append, 0600));
                files.fds.put(FdNames.LOG_FOLDER, folder.fd().duplicate());
                return files;
            } catch (IOException e) {
                files.close();
                throw e;
            }
        }

        @Override
        public void close() {
            fds.values().forEach(Fd::close);
        }
    }
}
