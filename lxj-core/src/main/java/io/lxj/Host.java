package io.lxj;

import io.lxj.lifecycle.CgroupPlaceCheck;
import io.lxj.linux.KernelFeature;
import io.lxj.linux.KernelFeatures;
import io.lxj.linux.UserNamespaces;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The host that this JVM runs on. Thread-safe. */
public final class Host {
    private static final String OWN_CGROUPS = "own cgroups";

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
            OWN_CGROUPS,
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
        List<HostFeature> features = new ArrayList<>();
        for (KernelFeature feature : KernelFeatures.probe()) {
            features.add(new HostFeature(
                    feature.name(),
                    feature.purpose(),
                    isRequired(feature.name()),
                    feature.available(),
                    feature.detail(),
                    feature.advice()));
            if (feature.name().equals(OWN_CGROUPS)) {
                features.add(place());
            }
        }
        return new HostReport(features);
    }

    private static HostFeature place() {
        CgroupPlaceCheck place = CgroupPlaceCheck.run();
        return new HostFeature(
                "place of cgroups",
                "is where containers have theirs",
                false,
                place.available(),
                place.detail(),
                place.advice());
    }

    private static boolean isRequired(String name) {
        // In a container the one around filters devices, and no others can be reached.
        return REQUIRED.contains(name) && (!name.equals("device filter") || UserNamespaces.inFirst());
    }

    static Set<String> required() {
        return REQUIRED;
    }
}
