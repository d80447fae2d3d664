package io.lxj.examples.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An OCI runtime, with a bundle that asks for what lxj makes. */
final class Oci {
    private static final String BUNDLE = """
            {"ociVersion": "1.0.0",
             "process": {"terminal": false, "user": {"uid": 0, "gid": 0}, "args": [%s], "env": ["PATH=/bin"], "cwd": "/"},
             "root": {"path": "%s", "readonly": false},
             "hostname": "oci",
             "mounts": [
              {"destination": "/proc", "type": "proc", "source": "proc"},
              {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"]},
              {"destination": "/dev/pts", "type": "devpts", "source": "devpts",
               "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"]},
              {"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["nosuid", "noexec", "nodev", "ro"]},
              {"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup",
               "options": ["nosuid", "noexec", "nodev", "relatime"]}],
             "linux": {"namespaces": [{"type": "pid"}, {"type": "network"}, {"type": "ipc"}, {"type": "uts"},
                                      {"type": "mount"}, {"type": "cgroup"}]}}
            """;

    private final String runtime;
    private final Path folder;

    Oci(String runtime, Path folder) {
        this.runtime = runtime;
        this.folder = folder;
    }

    /** Makes the bundle. */
    void configure(Path rootfs, String... init) throws IOException {
        String arguments = String.join(
                ", ", List.of(init).stream().map(word -> '"' + word + '"').toList());
        Files.createDirectories(folder.resolve("bundle"));
        Files.writeString(folder.resolve("bundle/config.json"), BUNDLE.formatted(arguments, rootfs));
    }

    /** A command line of the runtime. */
    List<String> command(String... words) {
        List<String> command = new ArrayList<>(
                List.of(runtime, "--root", folder.resolve("state").toString()));
        command.addAll(List.of(words));
        return command;
    }

    String bundle() {
        return folder.resolve("bundle").toString();
    }
}
