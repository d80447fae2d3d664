package io.lxj.lifecycle;

import io.lxj.config.ByteSize;
import io.lxj.config.Command;
import io.lxj.config.Config;
import io.lxj.config.ExecResult;
import io.lxj.config.IdMap;
import io.lxj.config.ImageDefaults;
import io.lxj.failure.Failures;
import io.lxj.launch.InitLauncher;
import io.lxj.launch.InitLauncher.Launched;
import io.lxj.launch.Launch;
import io.lxj.launch.StageAhead;
import io.lxj.linux.Cgroup;
import io.lxj.linux.Directory;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.Open;
import io.lxj.linux.ProcessIdentity;
import io.lxj.linux.UserNamespaces;
import io.lxj.plan.FdNames;
import io.lxj.plan.LaunchSpec;
import io.lxj.storage.ImageTree;
import io.lxj.storage.Lock;
import io.lxj.storage.MachineId;
import io.lxj.storage.RootLayers;
import io.lxj.storage.RunRecord;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A container for one command of a build. It has no init and no place on disk: its root is the tree that becomes the
 * image, and its first process only waits to be killed. It is confined like any other container. Thread-safe.
 */
final class BuildRoom {
    private static final String IMAGE = "building";

    private final Engine engine;
    private final InitLauncher launcher;

    BuildRoom(Engine engine, InitLauncher launcher) {
        this.engine = engine;
        this.launcher = launcher;
    }

    /** Runs a command to its end; what it left behind is killed. */
    ExecResult run(Directory image, ImageDefaults defaults, Command command) {
        String name = String.format("build-%016x", ThreadLocalRandom.current().nextLong());
        Lock lock = engine.lock(name);
        Config config = new ImageDefaults(defaults.environment(), List.of()).under(Config.ofImage(IMAGE));
        Optional<Long> first = Optional.empty();
        try {
            first = engine.ids().claim(name, config);
            Optional<IdMap> ids = engine.ids().of(first);
            if (engine.shifting().ofNew(name, ids).isPresent()) {
                return ShiftedBuild.run(
                        image, ids.orElseThrow(), rootfs -> run(name, StartRoot.of(rootfs, ids), config, ids, command));
            }
            try (Fd rootfs = image.open(FileName.bytes(ImageTree.ROOTFS), Open.O_PATH | Open.O_DIRECTORY, 0)) {
                StartRoot root = StartRoot.of(RootLayers.ofBuild(rootfs, false), ids);
                return run(name, root, config, ids, command);
            }
        } catch (IOException e) {
            throw Failures.exception("run " + command.arguments().get(0) + " in the image", e);
        } finally {
            engine.ids().release(name, first);
            lock.close();
        }
    }

    private ExecResult run(String name, StartRoot opened, Config config, Optional<IdMap> ids, Command command)
            throws IOException {
        try (StartRoot root = opened) {
            Optional<Cgroup> cgroup = engine.cgroups().create(name);
            try (Cgroup own = cgroup.orElse(null)) {
                engine.attach(cgroup, List.of());
                Launched launched;
                try (StageAhead ahead = launcher.begin();
                        Cgroup payload = own == null ? null : CgroupTree.makePayload(own);
                        Launch launch = launcher.launch(ahead, spec(name, config, ids), Map.of())) {
                    Map<String, Fd> rest = new HashMap<>(root.fds());
                    if (payload != null) {
                        rest.put(FdNames.CGROUP, payload.fd());
                        if (ids.isPresent()) {
                            CgroupTree.delegate(payload, ids.get());
                        }
                    }
                    launch.run(root.overlay(), rest, root.setup(engine.proc()), Optional.empty());
                    launched = launch.await();
                }
                return run(name, config, ids, command, launched, cgroup);
            } finally {
                engine.cgroups().remove(name);
            }
        }
    }

    private LaunchSpec spec(String name, Config config, Optional<IdMap> ids) {
        HostRelease release = HostRelease.get();
        String uuid = MachineId.random().text();
        return new LaunchSpec(
                name,
                IMAGE,
                uuid,
                List.of(),
                Map.of(),
                Map.of(),
                0,
                "/",
                List.of(),
                List.of(),
                new LaunchSpec.Terminals(
                        config.console().size().rows(), config.console().size().columns(), 0),
                release.content(),
                engine.confinement(config, ids.isPresent()),
                false,
                new LaunchSpec.LogSpec(ByteSize.kib(4).bytes(), 0),
                ids.map(LaunchSpecs::userNamespace),
                !UserNamespaces.inFirst() || engine.folder().deputy().isPresent());
    }

    private ExecResult run(
            String name,
            Config config,
            Optional<IdMap> ids,
            Command command,
            Launched launched,
            Optional<Cgroup> cgroup)
            throws IOException {
        RunRecord record = new RunRecord(
                ProcessIdentity.of(engine.proc(), launched.pid()),
                Optional.empty(),
                engine.self(),
                engine.cgroups().path(name),
                Instant.now(),
                List.of());
        Run run = new Run(
                record,
                config,
                ids,
                Run.Part.PARENT,
                Reach.own(engine),
                launched.init(),
                Optional.empty(),
                Optional.of(RunFds.of(launched)),
                cgroup);
        try {
            return engine.executing().collect(name, run, command);
        } finally {
            if (cgroup.isPresent()) {
                cgroup.get().kill();
            }
            run.sendKill();
            launched.init().waitFor();
            run.close();
        }
    }
}
