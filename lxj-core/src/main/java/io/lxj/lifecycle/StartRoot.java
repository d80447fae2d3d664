package io.lxj.lifecycle;

import io.lxj.config.Config;
import io.lxj.config.IdMap;
import io.lxj.launch.UserNamespaceSetup;
import io.lxj.linux.DetachedMount;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.ProcFs;
import io.lxj.plan.FdNames;
import io.lxj.plan.LaunchSpec;
import io.lxj.storage.ContainerFolder;
import io.lxj.storage.RootLayers;
import io.lxj.storage.RootLayout;
import io.lxj.storage.RootStorage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The root that a container is started with: mounted already, or in layers for the container's own root to mount. Whoever
 * has it closes it.
 */
final class StartRoot implements AutoCloseable {
    private final Optional<IdMap> ids;
    private final Optional<Fd> mounted;
    private final Optional<RootLayers> layers;

    private StartRoot(Optional<IdMap> ids, Optional<Fd> mounted, Optional<RootLayers> layers) {
        this.ids = ids;
        this.mounted = mounted;
        this.layers = layers;
    }

    /** Of a container that is about to run, and has a user namespace of its own if it has ids. */
    static StartRoot open(Engine engine, ContainerFolder folder, Config config, Optional<IdMap> ids)
            throws LinuxException {
        return ids.isPresent()
                ? new StartRoot(ids, Optional.empty(), Optional.of(engine.layers(folder, config)))
                : new StartRoot(
                        ids, Optional.of(engine.mountRoot(folder, config, RootStorage.Use.RUN)), Optional.empty());
    }

    /** Of files that are all there, as one mount. */
    static StartRoot of(RootLayers files, Optional<IdMap> ids) {
        return ids.isPresent()
                ? new StartRoot(ids, Optional.empty(), Optional.of(files))
                : new StartRoot(ids, Optional.of(files.own().fd()), Optional.empty());
    }

    /** The root, if it is mounted already. */
    Optional<Fd> mounted() {
        return mounted;
    }

    /** The fds that the launch needs. */
    Map<String, Fd> fds() {
        Map<String, Fd> fds = new HashMap<>();
        mounted.ifPresent(root -> fds.put(FdNames.ROOT, root));
        layers.ifPresent(parts -> {
            fds.put(
                    parts.layout().isPresent() ? FdNames.LAYERS : FdNames.ROOT,
                    parts.own().fd());
            parts.lower().ifPresent(lower -> fds.put(FdNames.LOWER, lower.fd()));
        });
        return fds;
    }

    /** What the container has to mount itself. */
    Optional<LaunchSpec.Overlay> overlay() {
        return ids.isPresent() ? layers.flatMap(RootLayers::layout).map(StartRoot::overlay) : Optional.empty();
    }

    static LaunchSpec.Overlay overlay(RootLayout root) {
        return new LaunchSpec.Overlay(root.ownLower(), root.lower(), root.upper(), root.work(), root.options());
    }

    /** What the user namespace gets while its first process waits. */
    Optional<UserNamespaceSetup> setup(ProcFs proc) {
        return ids.map(map -> new UserNamespaceSetup(proc, map, idMapped()));
    }

    /** For an ordinary user, files have the ids of the container on disk: only root of the host may map them there. */
    private List<DetachedMount> idMapped() {
        RootLayers parts = layers.orElseThrow();
        return parts.own().fd().deputy().isPresent() ? List.of() : parts.toMap();
    }

    /** Gives up what only the launch needs. */
    void closeLayers() {
        layers.ifPresent(RootLayers::close);
    }

    @Override
    public void close() {
        mounted.ifPresent(Fd::close);
        closeLayers();
    }
}
