package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.Set;

/** Rules for the target of a mount. */
final class MountTarget {
    /** What the launch mounts or makes itself; something else in its place would break or unprotect the container. */
    private static final Set<String> OWN = Set.of(
            "/", "/proc", "/sys", "/sys/fs/cgroup", "/dev", "/dev/pts", "/dev/console", "/dev/ptmx", "/run/host");

    private MountTarget() {}

    static String check(String target) {
        String path = ContainerPath.check("mount.target", target);
        if (OWN.contains(path)) {
            throw new InvalidConfigException("mount.target", target, "a place that lxj doesn't mount itself");
        }
        return path;
    }
}
