package io.lxj.examples.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** LXC's own tools, configured to make what lxj makes: the same namespaces and mounts, and a network of its own. */
final class Lxc {
    private final Path folder;

    Lxc(Path folder) {
        this.folder = folder;
    }

    static boolean isInstalled() {
        return HostCommand.isInstalled("lxc-start");
    }

    Path folder() {
        return folder;
    }

    /** Configures a container on a folder, which it writes to. */
    void configure(String name, Path rootfs) throws IOException {
        configure(name, "dir:" + rootfs);
    }

    /** Configures a container on an overlay of a folder. */
    void configureOverlay(String name, Path rootfs) throws IOException {
        Path upper = Files.createDirectories(folder.resolve(name).resolve("upper"));
        configure(name, "overlay:" + rootfs + ":" + upper);
    }

    /** Configures a container in a user namespace, with files that keep their ids on disk. */
    void configureUnprivileged(String name, Path rootfs) throws IOException {
        configure(
                name,
                "dir:" + rootfs,
                "lxc.rootfs.options = idmap=container",
                "lxc.idmap = u 0 1879048192 65536",
                "lxc.idmap = g 0 1879048192 65536");
    }

    private void configure(String name, String rootfs, String... more) throws IOException {
        Files.createDirectories(folder.resolve(name));
        List<String> lines = new ArrayList<>(List.of(
                "lxc.rootfs.path = " + rootfs,
                "lxc.uts.name = " + name,
                "lxc.net.0.type = empty",
                "lxc.mount.auto = proc:mixed sys:mixed cgroup:rw:force",
                "lxc.autodev = 1",
                "lxc.pty.max = 1024",
                "lxc.tty.max = 0",
                "lxc.apparmor.profile = unconfined",
                "lxc.apparmor.allow_nesting = 0",
                "lxc.log.level = ERROR"));
        lines.addAll(List.of(more));
        Files.write(config(name), lines);
    }

    /** A command line of one of the tools. */
    List<String> command(String tool, String name, String... arguments) {
        List<String> command = new ArrayList<>(List.of(tool, "-P", folder.toString(), "-n", name));
        if (!tool.equals("lxc-attach") && !tool.equals("lxc-stop")) {
            command.addAll(List.of("-f", config(name).toString()));
        }
        command.addAll(List.of(arguments));
        return command;
    }

    void run(String tool, String name, String... arguments) throws IOException, InterruptedException {
        HostCommand.run(command(tool, name, arguments));
    }

    private Path config(String name) {
        return folder.resolve(name).resolve("config");
    }
}
