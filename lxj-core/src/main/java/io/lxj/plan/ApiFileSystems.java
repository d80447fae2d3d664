package io.lxj.plan;

import io.lxj.linux.Arg;
import io.lxj.linux.FileName;
import io.lxj.linux.MountFlags;
import io.lxj.linux.Open;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Syscall;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The file systems that an init finds mounted when it begins, as systemd's container interface
 * (systemd.io/CONTAINER_INTERFACE) asks of a container manager.
 */
final class ApiFileSystems {
    /** The path of the notify socket in the container. */
    static final String NOTIFY_SOCKET = "/run/host/notify";

    /** Where the container binds sockets that the host connects to, below /run/host. */
    static final String EXPORT = "unix-export";

    /** Where containers in the container find what they need, below /run/host. */
    private static final String NESTING = "nesting";

    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;

    /** Parts of /proc that reach the whole host: read-only. */
    private static final List<String> PROC_READ_ONLY = List.of("sys", "sysrq-trigger", "irq", "bus");
    /** The network namespace is the container's own, and so are its settings. */
    private static final String PROC_WRITABLE = "sys/net";

    private static final String SYS_WRITABLE = "devices/virtual/net";

    private final ProgramBuilder program;
    private final FileSystemSteps steps;
    private final Arg root;
    private final boolean hostRoot;
    private final Map<String, Arg> whole = new LinkedHashMap<>();

    ApiFileSystems(ProgramBuilder program, Arg root, boolean hostRoot) {
        this.program = program;
        this.steps = new FileSystemSteps(program);
        this.root = root;
        this.hostRoot = hostRoot;
    }

    /**
     * Makes a procfs or sysfs. In a user namespace the kernel allows that only to whoever sees such a file system with
     * nothing hidden in it: while the host's are still there.
     */
    static Arg make(ProgramBuilder program, String type) {
        return new FileSystemSteps(program).make(type, FileSystemSteps.NO_EXEC, Map.of());
    }

    void proc(Arg proc, Map<String, String> sysctls) {
        Arg target = steps.mountPoint(root, "proc");
        steps.placeOn("mount /proc", proc, target);
        new SysctlSteps(program).set(proc, sysctls);
        keepWhole("proc", proc);
        Arg net = steps.copy("keep /proc/" + PROC_WRITABLE, proc, PROC_WRITABLE);
        PROC_READ_ONLY.forEach(path -> readOnly(proc, path));
        if (hostRoot) {
            MaskSteps.PROC_READ_ONLY.forEach(path -> readOnly(proc, path));
        }
        steps.place("leave /proc/" + PROC_WRITABLE + " writable", net, proc, PROC_WRITABLE);
    }

    /**
     * Whoever makes a user namespace in the container can mount procfs and sysfs there only if all of each can be seen
     * somewhere, with nothing mounted in it. What covers parts of them is there for inits, which do less where they can't
     * write; in a user namespace it protects nothing that the owners of the files don't, and root can take it away.
     */
    private void keepWhole(String name, Arg fileSystem) {
        if (!hostRoot) {
            whole.put(name, steps.copy("keep /" + name + " without covers", fileSystem, ""));
        }
    }

    private void placeWhole(Arg host) {
        if (whole.isEmpty()) {
            return;
        }
        // Nobody but root needs to get there.
        steps.directory(host, NESTING, 0700);
        whole.forEach((name, mount) -> {
            String path = NESTING + "/" + name;
            steps.directory(host, path, 0700);
            steps.place("mount /run/host/" + path, mount, host, path);
        });
    }

    private void readOnly(Arg proc, String path) {
        // Not every kernel has all of them.
        ProgramBuilder.Label absent = program.label();
        program.step(
                        "look for /proc/" + path,
                        Syscall.FACCESSAT2,
                        proc,
                        program.string(path),
                        0,
                        Arg.of(Open.AT_SYMLINK_NOFOLLOW, "AT_SYMLINK_NOFOLLOW"))
                .onError(absent);
        Arg part = steps.copy("take /proc/" + path, proc, path);
        steps.restrict("make /proc/" + path + " read-only", part, MountFlags.MOUNT_ATTR_RDONLY);
        steps.place("cover /proc/" + path, part, proc, path);
        program.place(absent);
    }

    void sys(Arg sys) {
        Arg target = steps.mountPoint(root, "sys");
        steps.placeOn("mount /sys", sys, target);
        keepWhole("sys", sys);
        Arg net = steps.copy("keep /sys/" + SYS_WRITABLE, sys, SYS_WRITABLE);
        steps.restrict("make /sys read-only", sys, MountFlags.MOUNT_ATTR_RDONLY);
        steps.place("leave /sys/" + SYS_WRITABLE + " writable", net, sys, SYS_WRITABLE);
    }

    void cgroup(Arg sys) {
        Arg cgroup = steps.make("cgroup2", FileSystemSteps.NO_EXEC, Map.of());
        steps.place("mount /sys/fs/cgroup", cgroup, sys, "fs/cgroup");
    }

    /**
     * Mounts /dev and what is mounted in it.
     *
     * @param dev the file system, with what it consists of
     * @param bound nodes of the host, by the names of the files that they are put on
     * @param terminals the container's terminals
     * @param terminalGroup whether there is a group that terminals belong to
     */
    void dev(Arg dev, Map<String, Arg> bound, LaunchSpec.Terminals terminals, boolean terminalGroup) {
        long noExec = MountFlags.MOUNT_ATTR_NOSUID | MountFlags.MOUNT_ATTR_NOEXEC;
        Arg target = steps.mountPoint(root, "dev");
        steps.placeOn("mount /dev", dev, target);
        bound.forEach((name, node) -> steps.place("put /dev/" + name + " in its place", node, dev, name));
        Map<String, String> options = new HashMap<>(Map.of("ptmxmode", "0666", "mode", "0620"));
        if (terminalGroup) {
            options.put("gid", Integer.toString(LaunchSpec.TERMINAL_GROUP));
        }
        Arg pts = steps.make("devpts", noExec, options);
        steps.place("mount /dev/pts", pts, dev, "pts");
        Arg shm =
                steps.make("tmpfs", MountFlags.MOUNT_ATTR_NOSUID | MountFlags.MOUNT_ATTR_NODEV, Map.of("mode", "1777"));
        steps.place("mount /dev/shm", shm, dev, "shm");
        steps.place("mount /dev/mqueue", steps.make("mqueue", FileSystemSteps.NO_EXEC, Map.of()), dev, "mqueue");
        new ConsoleSteps(program, steps).bind(dev, pts, terminals);
    }

    void run(Arg host) {
        Arg target = steps.mountPoint(root, "run");
        long attributes = MountFlags.MOUNT_ATTR_NOSUID | MountFlags.MOUNT_ATTR_NODEV;
        Arg run = steps.make("tmpfs", attributes, Map.of("mode", "755"));
        steps.directory(run, "host", 0755);
        steps.placeOn("mount /run", run, target);
        steps.place("mount /run/host", host, run, "host");
        placeWhole(host);
        // Writable, as the container makes files in it; few and small ones.
        Arg export =
                steps.make("tmpfs", FileSystemSteps.NO_EXEC, Map.of("mode", "755", "size", "64k", "nr_inodes", "64"));
        steps.place("mount /run/host/" + EXPORT, export, host, EXPORT);
        notifySocket();
        steps.restrict("make /run/host read-only", host, attributes | MountFlags.MOUNT_ATTR_RDONLY);
    }

    /** Hides what tells of the host or acts on it, where root is the host's: with files of /run/host, once that is mounted. */
    void hide(Arg proc, Arg sys, Arg host) {
        if (hostRoot) {
            MaskSteps masks = new MaskSteps(program, host);
            masks.proc(proc);
            masks.sys(sys);
        }
    }

    /** Where systemd says that it has booted, see sd_notify(3) and systemd's container interface. */
    private void notifySocket() {
        Arg socket = program.step(
                        "open the notify socket",
                        Syscall.SOCKET,
                        Arg.of(AF_UNIX, "AF_UNIX"),
                        Arg.of(SOCK_DGRAM | Open.O_CLOEXEC | Open.O_NONBLOCK, "SOCK_DGRAM|SOCK_CLOEXEC|SOCK_NONBLOCK"),
                        0)
                .result();
        byte[] path = FileName.bytes(NOTIFY_SOCKET);
        byte[] address = new byte[2 + path.length + 1];
        address[0] = AF_UNIX;
        System.arraycopy(path, 0, address, 2, path.length);
        program.step(
                "bind the notify socket",
                Syscall.BIND,
                socket,
                program.bytes(address, "{AF_UNIX, \"" + NOTIFY_SOCKET + "\"}"),
                address.length);
        program.step(
                "put the notify socket where the message names it",
                Syscall.DUP3,
                socket,
                FdMessage.NOTIFY_NUMBER,
                Open.O_CLOEXEC);
    }
}
