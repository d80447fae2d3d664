package io.lxj;

import io.lxj.linux.KernelFeatures;
import io.lxj.linux.UserNamespaces;
import java.util.Set;

/** The host that this JVM runs on. Thread-safe. */
public final class Host {
    /** Without any of these, no container starts. All other features are used only by some, or make things better. */
    private static final Set<String> REQUIRED = Set.of(
            "capabilities",
            "launch program",
            "clone3",
            "CLONE_INTO_CGROUP",
            "CLONE_PARENT",
            "pidfd_open",
            "pidfd_send_signal",
            "setns by pidfd",
            "openat2",
            "close_range",
            "mount namespace",
            "pid namespace",
            "uts namespace",
            "ipc namespace",
            "net namespace",
            "cgroup namespace",
            "fsopen",
            "move_mount",
            "open_tree",
            "mount_setattr",
            "tmpfs",
            "proc",
            "sysfs",
            "devpts",
            "TIOCGPTPEER",
            "mqueue",
            "cgroup2",
            "cgroup v2",
            "own cgroups",
            "cgroup.kill",
            "cgroup.freeze",
            "device filter");

    private Host() {}

    /**
     * Finds out what this host has of all that lxj uses, by trying it: each namespace, mount and system call, with the
     * privileges of this process. Nothing of it stays. It takes some milliseconds and works as any user.
     *
     * <pre>{@code System.out.print(Host.check());}</pre>
     *
     * @return all features; those that are missing say what to do
     */
    public static HostReport check() {
        return new HostReport(KernelFeatures.probe().stream()
                .map(feature -> new HostFeature(
                        feature.name(),
                        feature.purpose(),
                        isRequired(feature.name()),
                        feature.available(),
                        feature.detail(),
                        feature.advice()))
                .toList());
    }

    private static boolean isRequired(String name) {
        // In a container the one around filters devices, and no others can be reached.
        return REQUIRED.contains(name) && (!name.equals("device filter") || UserNamespaces.inFirst());
    }

    static Set<String> required() {
        return REQUIRED;
    }
}
