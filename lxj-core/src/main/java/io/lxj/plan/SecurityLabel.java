package io.lxj.plan;

/**
 * The profile or label of a security module that a process has from its next execve(2) on. Immutable and thread-safe.
 *
 * @param file to which the process writes it, below its folder in procfs, see proc_pid_attr(5)
 * @param text what it writes
 * @param name the profile or label in words, for errors
 * @param origin where the host has those from that it knows, in words
 */
public record SecurityLabel(String file, String text, String name, String origin) {
    /**
     * A profile of AppArmor.
     *
     * @param profile its name
     * @return the label
     */
    public static SecurityLabel appArmor(String profile) {
        return new SecurityLabel(
                "attr/apparmor/exec",
                "exec " + profile,
                "the AppArmor profile " + profile,
                "load it with apparmor_parser(8); those that are loaded are in /sys/kernel/security/apparmor/profiles");
    }

    /**
     * A label of SELinux.
     *
     * @param label the whole context
     * @return the label
     */
    public static SecurityLabel seLinux(String label) {
        return new SecurityLabel(
                "attr/exec",
                label,
                "the SELinux label " + label,
                "its user, role, type and level have to be in the policy that is loaded, and fit together; seinfo(1)"
                        + " lists those that are");
    }
}
