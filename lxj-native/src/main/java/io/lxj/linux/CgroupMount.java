package io.lxj.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Where cgroup v2 is mounted, see cgroups(7). It is at /sys/fs/cgroup on most hosts, at /sys/fs/cgroup/unified beside
 * version 1, and inside a container it may show a part of the hierarchy only. Immutable and thread-safe.
 *
 * @param path the mount point
 * @param root which cgroup is mounted there, {@code /} for the root of the cgroup namespace
 */
public record CgroupMount(Path path, String root) {
    /**
     * Finds the mount in the mount table and checks that it is visible.
     *
     * @param mountInfo the content of the calling process's mountinfo, decoded as {@link FileName#string} does
     * @return the mount, one of the whole hierarchy if there are several; empty if there is none
     */
    public static Optional<CgroupMount> find(String mountInfo) {
        return find(MountInfo.parse(FileName.bytes(mountInfo)));
    }

    /**
     * Finds the mount in the mount table and checks that it is visible.
     *
     * @param mounts of the calling process
     * @return the mount, one of the whole hierarchy if there are several; empty if there is none
     */
    public static Optional<CgroupMount> find(List<MountInfo> mounts) {
        List<CgroupMount> found = new ArrayList<>();
        for (MountInfo mount : mounts) {
            if (mount.type().equals("cgroup2")) {
                CgroupMount candidate = new CgroupMount(Path.of(mount.mountPoint()), mount.root());
                if (candidate.isVisible()) {
                    found.add(candidate);
                }
            }
        }
        // What was mounted last is on top.
        Collections.reverse(found);
        return found.stream()
                .filter(mount -> mount.root.equals("/"))
                .findFirst()
                .or(() -> found.stream().findFirst());
    }

    /**
     * What to do where there is none, on this host or in this container.
     *
     * @return a sentence for people
     */
    public static String advice() {
        Outcome machine = HostFacts.machine();
        if (machine.available()) {
            return "mount it: mount -t cgroup2 none /sys/fs/cgroup, or boot with systemd.unified_cgroup_hierarchy=1";
        }
        return "this process is " + machine.detail() + ". That container has to show its cgroups, as lxc.mount.auto ="
                + " cgroup:rw:force, bwrap --bind /sys/fs/cgroup /sys/fs/cgroup, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1, or for"
                + " runc a bind mount of where the host has cgroup v2 do; or its root may be allowed mount -t cgroup2 none"
                + " /sys/fs/cgroup";
    }

    private boolean isVisible() {
        try {
            open().close();
            return true;
        } catch (LinuxException e) {
            // Hidden under another mount, or not accessible: as good as not there.
            return false;
        }
    }

    /**
     * Opens the cgroup that is mounted.
     *
     * @return the uppermost cgroup that can be reached
     * @throws LinuxException if it can't be opened
     */
    public Cgroup open() throws LinuxException {
        return Cgroup.at(path.toString());
    }

    /**
     * The cgroup of a process.
     *
     * @param procCgroup the content of /proc/PID/cgroup, see cgroups(7)
     * @return the path in the v2 hierarchy as the reader's cgroup namespace shows it; empty if the process is in none
     */
    public static Optional<String> membership(byte[] procCgroup) {
        // The path isn't escaped, and can't contain a newline.
        return new String(procCgroup, StandardCharsets.ISO_8859_1)
                .lines()
                .filter(line -> line.startsWith("0::/"))
                .map(line -> FileName.string(line.substring(3).getBytes(StandardCharsets.ISO_8859_1)))
                .findFirst();
    }

    /**
     * Where a cgroup is.
     *
     * @param member its path in the hierarchy, as {@link #membership} tells it
     * @return its path in the file system
     */
    public String pathOf(String member) {
        String below = root.equals("/") || !member.startsWith(root) ? member : member.substring(root.length());
        return path + below;
    }

    /**
     * The path below the mount point of the cgroup that a process is in.
     *
     * @param procCgroup the content of /proc/PID/cgroup
     * @return names separated by slashes, empty for the mounted cgroup itself
     * @throws LinuxException ENOENT if that cgroup is outside of what is mounted
     */
    public String below(byte[] procCgroup) throws LinuxException {
        String member = membership(procCgroup).orElse("");
        String prefix = root.equals("/") ? "/" : root + "/";
        boolean outside = member.isEmpty() || member.equals("/..") || member.startsWith("/../");
        if (!outside && member.equals(root)) {
            return "";
        }
        if (outside || !member.startsWith(prefix)) {
            throw LinuxException.of(-Errno.ENOENT.number(), "read", "/proc/self/cgroup")
                    .withHint("the cgroup of the process, " + (member.isEmpty() ? "none of version 2" : member)
                            + ", is not below " + root + ", which is mounted on " + path);
        }
        return member.substring(prefix.length());
    }

    /**
     * Opens the cgroup that the calling process is in.
     *
     * @param proc where to read
     * @return the cgroup
     * @throws LinuxException if it can't be opened, ENOENT if it is outside of what is mounted
     */
    public Cgroup openOwn(ProcFs proc) throws LinuxException {
        String below = below(proc.readSelf("cgroup"));
        return below.isEmpty() ? open() : Cgroup.at(path + "/" + below);
    }
}
