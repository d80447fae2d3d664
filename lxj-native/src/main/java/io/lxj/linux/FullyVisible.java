package io.lxj.linux;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Why a user namespace gets no procfs or sysfs of its own: it could show what the ones that are here don't, see
 * mount_too_revealing() in fs/namespace.c of the kernel.
 */
final class FullyVisible {
    private static final Map<String, String> PLACES = Map.of("proc", "/proc", "sysfs", "/sys");

    /** Folders that the kernel makes to be mounted on; nothing is in them that could be covered. */
    private static final Set<String> EMPTY = Set.of(
            "/proc/sys/fs/binfmt_misc",
            "/proc/fs/nfsd",
            "/sys/fs/cgroup",
            "/sys/fs/bpf",
            "/sys/fs/fuse/connections",
            "/sys/fs/pstore",
            "/sys/fs/resctrl",
            "/sys/fs/selinux",
            "/sys/kernel/config",
            "/sys/kernel/debug",
            "/sys/kernel/security",
            "/sys/kernel/tracing",
            "/sys/firmware/efi/efivars");

    private static final int SHOWN = 3;

    private FullyVisible() {}

    /** What to do, for both. */
    static String advice() {
        try (ProcFs proc = ProcFs.open(Path.of("/proc"))) {
            List<MountInfo> mounts = MountInfo.own(proc);
            return isWhole(mounts, "proc") ? advice(mounts, "sysfs") : advice(mounts, "proc");
        } catch (LinuxException e) {
            return e.hint().orElse(e.getMessage());
        }
    }

    /** What to do for one of them. */
    static String advice(String type) {
        try (ProcFs proc = ProcFs.open(Path.of("/proc"))) {
            return advice(MountInfo.own(proc), type);
        } catch (LinuxException e) {
            return e.hint().orElse(e.getMessage());
        }
    }

    private static boolean isWhole(List<MountInfo> mounts, String type) {
        return whole(mounts, type).stream()
                .anyMatch(mount -> !isReadOnly(mount) && covering(mounts, mount).isEmpty());
    }

    private static List<MountInfo> whole(List<MountInfo> mounts, String type) {
        return mounts.stream()
                .filter(mount -> mount.type().equals(type) && mount.root().equals("/"))
                .filter(mount -> !covering(mounts, mount).contains(mount.mountPoint()))
                .toList();
    }

    private static boolean isReadOnly(MountInfo mount) {
        return mount.options().contains("ro") || mount.superOptions().contains("ro");
    }

    private static List<String> covering(List<MountInfo> mounts, MountInfo covered) {
        return mounts.stream()
                .filter(mount -> mount.parent() == covered.id() && !EMPTY.contains(mount.mountPoint()))
                .map(MountInfo::mountPoint)
                .toList();
    }

    static String advice(List<MountInfo> mounts, String type) {
        List<MountInfo> whole = whole(mounts, type);
        String place = PLACES.get(type);
        if (whole.isEmpty()) {
            return "a user namespace gets one of its own only where there is one already, all of it: have it at "
                    + place + ", as bwrap " + (type.equals("proc") ? "--proc /proc" : "--bind /sys /sys") + " does";
        }
        if (whole.stream().allMatch(FullyVisible::isReadOnly)) {
            return "a user namespace gets one of its own only where one can be written, and that at "
                    + whole.get(0).mountPoint() + " is read-only: mount -o remount,rw "
                    + whole.get(0).mountPoint() + ", or have the container around mount it without ro";
        }
        List<String> covering = covering(mounts, whole.get(0));
        if (covering.isEmpty()) {
            return SecurityModules.advice();
        }
        String which = covering.stream().limit(SHOWN).collect(Collectors.joining(", "));
        return "a user namespace gets one of its own only where nothing covers parts of the one that is here, as containers do"
                + " (" + which + (covering.size() > SHOWN ? ", ..." : "") + ")"
                + ": podman run --security-opt unmask=ALL, docker run --security-opt systempaths=unmasked, neither"
                + " maskedPaths nor readonlyPaths in config.json of runc, lxc.include ="
                + " /usr/share/lxc/config/nesting.conf";
    }
}
