package io.lxj.lifecycle;

import io.lxj.linux.Deputy;
import io.lxj.linux.DetachedMount;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.FileSystemType;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What lxcfs, a FUSE file system that a host may run, has for containers: files of /proc that tell each reader of the
 * memory, processors and disks that are its container's. They are mounted over the kernel's, which tell of the host.
 */
final class Lxcfs {
    /** Where the packages of distributions mount it, and where that of Incus does. */
    private static final List<String> PLACES = List.of("/var/lib/lxcfs", "/var/lib/incus-lxcfs");

    private static final List<String> FILES = List.of(
            "/proc/cpuinfo",
            "/proc/diskstats",
            "/proc/loadavg",
            "/proc/meminfo",
            "/proc/stat",
            "/proc/swaps",
            "/proc/uptime",
            "/sys/devices/system/cpu/online");
    private static final Logger LOG = LoggerFactory.getLogger(Lxcfs.class);

    private Lxcfs() {}

    /** Copies of the mounts by the files that they cover; none where it doesn't run. */
    static Map<String, DetachedMount> open(Optional<Deputy> deputy) {
        for (String place : PLACES) {
            Map<String, DetachedMount> files = new LinkedHashMap<>();
            try (Fd root = find(place, deputy).orElse(null)) {
                if (root != null && FileSystemType.of(root).equals(FileSystemType.FUSE)) {
                    for (String file : FILES) {
                        open(place, file, deputy, files);
                    }
                    return files;
                }
            } catch (LinuxException e) {
                files.values().forEach(DetachedMount::close);
                // What it leaves behind when it crashes answers with ENOTCONN.
                LOG.warn("Containers see the memory and processors of the whole host, as lxcfs at {} fails", place, e);
            }
        }
        return Map.of();
    }

    /** Not every version has all of them, and not every kernel. */
    private static void open(String place, String file, Optional<Deputy> deputy, Map<String, DetachedMount> files)
            throws LinuxException {
        if (!Files.exists(Path.of(file))) {
            return;
        }
        try (Fd source = find(place + file, deputy).orElse(null)) {
            if (source != null) {
                files.put(file, DetachedMount.clone(source, false));
            }
        }
    }

    private static Optional<Fd> find(String path, Optional<Deputy> deputy) throws LinuxException {
        return deputy.isPresent() ? deputy.get().find(path, Open.O_PATH) : Fd.find(FileName.bytes(path), Open.O_PATH);
    }
}
