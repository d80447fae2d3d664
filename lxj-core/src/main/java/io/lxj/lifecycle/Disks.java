package io.lxj.lifecycle;

import io.lxj.error.InvalidConfigException;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.MountInfo;
import io.lxj.linux.Open;
import io.lxj.linux.ProcFs;
import io.lxj.linux.Stat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Finds the disk that a path stands for, as the files of the io controller want it: by the number of the whole disk, see
 * {@code blkg_conf_open_bdev} in the kernel's {@code block/blk-cgroup.c}, which refuses partitions.
 */
final class Disks {
    private static final Path SYSFS = Path.of("/sys/dev/block");

    private final ProcFs proc;

    Disks(ProcFs proc) {
        this.proc = proc;
    }

    /** The numbers of a disk, such as {@code 8:0}. The field is for an error. */
    String number(String field, String path) {
        try (Fd file = Fd.open(FileName.bytes(path), Open.O_PATH, 0)) {
            Stat stat = file.stat();
            boolean node = stat.type() == Stat.S_IFBLK;
            long major = node ? stat.deviceMajor() : stat.fileSystem() >>> 32;
            long minor = node ? stat.deviceMinor() : stat.fileSystem() & 0xFFFFFFFFL;
            if (major == 0) {
                throw refused(field, path, "is " + whereItIs(file));
            }
            return whole(major + ":" + minor)
                    .orElseThrow(() ->
                            refused(field, path, "has the number " + major + ":" + minor + ", which no device has"));
        } catch (LinuxException e) {
            throw refused(field, path, "can't be opened (" + e.getMessage() + ")");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InvalidConfigException refused(String field, String path, String problem) {
        return InvalidConfigException.problem(
                field, path + " " + problem, "a disk, a partition, or a path on a file system that is on one disk");
    }

    /** A partition has a file of that name, and is in the folder of its disk. */
    private static Optional<String> whole(String number) throws IOException {
        Path device = SYSFS.resolve(number);
        if (!Files.exists(device)) {
            return Optional.empty();
        }
        if (!Files.exists(device.resolve("partition"))) {
            return Optional.of(number);
        }
        Path disk = device.toRealPath().getParent();
        return Optional.of(
                Files.readString(disk.resolve("dev"), StandardCharsets.US_ASCII).strip());
    }

    /** File systems without a disk of their own have numbers that the kernel makes up. */
    private String whereItIs(Fd file) throws LinuxException {
        long mount = mountId(file);
        List<MountInfo> mounts = MountInfo.own(proc);
        for (MountInfo info : mounts) {
            if (info.id() == mount) {
                return where(info);
            }
        }
        return "on no disk";
    }

    private static String where(MountInfo mount) {
        switch (mount.type()) {
            case "btrfs":
                return "on btrfs, which can be on several disks: name the disk, " + mount.source();
            case "overlay":
                return "on an overlay: name the disk that is written to, or the folder"
                        + option(mount, "upperdir").map(folder -> " " + folder).orElse(" of its upper layer");
            default:
                return "on " + mount.type() + ", which is on no disk of this host";
        }
    }

    private static Optional<String> option(MountInfo mount, String name) {
        return mount.superOptions().stream()
                .filter(option -> option.startsWith(name + "="))
                .map(option -> option.substring(name.length() + 1))
                .findFirst();
    }

    /** The file has the number of its mount, see proc_pid_fdinfo(5). */
    private long mountId(Fd file) throws LinuxException {
        String text = new String(proc.readSelf("fdinfo/" + file.number()), StandardCharsets.US_ASCII);
        return text.lines()
                .filter(line -> line.startsWith("mnt_id:"))
                .mapToLong(line ->
                        Long.parseLong(line.substring("mnt_id:".length()).strip()))
                .findFirst()
                .orElse(-1);
    }
}
