package io.lxj.plan;

import io.lxj.linux.Arg;
import io.lxj.linux.MountFlags;
import io.lxj.linux.Open;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Stat;
import io.lxj.linux.Syscall;
import io.lxj.plan.LaunchSpec.Node;
import java.nio.charset.StandardCharsets;
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

    /**
     * Makes files as the container's root from here on, so that they are that root's, with all the rights that the stage has
     * otherwise: see setfsuid(2), which takes some away, and capabilities(7).
     */
    void becomeOwner() {
        if (isOwner()) {
            return;
        }
        Arg header = program.words("{_LINUX_CAPABILITY_VERSION_3, 0}", ConfinementSteps.CAPABILITY_VERSION_3);
        Arg sets = program.space(24, "capabilities");
        program.step("see which capabilities there are", Syscall.CAPGET, header, sets);
        fileOwner("make files as the container's root", uid, gid);
        program.step("keep the capabilities", Syscall.CAPSET, header, sets);
    }

    /** Makes files as itself again. Each change may have shown the process: see PR_SET_DUMPABLE in prctl(2). */
    void leaveOwner() {
        if (!isOwner()) {
            fileOwner("make files as before", 0, 0);
            new StartSteps(program).show(0);
        }
    }

    private boolean isOwner() {
        return uid == 0 && gid == 0;
    }

    /** Each returns who it was before. */
    private void fileOwner(String what, long user, long group) {
        program.step(what, Syscall.SETFSGID, group);
        program.step(what, Syscall.SETFSUID, user);
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
            }
        }
        MOUNT_POINTS.forEach(name -> steps.directory(dev, name, 0755));
        LINKS.forEach((name, target) -> steps.symlink(dev, name, target));
        steps.file(dev, "console", 0600);
        for (Node node : devices) {
            parents(dev, node.path());
            steps.node(dev, node);
            if (node.uid() != uid || node.gid() != gid) {
                steps.owner(dev, node.path(), node.uid(), node.gid());
            }
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
        steps.content(host, "container-manager", READABLE, "lxj\n".getBytes(StandardCharsets.US_ASCII));
        steps.content(host, "container-uuid", READABLE, (spec.uuid() + "\n").getBytes(StandardCharsets.US_ASCII));
        steps.content(host, "os-release", READABLE, spec.osRelease());
        steps.directory(host, "incoming", 0755);
        steps.directory(host, ApiFileSystems.EXPORT, 0755);
        if (!spec.credentials().isEmpty()) {
            steps.directory(host, "credentials", 0500);
            spec.credentials().forEach((name, content) -> steps.content(host, "credentials/" + name, 0400, content));
        }
        steps.directory(host, "inaccessible", 0755);
        for (Node node : INACCESSIBLE) {
            // In a container no block device can be made.
            if (!nested || node.mode() != Stat.S_IFBLK) {
                steps.node(host, new Node("inaccessible/" + node.path(), node.mode(), 0, 0));
            }
        }
        steps.directory(host, "inaccessible/dir", 0);
        return host;
    }

    private Arg make(long attributes, String size) {
        return steps.make("tmpfs", attributes, Map.of("mode", "755", "size", size));
    }

    private void parents(Arg dev, String path) {
        for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
            String parent = path.substring(0, slash);
            program.step("make /dev/" + parent, Syscall.MKDIRAT, dev, program.string(parent), 0755)
                    .mayFail();
        }
    }
}
