package io.lxj.examples.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the kernel takes for a container: a program in C, src/main/c/floor.c, that makes little but the calls that it needs.
 * It waits to be told to make one, so that its own start isn't measured. Not thread-safe.
 */
final class Floor implements Subject {
    private static final String NAME = "floor: the calls alone, by a program in C";
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

    private final Path folder;
    private final Path cgroup;
    private final Process program;

    private Floor(Path folder, Path cgroup, Process program) {
        this.folder = folder;
        this.cgroup = cgroup;
        this.program = program;
    }

    /** The program, if it could be compiled. */
    static Optional<Subject> of(Workspace work, boolean userNamespace) throws IOException {
        Path file = work.options().work().resolve("floor");
        if (!Files.isExecutable(file)) {
            return Optional.empty();
        }
        String name = userNamespace ? "floor-user" : "floor-root";
        Path folder = work.folder(name);
        Path cgroup = Files.createDirectories(CGROUPS.resolve("lxj-benchmark-" + name));
        String rootfs = work.rootfs(work.busybox()).toString();
        List<String> command = new ArrayList<>(List.of(file.toString(), rootfs, folder.toString(), cgroup.toString()));
        if (userNamespace) {
            command.add("user");
        }
        Process program = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return Optional.of(new Floor(folder, cgroup, program));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public long run() throws IOException, InterruptedException {
        long start = System.nanoTime();
        program.getOutputStream().write(0);
        program.getOutputStream().flush();
        if (program.getInputStream().read() != 0) {
            throw new IOException("the program made no container");
        }
        long time = System.nanoTime() - start;
        HostCommand.run("rm", "-r", folder.resolve("container").toString());
        return time;
    }

    @Override
    public void end() throws IOException, InterruptedException {
        program.getOutputStream().close();
        program.waitFor();
        Files.delete(cgroup);
    }
}
