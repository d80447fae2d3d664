package io.lxj.config;

import static io.lxj.config.SeccompCondition.without;
import static io.lxj.config.SeccompCondition.withoutUserNamespace;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the standard profile denies. LXC denies kexec, modules, open_by_handle_at and forced unmounts; systemd-nspawn and
 * Docker list what they allow. Here all calls that lxj knows are allowed but those listed, so that a whole userland with
 * its own init runs, nested containers included: what mounts, namespaces and tracing can reach is the container's own.
 * Everything is denied that LXC denies, and what nspawn and Docker don't allow, except for what a system
 * container needs, and for acct(2), which writes of processes of its own PID namespace.
 *
 * <p>reboot(2) is allowed: in a PID namespace it ends its init, which is how a container halts. adjtimex(2) is allowed,
 * because it also reads; setting needs CAP_SYS_TIME.
 */
final class StandardSeccompRules {
    private static final SeccompAction EPERM = SeccompAction.errno(SeccompAction.EPERM);
    private static final SeccompAction EAFNOSUPPORT = SeccompAction.errno(SeccompAction.EAFNOSUPPORT);

    private static final int MNT_FORCE = 1;
    private static final int TIOCSTI = 0x5412;
    private static final int TIOCLINUX = 0x541C;
    private static final int TIOCCONS = 0x541D;
    private static final int AF_NETLINK = 16;
    private static final int NETLINK_AUDIT = 9;
    private static final int AF_ALG = 38;
    private static final int AF_VSOCK = 40;
    private static final int SYS_SOCKET = 1;

    static final List<SeccompRule> ALL = List.of(
            // Another kernel, or code in this one.
            SeccompRule.of(EPERM, "kexec_load", "kexec_file_load"),
            SeccompRule.of(EPERM, "init_module", "finit_module", "delete_module")
                    .onlyIf(without(Capability.SYS_MODULE)),
            SeccompRule.of(EPERM, "bpf").onlyIf(outside(Capability.BPF)),
            // Files that no path of the container leads to, and swap, which all share.
            SeccompRule.of(EPERM, "open_by_handle_at"),
            SeccompRule.of(EPERM, "fanotify_init", "fanotify_mark", "quotactl", "quotactl_fd")
                    .onlyIf(withoutUserNamespace()),
            SeccompRule.of(EPERM, "swapon", "swapoff"),
            // A forced unmount ends a file system for everyone who has it mounted. LXC denies it, too.
            SeccompRule.of(EPERM, "umount2").argument(SeccompArgument.masked(1, MNT_FORCE, MNT_FORCE)),
            // The machine's clock, its ports, its log, and measuring what else runs on it.
            SeccompRule.of(EPERM, "settimeofday", "clock_settime", "clock_settime64", "stime")
                    .onlyIf(without(Capability.SYS_TIME)),
            SeccompRule.of(EPERM, "iopl", "ioperm", "pciconfig_read", "pciconfig_write", "pciconfig_iobase")
                    .onlyIf(without(Capability.SYS_RAWIO)),
            SeccompRule.of(EPERM, "syslog").onlyIf(without(Capability.SYSLOG)),
            SeccompRule.of(EPERM, "perf_event_open", "lookup_dcookie").onlyIf(without(Capability.PERFMON)),
            // Keys belong to users, and without a user namespace these are the host's. systemd does without.
            SeccompRule.of(EPERM, "add_key", "request_key", "keyctl").onlyIf(withoutUserNamespace()),
            // Of use to who attacks the kernel, and to little else: page faults that can be held up, 16-bit code.
            SeccompRule.of(EPERM, "userfaultfd", "vm86", "vm86old"),
            // Makes calls that no filter sees. Programs do without, as where kernel.io_uring_disabled is set.
            SeccompRule.of(EPERM, "io_uring_setup", "io_uring_enter", "io_uring_register"),
            // Input for whoever reads from the terminal next (CVE-2016-10124, CVE-2017-5226).
            SeccompRule.of(EPERM, "ioctl").argument(SeccompArgument.lowBits(1, TIOCSTI)),
            SeccompRule.of(EPERM, "ioctl").argument(SeccompArgument.lowBits(1, TIOCLINUX)),
            // Takes what the host writes to its console.
            SeccompRule.of(EPERM, "ioctl").argument(SeccompArgument.lowBits(1, TIOCCONS)),
            // Not of the network namespace: sockets to the hypervisor, and the kernel's ciphers, which have let
            // processes write to files that containers share (CVE-2026-31431).
            SeccompRule.of(EAFNOSUPPORT, "socket").argument(SeccompArgument.lowBits(0, AF_VSOCK)),
            SeccompRule.of(EAFNOSUPPORT, "socket").argument(SeccompArgument.lowBits(0, AF_ALG)),
            // With this error programs take it that there is no audit system, as in systemd-nspawn.
            auditSocket(true, Capability.AUDIT_CONTROL, Capability.AUDIT_READ),
            auditSocket(false, Capability.AUDIT_WRITE, Capability.AUDIT_CONTROL, Capability.AUDIT_READ),
            // A 32-bit call that has its arguments in memory, where no filter sees them: it would get around the above.
            SeccompRule.of(EPERM, "socketcall").argument(SeccompArgument.lowBits(0, SYS_SOCKET)));

    private StandardSeccompRules() {}

    private static SeccompRule auditSocket(boolean userNamespace, Capability... capabilities) {
        return SeccompRule.of(EAFNOSUPPORT, "socket")
                .argument(SeccompArgument.lowBits(0, AF_NETLINK))
                .argument(SeccompArgument.lowBits(2, NETLINK_AUDIT))
                .onlyIf(SeccompCondition.of(Set.of(), Set.of(capabilities), Optional.of(userNamespace)));
    }

    private static SeccompCondition outside(Capability capability) {
        return SeccompCondition.of(Set.of(), Set.of(capability), Optional.of(false));
    }
}
