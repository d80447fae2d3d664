package io.lxj.image;

import io.lxj.config.InitSystem;
import io.lxj.config.OsRelease;
import io.lxj.linux.Block;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.RootDir;
import java.util.List;
import java.util.Optional;

/**
 * Looks at a root filesystem to tell what it is. Nothing in it is run, and every path is resolved within it.
 */
public final class ImageInspector {
    private static final List<String> PROGRAMS = List.of(
            "/sbin/init",
            "/bin/init",
            "/bin/sh",
            "/usr/bin/env",
            "/bin/busybox",
            "/bin/ls",
            "/usr/bin/ls",
            "/bin/bash");

    /**
     * What was found.
     *
     * @param os what it says of itself
     * @param architecture the machine of its programs
     * @param initSystem what it boots with
     * @param init the path of its init
     * @param missing what a Linux system has and this one hasn't, as sentences
     */
    public record Findings(
            Optional<OsRelease> os,
            Optional<String> architecture,
            InitSystem initSystem,
            Optional<String> init,
            List<String> missing) {}

    private ImageInspector() {}

    /**
     * Looks at a root filesystem.
     *
     * @param root its root
     * @return what was found
     * @throws LinuxException if it can't be read
     */
    public static Findings inspect(RootDir root) throws LinuxException {
        ImportWarnings warnings = new ImportWarnings();
        Optional<OsRelease> os = OsReleaseFile.read(root, warnings);
        Optional<String> architecture = architecture(root);
        InitDetector.Init init = new InitDetector(root).detect();
        if (init.path().isEmpty()) {
            warnings.add("it has no init (/sbin/init, /etc/init, /bin/init or /init), so a container can't boot it"
                    + " without a program given in its configuration");
        }
        if (!root.exists(FileName.bytes("/etc"))) {
            warnings.add("it has no folder /etc: this may not be a root filesystem");
        }
        if (!root.exists(FileName.bytes("/bin/sh"))) {
            warnings.add("it has no shell /bin/sh");
        }
        if (architecture.isEmpty()) {
            warnings.add("no program was found in it that would tell its architecture");
        }
        return new Findings(os, architecture, init.system(), init.path(), warnings.list());
    }

    private static Optional<String> architecture(RootDir root) {
        for (String path : PROGRAMS) {
            Optional<String> machine = ElfHeader.machine(head(root, path));
            if (machine.isPresent()) {
                return machine;
            }
        }
        return Optional.empty();
    }

    private static byte[] head(RootDir root, String path) {
        byte[] name = FileName.bytes(path);
        try {
            // Opening a device may already do something; so its type is looked at first.
            if (!root.stat(name, true).isRegular()) {
                return new byte[0];
            }
            try (Fd file = root.open(name, Open.O_RDONLY | Open.O_NONBLOCK | Open.O_NOCTTY, 0)) {
                Block block = Block.allocate(ElfHeader.SIZE);
                byte[] head = new byte[file.read(block, 0, block.length())];
                block.buffer().get(0, head);
                return head;
            }
        } catch (LinuxException e) {
            // Whatever keeps it from being read, it tells nothing.
            return new byte[0];
        }
    }
}
