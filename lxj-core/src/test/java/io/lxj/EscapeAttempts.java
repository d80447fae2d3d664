package io.lxj;

import static io.lxj.linux.CloneFlags.CLONE_NEWCGROUP;
import static io.lxj.linux.CloneFlags.CLONE_NEWNET;

import io.lxj.EscapeAttempt.Answers;
import io.lxj.linux.Arg;
import io.lxj.linux.Directory;
import io.lxj.linux.Open;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Stat;
import io.lxj.linux.Syscall;
import io.lxj.testing.Caller;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What published lists of container escapes try, and what is the host's to lose. Every attempt is harmless to the host if
 * it should succeed. Immutable and thread-safe.
 */
final class EscapeAttempts {
    private static final Arg CWD = Arg.of(Open.AT_FDCWD, "AT_FDCWD");
    private static final int AF_UNIX = 1;
    private static final int AF_NETLINK = 16;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_RAW = 3;
    private static final int NETLINK_AUDIT = 9;
    private static final int MS_REMOUNT = 32;
    private static final int MS_BIND = 4096;
    private static final int CAP_SYS_RESOURCE = 24;

    private final List<EscapeAttempt> attempts = new ArrayList<>();

    /**
     * Things of the host to go for.
     *
     * @param pid a process, as the host counts
     * @param neighbour the init of another container, as the host counts
     * @param disk number of the disk that the host's root is on
     * @param file a file
     * @param socket a Unix socket that somebody listens on
     * @param abstractSocket the name of an abstract Unix socket that somebody listens on
     * @param key the name of a key in the keyring of the host's root
     * @param sharedMemory the key of a shared memory segment that everybody may attach
     * @param neighbourCgroup the control group of the other container's init, as the host sees it
     * @param neighbourKey the name of a key in the keyring of the other container's root
     * @param neighbourSharedMemory the key of such a segment in the other container
     */
    record Host(
            long pid,
            long neighbour,
            long disk,
            String file,
            String socket,
            String abstractSocket,
            String key,
            int sharedMemory,
            String neighbourCgroup,
            String neighbourKey,
            int neighbourSharedMemory) {}

    private EscapeAttempts() {}

    static List<EscapeAttempt> on(Host host) {
        EscapeAttempts all = new EscapeAttempts();
        all.devices(host);
        all.kernel();
        all.procAndSys();
        all.fileSystems(host);
        all.processes(host);
        all.communication(host);
        all.clocksAndLimits();
        return List.copyOf(all.attempts);
    }

    /** What the other container has to lose; its own root gets at that. */
    static List<EscapeAttempt> ofTheNeighbour(Host host) {
        Answers success = Answers.of(EscapeOutcome.SUCCEEDED);
        EscapeAttempts own = new EscapeAttempts();
        own.add("its own", "make a key and shared memory", success, program -> {
            Arg type = program.string("user");
            program.step("make", Syscall.ADD_KEY, type, program.string(host.neighbourKey()), type, 4, -4);
            // IPC_CREAT
            program.step("make", Syscall.SHMGET, host.neighbourSharedMemory(), 4096, 01666);
        });
        own.add("its own", "use the key", success, program -> searchKey(program, host.neighbourKey()));
        own.add("its own", "attach the memory", success, program -> attach(program, host.neighbourSharedMemory()));
        return own.attempts;
    }

    /** One that ends all processes of the container that it is tried in, and nothing else. */
    static EscapeAttempt restart() {
        return EscapeAttempt.of(
                "kernel",
                "restart the machine",
                Answers.of(EscapeOutcome.KILLED),
                false,
                // LINUX_REBOOT_CMD_RESTART
                program -> program.step("restart", Syscall.REBOOT, 0xfee1deadL, 672274793, 0x1234567, 0));
    }

    private void devices(Host host) {
        String topic = "devices";
        node(topic, "make a node of the host's disk, and read it", Stat.S_IFBLK, host.disk());
        node(topic, "make a node of the kernel's memory, and read it", Stat.S_IFCHR, Directory.device(1, 1));
        node(topic, "make a node of the I/O ports, and read it", Stat.S_IFCHR, Directory.device(1, 4));
        node(topic, "make a node of the kernel's log, and read it", Stat.S_IFCHR, Directory.device(1, 11));
        node(topic, "make a node of the loop devices' control, and open it", Stat.S_IFCHR, Directory.device(10, 237));
        node(topic, "make a node of FUSE's device, and open it", Stat.S_IFCHR, Directory.device(10, 229));
        // None has them: /dev is the container's own.
        Answers none = Answers.of("ENOENT");
        opens(topic, "open the loop devices' control", none, "/dev/loop-control", Open.O_RDWR);
        opens(topic, "open the kernel's log", none, "/dev/kmsg", Open.O_RDONLY);
        opens(topic, "open the kernel's memory", none, "/dev/mem", Open.O_RDWR);
        opens(topic, "open the virtual machine monitor", none, "/dev/kvm", Open.O_RDWR);
        for (String type : List.of("ext4", "xfs", "btrfs", "vfat", "squashfs", "9p", "nfs")) {
            mount(topic, type);
        }
    }

    private void node(String topic, String what, int type, long device) {
        harmless(topic, what, Answers.of("EPERM"), program -> {
            program.step("leave no node", Syscall.UNLINKAT, CWD, program.string("/node"), 0)
                    .mayFail();
            program.step("make", Syscall.MKNODAT, CWD, program.string("/node"), type | 0666, device);
            Arg node = program.step("open", Syscall.OPENAT, CWD, program.string("/node"), Open.O_RDONLY, 0)
                    .result();
            program.step("read", Syscall.READ, node, program.space(512, "sector"), 512);
        });
    }

    /** Whether it may is decided before what is to be mounted is looked at: that would be answered otherwise. */
    private void mount(String topic, String type) {
        harmless(
                topic,
                "mount a file system of type " + type,
                Answers.ofFileSystem(type),
                program -> program.step(
                        "mount",
                        Syscall.MOUNT,
                        program.string("/dev/null"),
                        program.string("/mnt"),
                        program.string(type),
                        0,
                        program.string("")));
    }

    private void kernel() {
        String topic = "kernel";
        // That it is denied is decided before the arguments are looked at, which are no good: with the right to do it
        // the
        // answers would be others.
        Answers denied = Answers.of("EPERM");
        harmless(
                topic,
                "load a module",
                denied,
                program -> program.step("load", Syscall.INIT_MODULE, 0, 0, program.string("")));
        harmless(
                topic,
                "load a module from a file",
                denied,
                program -> program.step("load", Syscall.FINIT_MODULE, 0, program.string(""), 0));
        harmless(
                topic,
                "remove a module",
                denied,
                program -> program.step("remove", Syscall.DELETE_MODULE, program.string("no_such_module"), 0));
        add(topic, "load another kernel", denied, program -> program.step("load", Syscall.KEXEC_LOAD, 0, 0, 0, 0));
        // LINUX_REBOOT_CMD_CAD_OFF, which only the first PID namespace knows.
        add(
                topic,
                "tell the host what Ctrl-Alt-Del does",
                Answers.of("EINVAL"),
                program -> program.step("tell", Syscall.REBOOT, 0xfee1deadL, 672274793, 0, 0));
        harmless(topic, "load a BPF program", denied, program -> bpf(program, 5));
        harmless(topic, "make a BPF map", denied, program -> bpf(program, 0));
        // PERF_TYPE_SOFTWARE, of all processes on processor 0.
        harmless(
                topic,
                "watch all processes by performance counters",
                denied,
                program -> program.step(
                        "watch",
                        Syscall.PERF_EVENT_OPEN,
                        program.words("attributes", 1 | (128L << 32), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
                        -1,
                        0,
                        -1,
                        0));
        harmless(
                topic,
                "handle page faults of the kernel",
                denied,
                program -> program.step("open", Syscall.USERFAULTFD, 0));
        harmless(
                topic,
                "read the kernel's log",
                denied,
                program -> program.step("read", Syscall.SYSLOG, 3, program.space(64, "text"), 64));
        add(topic, "switch process accounting off", denied, program -> program.step("switch", Syscall.ACCT, 0));
        harmless(
                topic,
                "swap to a file",
                denied,
                program -> program.step("swap", Syscall.SWAPON, program.string("/no/such/file"), 0));
        attempts.add(EscapeAttempt.of(
                topic,
                "read audit records",
                EscapeAttempts::askAudit,
                answer -> answer.contains("\u00ff\u00ff\u00ff"),
                Answers.of("EAFNOSUPPORT"),
                true));
        harmless(topic, "watch the whole file system by fanotify", denied, program -> {
            Arg group = program.step("open", Syscall.FANOTIFY_INIT, 4, 0).result();
            program.step("use", Syscall.CLOSE, group);
        });
    }

    /** struct nlmsghdr of AUDIT_GET with NLM_F_REQUEST|NLM_F_ACK; the answer holds an errno, negative. */
    private static Arg askAudit(ProgramBuilder program) {
        Arg socket = program.step("open", Syscall.SOCKET, AF_NETLINK, SOCK_RAW, NETLINK_AUDIT)
                .result();
        Arg message = program.words("AUDIT_GET", 16 | (1000L << 32) | (5L << 48), 0);
        program.step("ask", Syscall.SENDTO, socket, message, 16, 0, 0, 0);
        Arg answer = program.space(EscapeAttempt.LOOT, "answer");
        program.step("hear", Syscall.RECVFROM, socket, answer, EscapeAttempt.LOOT, 0, 0, 0);
        return answer;
    }

    private static void bpf(ProgramBuilder program, int command) {
        // BPF_MAP_TYPE_ARRAY with a key of 4, a value of 8 and one entry; as a program: a socket filter without
        // licence.
        program.step(
                "ask",
                Syscall.BPF,
                command,
                program.words("attributes", 2 | (4L << 32), 8 | (1L << 32), 0, 0, 0, 0),
                48);
    }

    private void procAndSys() {
        String topic = "/proc and /sys";
        writes(topic, "use the SysRq keys", "/proc/sysrq-trigger");
        writes(topic, "have core dumps piped to a program", "/proc/sys/kernel/core_pattern");
        writes(topic, "set the program that loads modules", "/proc/sys/kernel/modprobe");
        writes(topic, "set the program that hotplug events run", "/proc/sys/kernel/hotplug");
        writes(topic, "set the program that handles foreign binaries", "/proc/sys/fs/binfmt_misc/register");
        writes(topic, "let memory be overcommitted", "/proc/sys/vm/overcommit_memory");
        writes(topic, "reboot the host on a panic", "/proc/sys/kernel/panic");
        writes(topic, "set the hotplug helper", "/sys/kernel/uevent_helper");
        writes(topic, "put the host to sleep", "/sys/power/state");
        writes(topic, "unload firmware variables", "/sys/firmware/efi/vars/del_var");
        writes(topic, "change the affinity of interrupts", "/proc/irq/default_smp_affinity");
        opens(topic, "read the kernel's memory", Answers.ofFile("/proc/kcore"), "/proc/kcore", Open.O_RDONLY);
        opens(topic, "read the kernel's log by a file", Answers.ofFile("/proc/kmsg"), "/proc/kmsg", Open.O_RDONLY);
        opens(
                topic,
                "read the pages of processes",
                Answers.ofFile("/proc/kpageflags"),
                "/proc/kpageflags",
                Open.O_RDONLY);
        reads(
                topic,
                "read the addresses of the kernel's functions",
                "/proc/kallsyms",
                text -> text.isEmpty() || text.startsWith("0000000000000000 "));
        harmless(topic, "make /proc/sys writable again, and set core_pattern", Answers.of("EACCES"), program -> {
            program.step("remount", Syscall.MOUNT, 0, program.string("/proc/sys"), 0, MS_REMOUNT | MS_BIND, 0)
                    .mayFail();
            program.step("uncover", Syscall.UMOUNT2, program.string("/proc/sys"), 2)
                    .mayFail();
            write(program, "/proc/sys/kernel/core_pattern");
        });
        add(topic, "mount another procfs, and use the SysRq keys", Answers.ofFile("/proc/sysrq-trigger"), program -> {
            program.step(
                    "mount",
                    Syscall.MOUNT,
                    program.string("proc"),
                    program.string("/mnt"),
                    program.string("proc"),
                    0,
                    0);
            write(program, "/mnt/sysrq-trigger");
        });
        for (String type : List.of("debugfs", "tracefs", "securityfs", "pstore", "configfs", "efivarfs", "selinuxfs")) {
            mount(topic, type);
        }
    }

    private void writes(String topic, String what, String path) {
        add(topic, what, Answers.ofFile(path), program -> write(program, path));
    }

    /** Opened only: that is where the decision falls, and nothing happens to the host. */
    private static void write(ProgramBuilder program, String path) {
        program.step("open", Syscall.OPENAT, CWD, program.string(path), Open.O_WRONLY, 0);
    }

    private void opens(String topic, String what, Answers answers, String path, int flags) {
        add(topic, what, answers, program -> {
            Arg file = program.step("open", Syscall.OPENAT, CWD, program.string(path), flags, 0)
                    .result();
            program.step("use", Syscall.READ, file, program.space(16, "bytes"), 16);
        });
    }

    private void reads(String topic, String what, String path, Predicate<String> worthless) {
        attempts.add(EscapeAttempt.of(
                topic,
                what,
                program -> {
                    Arg file = program.step("open", Syscall.OPENAT, CWD, program.string(path), Open.O_RDONLY, 0)
                            .result();
                    Arg loot = program.space(EscapeAttempt.LOOT, "loot");
                    program.step("read", Syscall.READ, file, loot, EscapeAttempt.LOOT);
                    return loot;
                },
                worthless,
                Answers.of(EscapeOutcome.WORTHLESS),
                false));
    }

    private void fileSystems(Host host) {
        String topic = "files";
        Answers none = Answers.of("ENOENT");
        opens(topic, "open a file of the host by its name", none, host.file(), Open.O_RDONLY);
        harmless(
                topic,
                "open a file of the host by its handle",
                Answers.of("EPERM"),
                program -> program.step(
                        "open",
                        Syscall.OPEN_BY_HANDLE_AT,
                        CWD,
                        // struct file_handle of the root of an ext4 or btrfs file system: 8 bytes, type 1, inode 2.
                        program.words("handle", 8 | (1L << 32), 2),
                        Open.O_RDONLY));
        add(topic, "climb out of a second chroot", none, program -> {
            program.step("make", Syscall.MKDIRAT, CWD, program.string("/jail"), 0700)
                    .mayFail();
            program.step("confine", Syscall.CHROOT, program.string("/jail"));
            for (int i = 0; i < 16; i++) {
                program.step("climb", Syscall.CHDIR, program.string(".."));
            }
            program.step("confine", Syscall.CHROOT, program.string("."));
            program.step("open", Syscall.OPENAT, CWD, program.string(host.file()), Open.O_RDONLY, 0);
        });
        add(topic, "unmount the root, to see what is below", Answers.of("EINVAL"), program -> {
            program.step("unmount", Syscall.UMOUNT2, program.string("/"), 2);
            program.step("open", Syscall.OPENAT, CWD, program.string("/.." + host.file()), Open.O_RDONLY, 0);
        });
        for (int fd = 3; fd < 8; fd++) {
            String path = "/proc/1/fd/" + fd + "/../../../../../.." + host.file();
            opens(topic, "go through descriptor " + fd + " of the init", none, path, Open.O_RDONLY);
        }
        opens(
                topic,
                "go through the root of a process of the host",
                none,
                "/proc/" + host.pid() + "/root" + host.file(),
                Open.O_RDONLY);
        opens(
                topic,
                "go through the root of a process of another container",
                none,
                "/proc/" + host.neighbour() + "/root/etc/passwd",
                Open.O_RDONLY);
        add(
                topic,
                "mount control groups of version 1, for a release agent",
                Answers.ofFileSystem("cgroup"),
                program -> program.step(
                        "mount",
                        Syscall.MOUNT,
                        program.string("cgroup"),
                        program.string("/mnt"),
                        program.string("cgroup"),
                        0,
                        program.string("none,name=lxj-escape")));
        add(topic, "leave the control group for another container's, through another mount of them", none, program -> {
            program.step(
                    "mount",
                    Syscall.MOUNT,
                    program.string("cgroup2"),
                    program.string("/mnt"),
                    program.string("cgroup2"),
                    0,
                    0);
            write(program, "/mnt" + host.neighbourCgroup() + "/cgroup.procs");
        });
        add(
                topic,
                "change how many control groups there may be below the container's own",
                Answers.of("EACCES"),
                program -> write(program, "/sys/fs/cgroup/cgroup.max.descendants"));
        // Which controllers there are depends on the host.
        add(
                topic,
                "change the limits of the container's own control group",
                Answers.of("EACCES", "ENOENT"),
                program -> write(program, "/sys/fs/cgroup/memory.max"));
    }

    private void processes(Host host) {
        String topic = "processes";
        Answers none = Answers.of("ESRCH");
        for (long pid : List.of(host.pid(), host.neighbour())) {
            String whose = pid == host.pid() ? "the host" : "another container";
            add(topic, "kill a process of " + whose, none, program -> program.step("kill", Syscall.KILL, pid, 0));
            add(
                    topic,
                    "trace a process of " + whose,
                    none,
                    program -> program.step("attach", Syscall.PTRACE, 16, pid, 0, 0));
            add(
                    topic,
                    "open a pidfd of a process of " + whose,
                    none,
                    program -> program.step("open", Syscall.PIDFD_OPEN, pid, 0));
            add(topic, "read the memory of a process of " + whose, none, program -> {
                Arg buffer = program.space(8, "bytes");
                program.step(
                        "read",
                        Syscall.PROCESS_VM_READV,
                        pid,
                        program.words("local", buffer, 8),
                        1,
                        program.words("remote", 0x400000, 8),
                        1,
                        0);
            });
        }
        add(topic, "trace the parent, whatever it is", none, program -> {
            Arg parent =
                    program.step("ask", Syscall.GETPPID).onZero(program.here()).result();
            program.step("attach", Syscall.PTRACE, 16, parent, 0, 0);
        });
        for (int fd = 3; fd < 6; fd++) {
            long number = fd;
            add(
                    topic,
                    "join namespaces by a descriptor " + fd + " that was left open",
                    Answers.of("EBADF"),
                    program -> program.step("join", Syscall.SETNS, number, CLONE_NEWNET | CLONE_NEWCGROUP));
        }
        harmless(
                topic,
                "push input into the terminal of whoever started it",
                Answers.of("EPERM"),
                program -> program.step("push", Syscall.IOCTL, 1, Arg.of(0x5412, "TIOCSTI"), program.string("x")));
        harmless(
                topic, "use a key of the host's root", Answers.of("ENOKEY"), program -> searchKey(program, host.key()));
        add(
                topic,
                "use a key of another container's root",
                Answers.of("ENOKEY"),
                program -> searchKey(program, host.neighbourKey()));
    }

    /** KEYCTL_SEARCH in the user's keyring. */
    private static void searchKey(ProgramBuilder program, String name) {
        program.step("search", Syscall.KEYCTL, 10, -4, program.string("user"), program.string(name), 0);
    }

    private void communication(Host host) {
        String topic = "communication";
        Answers none = Answers.of("ENOENT");
        add(topic, "connect to a Unix socket of the host", none, program -> connect(program, host.socket(), false));
        add(
                topic,
                "connect to an abstract Unix socket of the host",
                Answers.of("ECONNREFUSED"),
                program -> connect(program, host.abstractSocket(), true));
        add(topic, "attach shared memory of the host", none, program -> attach(program, host.sharedMemory()));
        add(
                topic,
                "attach shared memory of another container",
                none,
                program -> attach(program, host.neighbourSharedMemory()));
    }

    private static void attach(ProgramBuilder program, int key) {
        Arg id = program.step("find", Syscall.SHMGET, key, 0, 0).result();
        program.step("attach", Syscall.SHMAT, id, 0, 010000);
    }

    private static void connect(ProgramBuilder program, String name, boolean inAbstract) {
        Arg socket =
                program.step("open", Syscall.SOCKET, AF_UNIX, SOCK_STREAM, 0).result();
        byte[] path = name.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer address = ByteBuffer.allocate(3 + path.length).order(ByteOrder.LITTLE_ENDIAN);
        address.putShort((short) AF_UNIX);
        if (inAbstract) {
            address.put((byte) 0);
        }
        address.put(path);
        int length = inAbstract ? address.capacity() : address.capacity() - 1;
        program.step("connect", Syscall.CONNECT, socket, program.bytes(address.array(), name), length);
    }

    private void clocksAndLimits() {
        String topic = "clocks and limits";
        Answers denied = Answers.of("EPERM");
        harmless(topic, "set the time zone", denied, program -> program.step("set", Syscall.SETTIMEOFDAY, 0, 0));
        // With more nanoseconds than a second has: where it is allowed, that is no time.
        harmless(
                topic,
                "set the clock",
                denied,
                program ->
                        program.step("set", Syscall.CLOCK_SETTIME, 0, program.words("time", 1_000_000, 1_000_000_000)));
        add(
                topic,
                "adjust the clock",
                denied,
                program -> program.step(
                        // struct timex with modes = ADJ_OFFSET_SS_READ would be allowed; ADJ_TICK of 10000 is what
                        // there is.
                        "adjust",
                        Syscall.CLOCK_ADJTIME,
                        0,
                        program.words(
                                "timex", 0x4000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                0, 0, 0)));
        // Who lacks the right can't give it away: there it is denied in every container.
        boolean allowed = Caller.hasCapability(CAP_SYS_RESOURCE);
        // No container has more than 524288, and the kernel's own bound is usually above it.
        add(
                topic,
                "raise the hard limit of open files",
                denied,
                allowed,
                program -> program.step("raise", Syscall.PRLIMIT64, 0, 7, program.words("limit", 1024, 524_289), 0));
        add(topic, "be spared by the host's OOM killer", Answers.of("EACCES"), allowed, program -> {
            Arg file = program.step(
                            "open", Syscall.OPENAT, CWD, program.string("/proc/self/oom_score_adj"), Open.O_WRONLY, 0)
                    .result();
            program.step("write", Syscall.WRITE, file, program.string("-1000"), 5);
        });
    }

    private void add(String topic, String what, Answers answers, Consumer<ProgramBuilder> steps) {
        add(topic, what, answers, false, steps);
    }

    /** One that does no harm where it is allowed, and is answered otherwise to who has the right to do it. */
    private void harmless(String topic, String what, Answers answers, Consumer<ProgramBuilder> steps) {
        add(topic, what, answers, true, steps);
    }

    private void add(String topic, String what, Answers answers, boolean harmless, Consumer<ProgramBuilder> steps) {
        attempts.add(EscapeAttempt.of(topic, what, answers, harmless, steps));
    }
}
