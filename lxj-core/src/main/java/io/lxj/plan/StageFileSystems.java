package io.lxj.plan;

import io.lxj.linux.Arg;
import io.lxj.linux.MountFlags;
import io.lxj.linux.Open;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Stat;
import io.lxj.linux.Syscall;
import io.lxj.plan.LaunchSpec.Node;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * File systems that the stage makes before the container's init exists: only root of the host can make device nodes, and
 * on a file system that is mounted in a user namespace none can be opened. What else is in them is made here, too, as the
 * stage has time while the JVM makes what it waits for. All of it belongs to the container's root.
 */
final class StageFileSystems {
    private static final List<Node> NODES = List.of(
            Node.character("null", 0666, 1, 3),
            Node.character("zero", 0666, 1, 5),
            Node.character("full", 0666, 1, 7),
            Node.character("random", 0666, 1, 8),
            Node.character("urandom", 0666, 1, 9),
            Node.character("tty", 0666, 5, 0));

    private static final List<String> MOUNT_POINTS = List.of("pts", "shm", "mqueue");

    private static final Map<String, String> LINKS = new TreeMap<>(Map.of(
            "ptmx", "pts/ptmx",
            "fd", "/proc/self/fd",
            "stdin", "/proc/self/fd/0",
            "stdout", "/proc/self/fd/1",
            "stderr", "/proc/self/fd/2"));

    private static final int READABLE = 0444;

    /** What systemd bind-mounts over things to hide them: a node of each type with no permissions. */
    private static final List<Node> INACCESSIBLE = List.of(
            new Node("reg", Stat.S_IFREG, 0, 0),
            new Node("sock", Stat.S_IFSOCK, 0, 0),
            new Node("fifo", Stat.S_IFIFO, 0, 0),
            new Node("chr", Stat.S_IFCHR, 0, 0),
            new Node("blk", Stat.S_IFBLK, 0, 0));

    private final ProgramBuilder program;
    private final FileSystemSteps steps;
    private final long uid;
    private final long gid;
    private final boolean nested;
    private final Map<String, Arg> bound = new LinkedHashMap<>();

    StageFileSystems(ProgramBuilder program, LaunchSpec spec) {
        this.program = program;
        this.steps = new FileSystemSteps(program);
        this.nested = spec.nested();
        this.uid = spec.userNamespace().map(LaunchSpec.UserNamespace::rootUid).orElse(0L);
        this.gid = spec.userNamespace().map(LaunchSpec.UserNamespace::rootGid).orElse(0L);
    }

    /** /dev with the standard nodes and some more, and all else that is in it but for mounts. */
    Arg dev(List<Node> devices) {
        long attributes = MountFlags.MOUNT_ATTR_NOSUID | MountFlags.MOUNT_ATTR_NOEXEC;
        Arg dev = make(attributes, "4m");
        for (Node node : NODES) {
            if (nested) {
                bind(dev, node);
            } else {
                steps.node(dev, node);
                give(dev, node.path());
            }
        }
        MOUNT_POINTS.forEach(name -> directory(dev, name, 0755));
        LINKS.forEach((name, target) -> {
            steps.symlink(dev, name, target);
            give(dev, name);
        });
        steps.file(dev, "console", 0600);
        give(dev, "console");
        for (Node node : devices) {
            parents(dev, node.path());
            steps.node(dev, node);
            give(dev, node.path(), node.uid(), node.gid());
        }
        return dev;
    }

    /** In a container no device node can be made: its own is put in its place once /dev has one. */
    private void bind(Arg dev, Node node) {
        steps.file(dev, node.path(), 0666);
        bound.put(
                node.path(),
                steps.copy("take /dev/" + node.path(), Arg.of(Open.AT_FDCWD, "AT_FDCWD"), "/dev/" + node.path()));
    }

    /** The host's nodes, by the names of the files that they are to be put on. */
    Map<String, Arg> bound() {
        return bound;
    }

    /**
     * /run/host, as systemd's container interface describes it. Nothing ever comes in at "incoming", which is there for what
     * looks for it: a manager that can bring mounts in by path alone lets them propagate there first; lxj has their fds.
     */
    Arg runHost(LaunchSpec spec) {
        Arg host = make(FileSystemSteps.NO_EXEC, "1m");
        content(host, "container-manager", READABLE, "lxj\n".getBytes(StandardCharsets.US_ASCII));
        content(host, "container-uuid", READABLE, (spec.uuid() + "\n").getBytes(StandardCharsets.US_ASCII));
        content(host, "os-release", READABLE, spec.osRelease());
        directory(host, "incoming", 0755);
        directory(host, ApiFileSystems.EXPORT, 0755);
        if (!spec.credentials().isEmpty()) {
            directory(host, "credentials", 0500);
            spec.credentials().forEach((name, content) -> content(host, "credentials/" + name, 0400, content));
        }
        directory(host, "inaccessible", 0755);
        for (Node node : INACCESSIBLE) {
            // In a container no block device can be made.
            if (!nested || node.mode() != Stat.S_IFBLK) {
                String path = "inaccessible/" + node.path();
                steps.node(host, new Node(path, node.mode(), 0, 0));
                give(host, path);
            }
        }
        directory(host, "inaccessible/dir", 0);
        return host;
    }

    private void directory(Arg parent, String path, int permissions) {
        steps.directory(parent, path, permissions);
        give(parent, path);
    }

    private void content(Arg directory, String path, int mode, byte[] content) {
        steps.content(directory, path, mode, content);
        give(directory, path);
    }

    private Arg make(long attributes, String size) {
        Map<String, String> options = new HashMap<>(Map.of("mode", "755", "size", size));
        if (uid != 0 || gid != 0) {
            options.put("uid", Long.toString(uid));
            options.put("gid", Long.toString(gid));
        }
        return steps.make("tmpfs", attributes, options);
    }

    private void give(Arg directory, String path) {
        give(directory, path, uid, gid);
    }

    private void give(Arg directory, String path, long owner, long group) {
        if (owner != 0 || group != 0) {
            steps.owner(directory, path, owner, group);
        }
    }

    private void parents(Arg dev, String path) {
        for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
            String parent = path.substring(0, slash);
            program.step("make /dev/" + parent, Syscall.MKDIRAT, dev, program.string(parent), 0755)
                    .mayFail();
            give(dev, parent);
        }
    }
}
