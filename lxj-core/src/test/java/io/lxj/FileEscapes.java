package io.lxj;

import io.lxj.EscapeAttempt.Answers;
import io.lxj.linux.Open;
import io.lxj.linux.Syscall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Attempts to reach files outside of the root, and control groups outside of its own. */
final class FileEscapes extends EscapeTopic {
    private FileEscapes() {}

    static List<EscapeAttempt> on(EscapeAttempts.Host host) {
        FileEscapes all = new FileEscapes();
        all.fileSystems(host);
        return all.attempts();
    }

    private void fileSystems(EscapeAttempts.Host host) {
        String topic = "files";
        Answers none = Answers.of("ENOENT");
        opens(topic, "open a file of the host by its name", none, host.file(), Open.O_RDONLY);
        harmless(
                topic,
                "open a file of the host by its handle",
                Answers.of("EPERM"),
                program -> program.step(
                        "open",
                        Syscall.OPEN_BY_HANDLE_AT,
                        CWD,
                        // struct file_handle of the root of an ext4 or btrfs file system: 8 bytes, type 1, inode 2.
                        program.words("handle", 8 | (1L << 32), 2),
                        Open.O_RDONLY));
        add(topic, "climb out of a second chroot", none, program -> {
            program.step("make", Syscall.MKDIRAT, CWD, program.string("/jail"), 0700)
                    .mayFail();
            program.step("confine", Syscall.CHROOT, program.string("/jail"));
            for (int i = 0; i < 16; i++) {
                program.step("climb", Syscall.CHDIR, program.string(".."));
            }
            program.step("confine", Syscall.CHROOT, program.string("."));
            program.step("open", Syscall.OPENAT, CWD, program.string(host.file()), Open.O_RDONLY, 0);
        });
        add(topic, "unmount the root, to see what is below", Answers.of("EINVAL"), program -> {
            program.step("unmount", Syscall.UMOUNT2, program.string("/"), 2);
            program.step("open", Syscall.OPENAT, CWD, program.string("/.." + host.file()), Open.O_RDONLY, 0);
        });
        for (int fd = 3; fd < 8; fd++) {
            String path = "/proc/1/fd/" + fd + "/../../../../../.." + host.file();
            opens(topic, "go through descriptor " + fd + " of the init", none, path, Open.O_RDONLY);
        }
        opens(
                topic,
                "go through the root of a process of the host",
                none,
                "/proc/" + host.pid() + "/root" + host.file(),
                Open.O_RDONLY);
        opens(
                topic,
                "go through the root of a process of another container",
                none,
                "/proc/" + host.neighbour() + "/root/etc/passwd",
                Open.O_RDONLY);
        add(
                topic,
                "make control groups of version 1, for a release agent",
                Answers.ofFileSystem("cgroup"),
                program -> program.step(
                        "mount",
                        Syscall.MOUNT,
                        program.string("cgroup"),
                        program.string("/mnt"),
                        program.string("cgroup"),
                        0,
                        program.string("none,name=lxj-escape")));
        // The kernel lets it mount one that the host has; all in it is the host's root's.
        Optional<String> old = oldHierarchy();
        add(
                topic,
                "set the release agent of control groups of version 1 that the host has",
                new Answers(
                        old.isPresent() ? Set.of("EACCES") : Set.of("EPERM", "EINVAL", "EBUSY", "ENODEV"),
                        Set.of("EACCES", "EPERM", "EINVAL", "EBUSY", "ENODEV")),
                program -> {
                    program.step(
                            "mount",
                            Syscall.MOUNT,
                            program.string("cgroup"),
                            program.string("/mnt"),
                            program.string("cgroup"),
                            0,
                            program.string(old.orElse("memory")));
                    write(program, "/mnt/release_agent");
                });
        add(topic, "leave the control group for another container's, through another mount of them", none, program -> {
            program.step(
                    "mount",
                    Syscall.MOUNT,
                    program.string("cgroup2"),
                    program.string("/mnt"),
                    program.string("cgroup2"),
                    0,
                    0);
            write(program, "/mnt" + host.neighbourCgroup() + "/cgroup.procs");
        });
        add(
                topic,
                "change how many control groups there may be below the container's own",
                Answers.of("EACCES"),
                program -> write(program, "/sys/fs/cgroup/cgroup.max.descendants"));
        // Which controllers there are depends on the host.
        add(
                topic,
                "change the limits of the container's own control group",
                Answers.of("EACCES", "ENOENT"),
                program -> write(program, "/sys/fs/cgroup/memory.max"));
    }

    /** A controller that has a hierarchy of its own on this host. */
    private static Optional<String> oldHierarchy() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cgroups"))) {
            return lines.filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t"))
                    .filter(fields -> !fields[1].equals("0"))
                    .map(fields -> fields[0])
                    .filter(name -> isMountedAlone(name))
                    .findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isMountedAlone(String controller) {
        try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mounts"))) {
            return mounts.map(line -> line.split(" "))
                    .filter(fields -> fields[2].equals("cgroup"))
                    .map(fields -> List.of(fields[3].split(",")))
                    .anyMatch(options -> options.get(options.size() - 1).equals(controller));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
