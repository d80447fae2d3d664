package io.lxj.linux;

import java.util.Arrays;
import java.util.List;

/** The security modules that are in force on this host, see Documentation/admin-guide/LSM of the kernel. */
public final class SecurityModules {
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
