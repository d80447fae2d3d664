package io.lxj.linux;

import java.util.List;

/** How a host has mounted its cgroups. Immutable and thread-safe. */
public enum CgroupLayout {
    /** Version 2 only: all controllers are there. */
    UNIFIED("cgroup v2 only"),
    /** Version 2 beside version 1, which has taken controllers for itself. */
    HYBRID("cgroup v2 beside v1: controllers that v1 uses can't be used"),
    /** Version 1 only. */
    LEGACY("cgroup v1 only"),
    /** Nothing is mounted. */
    NONE("no cgroups mounted");

    private final String text;

    CgroupLayout(String text) {
        this.text = text;
    }

    /**
     * Looks at what is mounted.
     *
     * @param mounts of the host
     * @return its layout
     */
    public static CgroupLayout of(List<MountInfo> mounts) {
        boolean second = mounts.stream().anyMatch(mount -> mount.type().equals("cgroup2"));
        boolean first = mounts.stream().anyMatch(mount -> mount.type().equals("cgroup"));
        if (second) {
            return first ? HYBRID : UNIFIED;
        }
        return first ? LEGACY : NONE;
    }

    /**
     * What that means, for people.
     *
     * @return a short text
     */
    public String text() {
        return text;
    }
}
