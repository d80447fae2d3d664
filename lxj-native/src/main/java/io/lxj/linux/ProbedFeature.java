package io.lxj.linux;

/** The features that are probed, in the order of the report. */
enum ProbedFeature {
    KERNEL("kernel", "5.14 is the oldest that has all of this", "use Linux 5.14 or later"),
    CAPABILITIES("capabilities", "mount, enter namespaces, change owners", "run as root"),
    MACHINE("whole machine", "nothing around this process restricts it", ""),
    OWN_PROC("own /proc", "tells processes apart", ""),
    STAGE("launch program", "runs a list of system calls in a new process", ""),
    EXECUTABLE_MEMFD(
            "executable memfd",
            "keeps the launch program from being changed",
            "not needed: an unlinked file serves instead; set vm.memfd_noexec to 0 or 1 to allow it"),

    CLONE3("clone3", "makes a process in its namespaces", ""),
    CLONE_INTO_CGROUP(
            "CLONE_INTO_CGROUP",
            "a process is in its cgroup from the beginning",
            "run as root, or in a cgroup that is delegated to this user: systemd-run --user --scope -p Delegate=yes"),
    CLONE_PARENT("CLONE_PARENT", "makes a process the child of this one", ""),
    PIDFD_OPEN("pidfd_open", "holds a process, never mistakes another for it", ""),
    PIDFD_SEND_SIGNAL("pidfd_send_signal", "signals exactly that process", ""),
    PIDFD_GETFD("pidfd_getfd", "takes over the terminal of another process", ""),
    SETNS_PIDFD("setns by pidfd", "enters the namespaces of a process", ""),
    OPENAT2("openat2", "opens files below a root, despite symbolic links", ""),
    CLOSE_RANGE("close_range", "lets no descriptor slip into a new program", ""),
    SECCOMP("seccomp filter", "restricts system calls", "use a kernel with CONFIG_SECCOMP_FILTER"),
    SESSION_KEYRING(
            "session keyring",
            "keeps this process's keys out of containers",
            "not needed where a seccomp filter denies keyctl(2): containers don't get at keys then either"),
    INOTIFY(
            "inotify",
            "follows consoles that another process reads",
            "end what has so many, or raise fs.inotify.max_user_instances"),

    USER_NAMESPACE("user namespace", "root inside is nobody outside", ""),
    MOUNT_NAMESPACE("mount namespace", "mounts of its own", ""),
    PID_NAMESPACE("pid namespace", "process ids of its own", ""),
    UTS_NAMESPACE("uts namespace", "a hostname of its own", ""),
    IPC_NAMESPACE("ipc namespace", "message queues and shared memory of its own", ""),
    NET_NAMESPACE("net namespace", "network interfaces of its own", ""),
    CGROUP_NAMESPACE("cgroup namespace", "sees its own cgroups only", ""),
    TIME_NAMESPACE("time namespace", "clocks of its own", "use a kernel with CONFIG_TIME_NS"),
    USER_NAMESPACE_SETTINGS("user namespace settings", "lets ordinary users have user namespaces", ""),

    FSOPEN("fsopen", "makes file systems by descriptor", ""),
    MOVE_MOUNT("move_mount", "mounts by descriptor, follows no path", ""),
    OPEN_TREE("open_tree", "bind mounts by descriptor", ""),
    MOUNT_SETATTR("mount_setattr", "read-only, nosuid, propagation of trees", ""),
    IDMAPPED_MOUNT(
            "idmapped mount", "maps owners of files without changing them", "use a kernel and a file system with it"),
    TMPFS("tmpfs", "/dev, /run, /dev/shm", ""),
    PROC("proc", "/proc", ""),
    SYSFS("sysfs", "/sys", ""),
    OF_CONTAINERS("own proc and sysfs", "both for who is root of a user namespace only", ""),
    DEVPTS("devpts", "terminals of its own", ""),
    TIOCGPTPEER("TIOCGPTPEER", "opens a terminal without a path", ""),
    MQUEUE("mqueue", "/dev/mqueue", "use a kernel with CONFIG_POSIX_MQUEUE"),
    CGROUP2("cgroup2", "/sys/fs/cgroup", ""),
    OVERLAY("overlay", "shares one image among many roots", "modprobe overlay, or use full copies"),
    OVERLAY_USERXATTR("overlay userxattr", "the same without root", "modprobe overlay, or use full copies"),

    CGROUP_HIERARCHY("cgroup v2", "holds, counts and limits processes", ""),
    CGROUP_DELEGATION(
            "own cgroups",
            "makes cgroups below its own",
            "run as root, or in a cgroup that is delegated to this user: systemd-run --user --scope -p Delegate=yes"),
    CGROUP_KILL("cgroup.kill", "kills all processes at once", "use Linux 5.14 or later"),
    CGROUP_FREEZE("cgroup.freeze", "suspends all processes at once", ""),
    CPU_CONTROLLER("cpu controller", "limits processor time", ""),
    CPUSET_CONTROLLER("cpuset controller", "chooses processors", ""),
    IO_CONTROLLER("io controller", "limits disk traffic", ""),
    MEMORY_CONTROLLER("memory controller", "limits memory", ""),
    PIDS_CONTROLLER("pids controller", "limits the number of processes", ""),
    HUGETLB_CONTROLLER("hugetlb controller", "limits huge pages", ""),
    RDMA_CONTROLLER("rdma controller", "limits remote direct memory access", ""),
    MISC_CONTROLLER("misc controller", "limits what the hardware has only so many of", ""),
    PRESSURE("pressure", "measures how long processes wait", "boot with psi=1, on a kernel with CONFIG_PSI"),
    KERNEL_LOG(
            "kernel log",
            "names processes killed because memory ran out",
            "run as root, outside of containers, or set kernel.dmesg_restrict to 0"),
    DEVICE_FILTER(
            "device filter", "decides which devices may be used", "run as root, on a kernel with CONFIG_CGROUP_BPF"),

    APPARMOR("AppArmor", "confines by profiles", ""),
    SELINUX("SELinux", "confines by labels", ""),
    BINFMT_MISC(
            "binfmt_misc",
            "runs programs of other architectures",
            "mount -t binfmt_misc none /proc/sys/fs/binfmt_misc, and install qemu-user-static");

    private final String title;
    private final String purpose;
    private final String advice;

    ProbedFeature(String title, String purpose, String advice) {
        this.title = title;
        this.purpose = purpose;
        this.advice = advice;
    }

    String title() {
        return title;
    }

    KernelFeature report(Outcome outcome) {
        if (outcome.available()) {
            return new KernelFeature(title, purpose, true, outcome.detail(), "");
        }
        String best = outcome.advice().isEmpty() && outcome != Outcome.NOT_FOUND_OUT ? advice : outcome.advice();
        return new KernelFeature(title, purpose, false, outcome.detail(), best);
    }
}
