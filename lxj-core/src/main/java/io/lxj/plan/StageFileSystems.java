package io.lxj.plan;

import io.lxj.linux.Arg;
import io.lxj.linux.MountFlags;
import io.lxj.linux.Open;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Stat;
import io.lxj.linux.Syscall;
import io.lxj.plan.LaunchSpec.Node;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * File systems that the stage makes before the container's init exists: only root of the host can make device nodes, and
 * on a file system that is mounted in a user namespace none can be opened. They belong to the container's root.
 */
final class StageFileSystems {
    private static final List<Node> NODES = List.of(
            Node.character("null", 0666, 1, 3),
            Node.character("zero", 0666, 1, 5),
            Node.character("full", 0666, 1, 7),
            Node.character("random", 0666, 1, 8),
            Node.character("urandom", 0666, 1, 9),
            Node.character("tty", 0666, 5, 0));

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

    /** /dev with the standard nodes and some more. */
    Arg dev(List<Node> devices) {
        long attributes = MountFlags.MOUNT_ATTR_NOSUID | MountFlags.MOUNT_ATTR_NOEXEC;
        Arg dev = make(attributes, "4m");
        for (Node node : NODES) {
            if (nested) {
                bind(dev, node);
            } else {
                steps.node(dev, node);
                give(dev, node.path(), uid, gid);
            }
        }
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

    /** /run/host, with the one node that can't be made in a user namespace. */
    Arg runHost() {
        Arg host = make(MountFlags.MOUNT_ATTR_NOSUID | MountFlags.MOUNT_ATTR_NODEV, "1m");
        steps.directory(host, "inaccessible", 0755);
        if (!nested) {
            steps.node(host, new Node("inaccessible/blk", Stat.S_IFBLK, 0, 0));
            give(host, "inaccessible/blk", uid, gid);
        }
        give(host, "inaccessible", uid, gid);
        return host;
    }

    private Arg make(long attributes, String size) {
        Map<String, String> options = new HashMap<>(Map.of("mode", "755", "size", size));
        if (uid != 0 || gid != 0) {
            options.put("uid", Long.toString(uid));
            options.put("gid", Long.toString(gid));
        }
        return steps.make("tmpfs", attributes, options);
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
            give(dev, parent, uid, gid);
        }
    }
}
