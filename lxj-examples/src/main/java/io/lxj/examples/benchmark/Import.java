package io.lxj.examples.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The archive of a Debian to a tree of files. */
final class Import {
    private static final Map<String, String> TAR_OPTIONS = Map.of("gz", "-xzf", "zst", "--zstd -xf", "xz", "-xJf");

    private Import() {}

    static Case of(Workspace work, String ending, Path archive) throws IOException {
        List<Subject> subjects = new ArrayList<>();
        subjects.add(Subject.of(
                "lxj (written to the disk when it returns)",
                () -> work.lxj().images().importTarball("import", archive),
                () -> work.lxj().images().get("import").delete()));
        if (HostCommand.isInstalled("tar")) {
            String options = TAR_OPTIONS.get(ending);
            Path target = work.folder("tar-" + ending);
            List<String> tar = new ArrayList<>(List.of("tar", "--numeric-owner", "--xattrs", "--acls"));
            tar.addAll(List.of(options.split(" ")));
            tar.addAll(List.of(archive.toString(), "-C", target.toString()));
            Subject.Work remove = () -> {
                HostCommand.run("rm", "-rf", target.toString());
                HostCommand.run("mkdir", target.toString());
            };
            subjects.add(Subject.of("tar " + options, () -> HostCommand.run(tar), remove));
            subjects.add(Subject.of(
                    "tar " + options + ", then sync -f",
                    () -> {
                        HostCommand.run(tar);
                        HostCommand.run("sync", "-f", target.toString());
                    },
                    remove));
        }
        return new Case("import ." + ending, 1, work.options().rounds(10) / 2 + 1, subjects);
    }
}
