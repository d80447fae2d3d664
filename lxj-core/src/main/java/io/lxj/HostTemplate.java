package io.lxj;

import io.lxj.config.Config;
import io.lxj.config.Mount;
import io.lxj.error.Failure;
import io.lxj.error.LxjException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/**
 * A system that borrows the host's programs: a small tree of its own, in which the host's /usr is mounted read-only, and
 * /bin, /sbin and the libraries too where they aren't links into it. Its init is a shell that waits.
 */
final class HostTemplate {
    private static final List<String> FOLDERS = List.of("bin", "sbin", "lib", "lib32", "lib64", "libx32");
    /** What programs of /usr look for in /etc, and what is of no use to anybody who wants to harm the host. */
    private static final List<String> SETTINGS =
            List.of("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/os-release");

    /** As process 1 it has no default action on signals, so every one that is to end it has to be caught. */
    private static final String INIT = """
            #!/bin/sh
            trap 'exit 0' TERM INT PWR HUP USR1 USR2
            while :; do
                sleep 3600 &
                wait $!
            done
            """;

    private HostTemplate() {}

    static Template make(Images images, String name) {
        try (ImageBuilder builder = images.builder()) {
            BaseTree.make(builder, "/bin/sh");
            Config config = Config.ofImage(name);
            config = mount(builder, config, "usr");
            for (String folder : FOLDERS) {
                config = mount(builder, config, folder);
            }
            for (String setting : SETTINGS) {
                if (Files.exists(Path.of(setting))) {
                    builder.add(Path.of(setting), setting);
                }
            }
            builder.write("/init", INIT, 0755).build(name);
            return new Template(images.get(name), config);
        } catch (IOException e) {
            throw new LxjException(Failure.of("build " + name, "can't look at this host's root: " + e.getMessage()), e);
        }
    }

    private static Config mount(ImageBuilder builder, Config config, String folder) throws IOException {
        Path host = Path.of("/", folder);
        if (Files.isSymbolicLink(host)) {
            builder.link(Files.readSymbolicLink(host).toString(), "/" + folder);
            return config;
        }
        if (!Files.isDirectory(host, LinkOption.NOFOLLOW_LINKS)) {
            return config;
        }
        builder.folder("/" + folder);
        return config.mount(Mount.bind(host, "/" + folder).readOnly());
    }
}
