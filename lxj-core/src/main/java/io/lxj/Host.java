package io.lxj;

import io.lxj.lifecycle.CgroupPlaceCheck;
import io.lxj.linux.KernelFeature;
import io.lxj.linux.KernelFeatures;
import io.lxj.linux.UserNamespaces;
import io.lxj.storage.Deputies;
import io.lxj.storage.IdsCheck;
import io.lxj.storage.ReflinkCheck;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The host that this JVM runs on. Thread-safe. */
public final class Host {
    private static final String OWN_PROCFS = "own /proc";
    private static final String PLACE = "place of cgroups";
    private static final String OWN_CGROUPS = "own cgroups";
    private static final String DEVICE_FILTER = "device filter";
    private static final String USER_NAMESPACE = "user namespace";
    private static final String USER_NAMESPACE_SETTINGS = "user namespace settings";
    private static final String OWN_PROC = "own proc and sysfs";
    private static final String IDS = "ids of containers";
    private static final String OVERLAY_OF_USERS = "overlay userxattr";

    /** Without any of these, no container of root's starts, whatever its configuration. All other features are used only by some, or make things better. */
    private static final Set<String> REQUIRED = Set.of(
            "capabilities",
            OWN_PROCFS,
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
            PLACE,
            "cgroup.kill",
            "cgroup.freeze",
            DEVICE_FILTER);

    /** What an ordinary user's containers do without, because the user has no right to it or may have none. */
    private static final Set<String> OF_ROOT = Set.of(
            "capabilities",
            "CLONE_INTO_CGROUP",
            "cgroup v2",
            OWN_CGROUPS,
            PLACE,
            "cgroup.kill",
            "cgroup.freeze",
            DEVICE_FILTER);

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
            if (feature.name().equals(OVERLAY_OF_USERS)) {
                features.add(reflink());
            }
            if (feature.name().equals(OWN_CGROUPS)) {
                features.add(place());
            }
            if (feature.name().equals(USER_NAMESPACE_SETTINGS)) {
                features.add(ids());
            }
        }
        return new HostReport(features);
    }

    private static HostFeature place() {
        CgroupPlaceCheck place = CgroupPlaceCheck.run();
        return new HostFeature(
                PLACE,
                "is where containers have theirs",
                isRequired(PLACE),
                place.available(),
                place.detail(),
                place.advice());
    }

    private static HostFeature reflink() {
        ReflinkCheck reflink = ReflinkCheck.run();
        return new HostFeature(
                "reflink",
                "copies files without copying their content",
                false,
                reflink.available(),
                reflink.detail(),
                reflink.advice());
    }

    private static HostFeature ids() {
        IdsCheck ids = IdsCheck.run();
        return new HostFeature(
                IDS,
                "gives each container users that nobody else has",
                isRequired(IDS),
                ids.available(),
                ids.detail(),
                ids.advice());
    }

    private static boolean isRequired(String name) {
        return required().contains(name);
    }

    /** What is required of this host by the user that this process is. */
    static Set<String> required() {
        Set<String> required = new HashSet<>(REQUIRED);
        if (Deputies.areNeeded()) {
            required.removeAll(OF_ROOT);
            required.add(USER_NAMESPACE);
            return required;
        }
        // What a container without any setting has; Config.privileged() does without.
        required.addAll(Set.of(USER_NAMESPACE, OWN_PROC, IDS));
        if (!UserNamespaces.inFirst()) {
            // In a container the one around filters devices, and no others can be reached.
            required.remove(DEVICE_FILTER);
        }
        return required;
    }
}
