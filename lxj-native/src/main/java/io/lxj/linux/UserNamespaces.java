package io.lxj.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which user namespace this process is in, see user_namespaces(7). */
public final class UserNamespaces {
    /** The inode that linux/proc_ns.h gives to the first one. */
    static final String FIRST = "user:[4026531837]";

    private static final boolean IN_FIRST = isFirst(Path.of("/proc/self/ns/user"));

    /** See ioctl_ns(2). */
    private static final long NS_GET_PARENT = 0xB702;
    /** There can't be more, see user_namespaces(7). */
    private static final int MAX_DEPTH = 33;

    // Those of apparmor.d(5). The launch program has no path, which is what the flag is for.
    private static final String RULES =
            "the flag attach_disconnected and the rules userns, capability, network, unix, signal,"
                    + " ptrace, mount, umount, pivot_root, /{,**} rwlkmix";

    private UserNamespaces() {}

    /**
     * Whether this process is in the first user namespace of the machine. In another one, even root can neither make device
     * nodes nor load device filters.
     *
     * @return true on a host, false in most containers
     */
    public static boolean inFirst() {
        return IN_FIRST;
    }

    /**
     * The user namespace that a process of this user was started in by root of that namespace: the one whose parent is the
     * namespace of this process, whatever namespaces the process has made or entered since.
     *
     * @param pid the process
     * @return the namespace, owned by the caller
     * @throws LinuxException ENOENT or ESRCH if there is no such process; EPERM if it is in no namespace of this one
     */
    public static Fd outermostOf(int pid) throws LinuxException {
        try (Fd own = Fd.open(Path.of("/proc/self/ns/user"), Open.O_RDONLY, 0)) {
            Fd namespace = Fd.open(Path.of("/proc/" + pid + "/ns/user"), Open.O_RDONLY, 0);
            for (int depth = 0; depth < MAX_DEPTH; depth++) {
                try (Fd below = namespace) {
                    Fd parent = parent(below);
                    if (parent.stat().isSameFile(own.stat())) {
                        parent.close();
                        return below.duplicate();
                    }
                    namespace = parent;
                }
            }
            namespace.close();
        }
        throw LinuxException.of(-Errno.EPERM.number(), "ioctl", "/proc/" + pid + "/ns/user", "NS_GET_PARENT");
    }

    private static Fd parent(Fd namespace) throws LinuxException {
        long result = namespace.call(Syscall.IOCTL, NS_GET_PARENT, 0);
        if (result < 0) {
            throw LinuxException.of(result, "ioctl", namespace, "NS_GET_PARENT");
        }
        return new Fd((int) result);
    }

    /**
     * Why a process of an ordinary user could not make one, or could do nothing in it.
     *
     * @param failure what unshare(2), or a call in the new namespace, failed with
     * @return what to do about it, as a sentence: the settings that forbid it are named, where it is those
     */
    public static String advice(LinuxException failure) {
        return advice(Outcome.failed(failure, true));
    }

    /**
     * Why one gets no procfs or sysfs of its own here.
     *
     * @return what to do about it, as a sentence
     */
    public static String adviceOnProcAndSysfs() {
        Outcome machine = HostFacts.machine();
        return FullyVisible.advice() + (machine.available() ? "" : " (this process is " + machine.detail() + ")");
    }

    static String advice(Outcome failure) {
        Outcome settings = HostFacts.userNamespaces();
        if (!settings.available()) {
            return settings.advice();
        }
        if (!failure.isForbidden()) {
            return failure.advice();
        }
        Outcome machine = HostFacts.machine();
        if (!machine.available()) {
            return machine.detail()
                    + ": its runtime has to allow unshare(2) and mount(2), which the usual seccomp filters and AppArmor"
                    + " profiles of containers deny";
        }
        return SecurityModules.profileOnNamespaces()
                .map(profile -> "the AppArmor profile " + profile + " of this process has to have "
                        + (profile.endsWith(SecurityModules.FREE) ? "the rule userns" : RULES)
                        + "; the kernel log says what was denied")
                .orElse(failure.advice());
    }

    private static boolean isFirst(Path namespace) {
        try {
            return Files.readSymbolicLink(namespace).toString().equals(FIRST);
        } catch (IOException e) {
            // A kernel without user namespaces has no other.
            return true;
        }
    }
}
