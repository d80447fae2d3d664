package io.lxj.lifecycle;

import io.lxj.config.BindMount;
import io.lxj.config.ByteSize;
import io.lxj.config.IdMap;
import io.lxj.config.Mount;
import io.lxj.config.MountFlag;
import io.lxj.config.Propagation;
import io.lxj.config.TmpfsMount;
import io.lxj.error.Failure;
import io.lxj.error.InvalidConfigException;
import io.lxj.error.LxjException;
import io.lxj.failure.Failures;
import io.lxj.launch.UserNamespaceHolder;
import io.lxj.linux.Deputy;
import io.lxj.linux.DetachedMount;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.MountFlags;
import io.lxj.linux.Open;
import io.lxj.linux.ProcFs;
import io.lxj.linux.RootDir;
import io.lxj.linux.Stat;
import io.lxj.plan.FdNames;
import io.lxj.plan.LaunchSpec.MountSpec;
import io.lxj.storage.OwnIds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The mounts of a configuration, opened: a source on the host becomes a detached copy of its mount, which the init puts
 * in its place. Whoever holds this owns the fds.
 */
final class MountSpecs implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MountSpecs.class);

    private final List<MountSpec> specs = new ArrayList<>();
    private final Map<String, Fd> fds = new HashMap<>();
    private final Map<IdMap, Fd> namespaces = new HashMap<>();
    private final ProcFs proc;
    private final Optional<Deputy> deputy;
    private final Optional<IdMap> ids;
    /** How many of them the configuration doesn't have. */
    private int own;

    private MountSpecs(ProcFs proc, Optional<Deputy> deputy, Optional<IdMap> ids) {
        this.proc = proc;
        this.deputy = deputy;
        this.ids = ids;
    }

    static MountSpecs open(Engine engine, String container, List<Mount> mounts, Optional<IdMap> ids) {
        MountSpecs opened = new MountSpecs(engine.proc(), engine.folder().deputy(), ids);
        try {
            Lxcfs.open(opened.deputy).forEach(opened::add);
            opened.own = opened.specs.size();
            for (Mount mount : mounts) {
                opened.add(container, mount);
            }
            return opened;
        } catch (RuntimeException | Error e) {
            opened.close();
            throw e;
        }
    }

    private void add(String target, DetachedMount file) {
        fds.put(FdNames.mount(specs.size()), file.fd());
        specs.add(new MountSpec(target, false, null, 0));
    }

    private void add(String container, Mount mount) {
        if (mount instanceof TmpfsMount tmpfs) {
            specs.add(new MountSpec(mount.target(), true, options(tmpfs), attributes(mount)));
            return;
        }
        BindMount bind = (BindMount) mount;
        try (Fd source = source(bind, deputy)) {
            Stat stat = source.stat();
            refuseStranger(container, bind, stat, ids, deputy);
            boolean directory = stat.isDirectory();
            DetachedMount copy = copy(source, bind);
            fds.put(FdNames.mount(specs.size()), copy.fd());
            if (bind.ids().isPresent()) {
                shift(copy, bind);
            }
            specs.add(new MountSpec(bind.target(), directory, null, attributes(bind)));
        } catch (LinuxException e) {
            boolean absent = e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR);
            if (absent && bind.sourceOptional()) {
                return;
            }
            String action = "start " + container + ": bind " + bind.source() + " on " + bind.target();
            Failure failure = Failures.of(action, e);
            throw new LxjException(
                    absent ? failure.hint("the source must exist on the host, or be optional()") : failure, e);
        }
    }

    /** Refuses mounts whose owners have no id in the container. A source that isn't there yet may come before the start. */
    static void refuseStrangers(String container, List<Mount> mounts, Optional<IdMap> ids, Optional<Deputy> deputy) {
        for (Mount mount : mounts) {
            if (mount instanceof BindMount bind) {
                bind.ids().ifPresent(owners -> ShiftedIds.of(bind.target(), owners, ids));
                try (Fd source = source(bind, deputy)) {
                    refuseStranger(container, bind, source.stat(), ids, deputy);
                } catch (LinuxException e) {
                    LOG.debug("The source of {} in {} can't be looked at yet", bind.target(), container, e);
                }
            }
        }
    }

    /** As this user may open it; a deputy opens it again, because it can mount what is in its own mount namespace alone. */
    private static Fd source(BindMount bind, Optional<Deputy> deputy) throws LinuxException {
        Fd own = Fd.open(Path.of(bind.source()), Open.O_PATH, 0);
        if (deputy.isEmpty()) {
            return own;
        }
        try (own) {
            Fd seen = deputy.get().open(bind.source(), Open.O_PATH);
            if (seen.stat().isSameFile(own.stat())) {
                return seen;
            }
            seen.close();
            throw LinuxException.of(-Errno.ESTALE.number(), "openat", bind.source());
        }
    }

    /** Nobody in the container could write there: files of an owner who has no id inside seem to be nobody's. */
    private static void refuseStranger(
            String container, BindMount bind, Stat source, Optional<IdMap> ids, Optional<Deputy> deputy) {
        long uid = Integer.toUnsignedLong(source.uid());
        long gid = Integer.toUnsignedLong(source.gid());
        if (bind.flags().contains(MountFlag.READ_ONLY) || isMapped(uid, gid, bind, ids)) {
            return;
        }
        throw new InvalidConfigException(
                "mounts: source of " + bind.target() + " in " + container,
                bind.source() + (uid == OwnIds.USER ? " of this user" : " of " + uid + ":" + gid),
                allowed(bind, ids, deputy, uid, gid));
    }

    /** Whether an owner of files has ids in the container, by way of the mount if that maps them. */
    private static boolean isMapped(long uid, long gid, BindMount bind, Optional<IdMap> container) {
        if (bind.ids().isPresent()) {
            IdMap files = ShiftedIds.of(bind.target(), bind.ids().get(), container);
            return files.hostUser(uid).isPresent() && files.hostGroup(gid).isPresent();
        }
        return container.isEmpty()
                || container.get().containerUser(uid).isPresent()
                        && container.get().containerGroup(gid).isPresent();
    }

    private static String allowed(BindMount bind, Optional<IdMap> ids, Optional<Deputy> deputy, long uid, long gid) {
        if (deputy.isPresent()) {
            return "a source that belongs to the container's root, or a mount that is readOnly(): an ordinary user can't map"
                    + " the ids of files";
        }
        String shifted = "a mount that is readOnly(), shifted() or shifted(" + uid + ", " + gid + ")";
        return bind.ids().isPresent()
                ? "a source whose owner the mount gives ids of the container (it maps "
                        + bind.ids().get() + "), or " + shifted
                : "a source that belongs to ids of the container (" + ids.orElseThrow() + "), or " + shifted;
    }

    /** Mounts that map ids alike share a namespace. */
    private Fd namespace(IdMap map) throws LinuxException {
        Fd known = namespaces.get(map);
        if (known == null) {
            known = UserNamespaceHolder.make(proc, map);
            namespaces.put(map, known);
        }
        return known;
    }

    private void shift(DetachedMount mount, BindMount bind) throws LinuxException {
        try {
            mount.mapIds(namespace(ShiftedIds.of(bind.target(), bind.ids().get(), ids)), bind.recursive());
        } catch (LinuxException e) {
            if (e.is(Errno.EINVAL)) {
                throw e.withHint("the file system of " + bind.source() + " can't map the ids of files");
            }
            throw e;
        }
    }

    private static DetachedMount copy(Fd source, BindMount bind) throws LinuxException {
        DetachedMount copy = DetachedMount.clone(source, bind.recursive());
        try {
            copy.setAttributes(attributes(bind), 0, bind.recursive());
            copy.setPropagation(propagation(bind.propagation()), bind.recursive());
            return copy;
        } catch (LinuxException e) {
            copy.close();
            throw e;
        }
    }

    /**
     * Refuses a target that is the root itself, by a link of the image: commands would be looked for in what is mounted
     * there, while the init goes on with the root below.
     */
    void refuseRoot(String container, Fd root) throws LinuxException {
        Stat top = root.stat();
        for (MountSpec spec : specs.subList(own, specs.size())) {
            if (target(root, spec).filter(top::isSameFile).isPresent()) {
                String action = "start " + container + ": mount " + spec.target();
                throw new LxjException(Failure.of(action, "in the image that is a link to the root folder")
                        .hint("choose another target, or remove the link from the image"));
            }
        }
    }

    private static Optional<Stat> target(Fd root, MountSpec spec) throws LinuxException {
        try (RootDir container = new RootDir(root.duplicate())) {
            return Optional.of(container.stat(FileName.bytes(spec.target()), true));
        } catch (LinuxException e) {
            // What isn't there is made; what can't be a target the launch reports.
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR) || e.is(Errno.ELOOP)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static Map<String, String> options(TmpfsMount mount) {
        Map<String, String> options = new TreeMap<>();
        options.put("mode", Integer.toOctalString(mount.mode()));
        mount.size().map(ByteSize::bytes).ifPresent(bytes -> options.put("size", Long.toString(bytes)));
        return options;
    }

    private static long attributes(Mount mount) {
        long attributes = 0;
        for (MountFlag flag : mount.flags()) {
            attributes |= switch (flag) {
                case READ_ONLY -> MountFlags.MOUNT_ATTR_RDONLY;
                case NO_EXEC -> MountFlags.MOUNT_ATTR_NOEXEC;
                case NO_SUID -> MountFlags.MOUNT_ATTR_NOSUID;
                case NO_DEV -> MountFlags.MOUNT_ATTR_NODEV;
            };
        }
        return attributes;
    }

    private static long propagation(Propagation propagation) {
        return switch (propagation) {
            case PRIVATE -> MountFlags.MS_PRIVATE;
            case SLAVE -> MountFlags.MS_SLAVE;
            case SHARED -> MountFlags.MS_SHARED;
        };
    }

    /** Whether the configuration has any. */
    boolean isConfigured() {
        return specs.size() > own;
    }

    List<MountSpec> specs() {
        return specs;
    }

    Map<String, Fd> fds() {
        return fds;
    }

    @Override
    public void close() {
        fds.values().forEach(Fd::close);
        namespaces.values().forEach(Fd::close);
    }
}
