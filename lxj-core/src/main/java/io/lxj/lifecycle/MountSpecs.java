package io.lxj.lifecycle;

import io.lxj.config.BindMount;
import io.lxj.config.ByteSize;
import io.lxj.config.Mount;
import io.lxj.config.MountFlag;
import io.lxj.config.Propagation;
import io.lxj.config.TmpfsMount;
import io.lxj.error.Failure;
import io.lxj.error.LxjException;
import io.lxj.failure.Failures;
import io.lxj.linux.Block;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.Kernel;
import io.lxj.linux.LinuxException;
import io.lxj.linux.MountFlags;
import io.lxj.linux.Open;
import io.lxj.linux.RootDir;
import io.lxj.linux.Scratch;
import io.lxj.linux.Stat;
import io.lxj.linux.Syscall;
import io.lxj.plan.FdNames;
import io.lxj.plan.LaunchSpec.MountSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The mounts of a configuration, opened: a source on the host becomes a detached copy of its mount, which the init puts
 * in its place. Whoever holds this owns the fds.
 */
final class MountSpecs implements AutoCloseable {
    private final List<MountSpec> specs = new ArrayList<>();
    private final Map<String, Fd> fds = new HashMap<>();

    private MountSpecs() {}

    static MountSpecs open(String container, List<Mount> mounts) {
        MountSpecs opened = new MountSpecs();
        try {
            for (Mount mount : mounts) {
                opened.add(container, mount);
            }
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private void add(String container, Mount mount) {
        if (mount instanceof TmpfsMount tmpfs) {
            specs.add(new MountSpec(
                    mount.target(), true, options(tmpfs), attributes(mount), propagation(mount.propagation())));
            return;
        }
        BindMount bind = (BindMount) mount;
        try (Fd source = Fd.open(Path.of(bind.source()), Open.O_PATH, 0)) {
            boolean directory = source.stat().isDirectory();
            fds.put(FdNames.mount(specs.size()), copy(source, bind));
            specs.add(new MountSpec(bind.target(), directory, null, 0, 0));
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

    private static Fd copy(Fd source, BindMount bind) throws LinuxException {
        long recursive = bind.recursive() ? MountFlags.AT_RECURSIVE : 0;
        long flags = MountFlags.OPEN_TREE_CLONE | MountFlags.OPEN_TREE_CLOEXEC | Open.AT_EMPTY_PATH | recursive;
        try (Scratch scratch = Scratch.open()) {
            long empty = scratch.string("");
            long result = Kernel.call(Syscall.OPEN_TREE, source.number(), empty, flags);
            if (result < 0) {
                throw LinuxException.of(result, "open_tree", bind.source(), "0x" + Long.toHexString(flags));
            }
            Fd copy = new Fd((int) result);
            Block attributes = scratch.zeroed(32);
            attributes.buffer().putLong(0, attributes(bind)).putLong(16, propagation(bind.propagation()));
            result = Kernel.call(
                    Syscall.MOUNT_SETATTR,
                    copy.number(),
                    empty,
                    Open.AT_EMPTY_PATH | recursive,
                    attributes.address(),
                    attributes.length());
            if (result < 0) {
                copy.close();
                throw LinuxException.of(result, "mount_setattr", bind.source(), bind.flags(), bind.propagation());
            }
            return copy;
        }
    }

    /**
     * Refuses a target that is the root itself, by a link of the image: commands would be looked for in what is mounted
     * there, while the init goes on with the root below.
     */
    void refuseRoot(String container, Fd root) throws LinuxException {
        Stat top = root.stat();
        for (MountSpec spec : specs) {
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

    List<MountSpec> specs() {
        return specs;
    }

    Map<String, Fd> fds() {
        return fds;
    }

    @Override
    public void close() {
        fds.values().forEach(Fd::close);
    }
}
