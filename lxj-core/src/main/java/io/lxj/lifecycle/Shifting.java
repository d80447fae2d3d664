package io.lxj.lifecycle;

import io.lxj.config.Config;
import io.lxj.config.IdMap;
import io.lxj.failure.Failures;
import io.lxj.image.ShiftedOwners;
import io.lxj.launch.UserNamespaceHolder;
import io.lxj.linux.DetachedMount;
import io.lxj.linux.Directory;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileSystemType;
import io.lxj.linux.LinuxException;
import io.lxj.linux.UserNamespaces;
import io.lxj.storage.ContainerFolder;
import io.lxj.storage.RootStorage;
import io.lxj.storage.ShiftedStorage;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How containers get files with ids of their own on a file system that no mount can map the ids of, such as the overlay
 * that is the root of another container: as copies whose owners are ids of the host. Thread-safe.
 */
final class Shifting {
    private static final Logger LOG = LoggerFactory.getLogger(Shifting.class);
    /** In all kernels that lxj runs on. */
    private static final Set<FileSystemType> MAPPABLE =
            Set.of(FileSystemType.EXT4, FileSystemType.XFS, FileSystemType.BTRFS);

    /** Even in a container that lxj may run in there is an id 1. */
    private static final IdMap ANY = IdMap.of(1, 1);

    private final Engine engine;
    private Boolean needed;

    Shifting(Engine engine) {
        this.engine = engine;
    }

    /** Whether the file system of the state folder can't map ids. It is tried once. */
    synchronized boolean isNeeded() throws LinuxException {
        if (needed == null) {
            Directory folder = engine.folder().containers();
            FileSystemType type = FileSystemType.of(folder.fd());
            needed = !(MAPPABLE.contains(type) && UserNamespaces.inFirst()) && !canMap(folder.fd());
            if (needed) {
                LOG.info(
                        "{} is on a file system of type {}, on which no mount of this process maps the ids of files: containers"
                                + " with ids of their own get copies of their images there",
                        engine.folder(),
                        type);
            }
        }
        return needed;
    }

    private boolean canMap(Fd folder) throws LinuxException {
        try (DetachedMount mount = DetachedMount.clone(folder, false);
                Fd namespace = UserNamespaceHolder.make(engine.proc(), ANY)) {
            mount.mapIds(namespace, false);
            return true;
        } catch (LinuxException e) {
            // Who is root of a user namespace may not on a file system of the host's, nor anybody on a mount that maps
            // ids already.
            if (e.is(Errno.EINVAL) || e.is(Errno.EPERM)) {
                return false;
            }
            throw e;
        }
    }

    /** Whether the files of a container with these ids can't be the image's. An ordinary user's may have the same ids. */
    private boolean isNeeded(Optional<IdMap> ids) throws LinuxException {
        if (engine.folder().deputy().isPresent()) {
            return ids.isPresent() && ids.get().hostUser(0).orElse(0) != 0;
        }
        return ids.isPresent() && isNeeded();
    }

    /** For whom the files of a new container with these ids have to be copied. */
    Optional<ShiftedStorage.Shift> ofNew(String container, Optional<IdMap> ids) {
        try {
            if (!isNeeded(ids)) {
                return Optional.empty();
            }
            logCopy("container " + container, ids);
            return Optional.of(shift(Optional.empty(), ids));
        } catch (LinuxException e) {
            throw Failures.exception("find out whether " + engine.folder() + " can map ids", e);
        }
    }

    private static ShiftedStorage.Shift shift(Optional<IdMap> from, Optional<IdMap> to) {
        return new ShiftedStorage.Shift(to, new ShiftedOwners(from, to));
    }

    private static void logCopy(Object container, Optional<IdMap> ids) {
        LOG.info("The files of {} are copied for the ids {}", container, ids.isPresent() ? ids.get() : "of the host");
    }

    /**
     * Sees to it that the files of a container which is about to start have the owners that it needs: it may have been
     * moved here from a file system of the other kind, or configured for other ids.
     */
    void fit(ContainerFolder container, Config config, Optional<IdMap> ids) throws LinuxException {
        Optional<IdMap> stored = Optional.empty();
        if (ShiftedStorage.isIn(container.directory())) {
            stored = ShiftedStorage.ids(container.directory(), container.toString());
            if (stored.equals(ids)) {
                return;
            }
        } else if (!isNeeded(ids)) {
            return;
        }
        logCopy(container, ids);
        try (Fd root = engine.mountRoot(container, config, RootStorage.Use.LOOK)) {
            ShiftedStorage.convert(engine.folder(), container, root, shift(stored, ids));
        }
    }
}
