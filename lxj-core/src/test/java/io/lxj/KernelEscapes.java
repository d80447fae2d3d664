package io.lxj;

import io.lxj.EscapeAttempt.Answers;
import io.lxj.linux.Arg;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Syscall;
import java.util.List;

/** Attempts to change the kernel, or to be told what it keeps to itself. */
final class KernelEscapes extends EscapeTopic {
    private static final int AF_NETLINK = 16;
    private static final int AF_ALG = 38;
    private static final int AF_VSOCK = 40;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_SEQPACKET = 5;
    private static final int NETLINK_AUDIT = 9;

    private KernelEscapes() {}

    static List<EscapeAttempt> all() {
        KernelEscapes all = new KernelEscapes();
        all.kernel();
        return all.attempts();
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
        add(
                topic,
                "hand work to the kernel by io_uring",
                denied,
                program -> program.step("set up", Syscall.IO_URING_SETUP, 1, program.space(120, "parameters")));
        add(
                topic,
                "talk to the machine around by vsock",
                Answers.of("EAFNOSUPPORT"),
                program -> program.step("open", Syscall.SOCKET, AF_VSOCK, SOCK_STREAM, 0));
        add(
                topic,
                "have the kernel encrypt",
                Answers.of("EAFNOSUPPORT"),
                program -> program.step("open", Syscall.SOCKET, AF_ALG, SOCK_SEQPACKET, 0));
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
        add(EscapeAttempt.of(
                topic,
                "read audit records",
                KernelEscapes::askAudit,
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
}
