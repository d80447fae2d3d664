package io.lxj.image;

import io.lxj.config.InitSystem;
import io.lxj.linux.Errno;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.RootDir;
import io.lxj.linux.Stat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the init of a root filesystem, at the paths where the kernel looks for one, and which program it is: by being
 * the same file as a program of a known name, or by what lies around it.
 */
final class InitDetector {
    private static final List<String> PATHS = List.of("/sbin/init", "/etc/init", "/bin/init", "/init");
    private static final int MAX_FILE = 64 * 1024;

    private static final List<Map.Entry<String, InitSystem>> PROGRAMS = List.of(
            Map.entry("/usr/lib/systemd/systemd", InitSystem.SYSTEMD),
            Map.entry("/lib/systemd/systemd", InitSystem.SYSTEMD),
            Map.entry("/bin/busybox", InitSystem.BUSYBOX),
            Map.entry("/usr/bin/busybox", InitSystem.BUSYBOX),
            Map.entry("/sbin/openrc-init", InitSystem.OPENRC),
            Map.entry("/sbin/runit-init", InitSystem.RUNIT),
            Map.entry("/usr/bin/runit-init", InitSystem.RUNIT),
            Map.entry("/bin/s6-linux-init", InitSystem.S6),
            Map.entry("/usr/bin/s6-linux-init", InitSystem.S6),
            Map.entry("/etc/s6-linux-init/current/bin/init", InitSystem.S6));

    /**
     * An init.
     *
     * @param system which one
     * @param path where, in the image
     */
    record Init(InitSystem system, Optional<String> path) {}

    private final RootDir root;

    InitDetector(RootDir root) {
        this.root = root;
    }

    Init detect() throws LinuxException {
        for (String path : PATHS) {
            Optional<Stat> found = stat(path);
            if (found.isPresent() && found.get().isRegular()) {
                return new Init(system(found.get(), path), Optional.of(path));
            }
        }
        return new Init(InitSystem.NONE, Optional.empty());
    }

    private InitSystem system(Stat init, String path) throws LinuxException {
        for (Map.Entry<String, InitSystem> program : PROGRAMS) {
            Optional<Stat> stat = stat(program.getKey());
            if (stat.isPresent() && stat.get().isSameFile(init)) {
                return program.getValue();
            }
        }
        if (stat("/etc/s6-linux-init/current").isPresent() && text(path).contains("s6-linux-init")) {
            return InitSystem.S6;
        }
        // Its jobs lie in /etc/init, and initctl talks to it; sysvinit has a FIFO of that name, elsewhere.
        if (stat("/etc/init").map(Stat::isDirectory).orElse(false)
                && stat("/sbin/initctl").isPresent()) {
            return InitSystem.UPSTART;
        }
        if (text("/etc/inittab").isEmpty()) {
            return InitSystem.OTHER;
        }
        // sysvinit reads inittab; which scripts it then runs is OpenRC's matter where its runlevels are.
        boolean openRc =
                stat("/etc/runlevels").isPresent() && stat("/sbin/openrc").isPresent();
        return openRc ? InitSystem.OPENRC : InitSystem.SYSVINIT;
    }

    private Optional<Stat> stat(String path) throws LinuxException {
        try {
            return Optional.of(root.stat(FileName.bytes(path), true));
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR) || e.is(Errno.ELOOP) || e.is(Errno.EACCES)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The content of a small text file; what isn't one is as good as empty. */
    private String text(String path) {
        try {
            return FileName.string(root.read(FileName.bytes(path), MAX_FILE));
        } catch (LinuxException e) {
            return "";
        }
    }
}
