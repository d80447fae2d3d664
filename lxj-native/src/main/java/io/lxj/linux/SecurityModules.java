package io.lxj.linux;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The security modules that are in force on this host, see Documentation/admin-guide/LSM of the kernel. */
public final class SecurityModules {
    /** How {@link #advice()} begins. */
    static final String FORBIDDEN = "something around this process forbids it, ";

    private static final String UNCONFINED = "unconfined";
    /** How the label of a profile ends that forbids nothing. */
    static final String FREE = " (unconfined)";

    private SecurityModules() {}

    /**
     * Whether AppArmor is in force.
     *
     * @return whether processes can be confined by its profiles
     */
    public static boolean hasAppArmor() {
        return HostFacts.read("/sys/module/apparmor/parameters/enabled")
                .filter("Y"::equals)
                .isPresent();
    }

    /**
     * Whether SELinux is in force, enforcing or not. Until its policy is loaded, the kernel takes every label for the same,
     * {@code kernel}, so that a wrong one couldn't be told.
     *
     * @return whether processes have labels of its policy
     */
    public static boolean hasSeLinux() {
        return HostFacts.read("/sys/fs/selinux/enforce").isPresent()
                && HostFacts.read("/proc/self/attr/current")
                        .filter(label -> label.contains(":"))
                        .isPresent();
    }

    /**
     * The AppArmor profile of this process, where it forbids what it doesn't allow.
     *
     * @return its name and mode as /proc/PID/attr/apparmor/current has them, for example {@code java (enforce)}
     */
    public static Optional<String> profile() {
        return profileOnNamespaces().filter(label -> !label.endsWith(FREE));
    }

    /**
     * The same where it has a say in user namespaces: on Ubuntu's kernel a profile that forbids nothing, whose mode is
     * {@code unconfined}, needs a rule for them.
     */
    static Optional<String> profileOnNamespaces() {
        return label().filter(label -> !label.equals(UNCONFINED) && !label.endsWith(" (complain)"));
    }

    /** Whether this process has no profile of AppArmor at all; also where AppArmor isn't in force. */
    static boolean isUnconfined() {
        return label().filter(label -> !label.equals(UNCONFINED)).isEmpty();
    }

    private static Optional<String> label() {
        return hasAppArmor()
                ? HostFacts.read("/proc/self/attr/apparmor/current").or(() -> HostFacts.read("/proc/self/attr/current"))
                : Optional.empty();
    }

    /**
     * Whether this process is root without some of the capabilities that lxj needs.
     *
     * @return true in most containers of other tools
     */
    public static boolean isRootRestricted() {
        return HostFacts.lackOfRoot().isPresent();
    }

    /**
     * What may have forbidden a call that the privileges of this process allow, as far as it can be told.
     *
     * @return a sentence, with what to do about it
     */
    public static String advice() {
        List<String> around = new ArrayList<>();
        HostFacts.lackOfRoot().ifPresent(around::add);
        profile().ifPresent(profile -> around.add("the AppArmor profile " + profile));
        if (hasSeLinux() && HostFacts.read("/sys/fs/selinux/enforce").equals(Optional.of("1"))) {
            HostFacts.read("/proc/self/attr/current").ifPresent(label -> around.add("the SELinux label " + label));
        }
        if (HostFacts.isFiltered()) {
            around.add("a seccomp filter");
        }
        if (!HostFacts.machine().available()) {
            around.add("the container that it runs in");
        }
        return FORBIDDEN
                + (around.isEmpty() ? "a security module of the kernel" : String.join(" or ", around))
                + ": allow it there; the kernel log may say what was denied";
    }

    /**
     * All modules that are in force.
     *
     * @return their names in the order in which the kernel asks them; empty if securityfs isn't mounted, which tells
     */
    public static List<String> names() {
        return HostFacts.read("/sys/kernel/security/lsm")
                .map(names -> Arrays.asList(names.split(",")))
                .orElse(List.of());
    }
}
