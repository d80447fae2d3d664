package io.lxj;

import io.lxj.config.Config;
import io.lxj.error.CanceledException;
import io.lxj.error.Failure;
import io.lxj.error.LxjException;
import io.lxj.error.UnsupportedHostException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A system of nothing but the host's own busybox, which is linked statically and so needs nothing beside it. */
final class BusyboxTemplate {
    private static final List<String> PLACES =
            List.of("/bin/busybox", "/usr/bin/busybox", "/usr/local/bin/busybox", "/sbin/busybox", "/usr/sbin/busybox");
    private static final String BUSYBOX = "/bin/busybox";

    /** Halting runs the shutdown lines; no shell on the console keeps a container busy that nobody looks at. */
    private static final String INITTAB = """
            ::sysinit:/etc/init.d/rcS
            ::askfirst:-/bin/sh
            ::ctrlaltdel:/sbin/reboot
            ::shutdown:/bin/sync
            """;

    private static final String RC = """
            #!/bin/sh
            # What the system does first. Add your own commands below.
            [ -s /etc/hostname ] && hostname -F /etc/hostname
            exit 0
            """;

    private BusyboxTemplate() {}

    /** The host's busybox, if it has one that is linked statically and can be an init. */
    static Optional<Path> find() {
        return PLACES.stream()
                .map(Path::of)
                .filter(Files::isExecutable)
                .filter(StaticProgram::isOne)
                .filter(busybox -> applets(busybox).stream().anyMatch(applet -> applet.endsWith("/init")))
                .findFirst();
    }

    static Template make(Images images, String name) {
        Path busybox = find().orElseThrow(() -> new UnsupportedHostException(
                "build " + name + ": this host has no busybox that is linked statically, with an init, at any of "
                        + String.join(", ", PLACES),
                "static busybox",
                "install it (busybox-static on Debian), or use Images.hostTemplate"));
        try (ImageBuilder builder = images.builder()) {
            BaseTree.make(builder, "/bin/sh");
            builder.add(busybox, BUSYBOX);
            for (String applet : applets(busybox)) {
                if (!applet.equals(BUSYBOX)) {
                    builder.link(BUSYBOX, applet);
                }
            }
            builder.write("/etc/inittab", INITTAB).write("/etc/init.d/rcS", RC, 0755);
            builder.write("/etc/os-release", "ID=busybox\nNAME=BusyBox\nPRETTY_NAME=\"BusyBox of this host\"\n");
            Image image = builder.build(name);
            return new Template(image, Config.of(image));
        }
    }

    /** Where busybox wants to be called from, as it says itself. */
    private static List<String> applets(Path busybox) {
        try {
            Process process = new ProcessBuilder(busybox.toString(), "--list-full")
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String list = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = process.waitFor();
            return exit == 0
                    ? list.lines()
                            .filter(line -> line.matches("(usr/)?s?bin/[^/\\s]+"))
                            .map(line -> "/" + line)
                            .distinct()
                            .toList()
                    : List.of();
        } catch (IOException e) {
            throw new LxjException(Failure.of("list the applets of " + busybox, String.valueOf(e.getMessage())), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CanceledException("list the applets of " + busybox, e);
        }
    }
}
