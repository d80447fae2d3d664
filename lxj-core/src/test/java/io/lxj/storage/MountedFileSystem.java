package io.lxj.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A file system of its own for a test, of a given kind and size. */
final class MountedFileSystem implements AutoCloseable {
    private final Path mountPoint;

    private MountedFileSystem(Path mountPoint) throws IOException {
        this.mountPoint = mountPoint;
        Files.setPosixFilePermissions(mountPoint, PosixFilePermissions.fromString("rwx------"));
    }

    static MountedFileSystem tmpfs(Path mountPoint, String size) throws IOException {
        return of(mountPoint, "tmpfs", "-o", "size=" + size);
    }

    static MountedFileSystem of(Path mountPoint, String type, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of("mount", "-t", type));
        command.addAll(Arrays.asList(options));
        command.addAll(List.of(type, mountPoint.toString()));
        run(command.toArray(String[]::new));
        return new MountedFileSystem(mountPoint);
    }

    /** A file system in a sparse file beside the mount point. */
    static MountedFileSystem loop(Path mountPoint, String type, String megabytes) throws IOException {
        Path image = mountPoint.resolveSibling(mountPoint.getFileName() + "." + type);
        run("truncate", "-s", megabytes + "M", image.toString());
        run("mkfs." + type, "-q", image.toString());
        return remounted(mountPoint, type);
    }

    /** The file system that {@link #loop} made, once more. */
    static MountedFileSystem remounted(Path mountPoint, String type) throws IOException {
        Path image = mountPoint.resolveSibling(mountPoint.getFileName() + "." + type);
        run("mount", "-t", type, "-o", "loop", image.toString(), mountPoint.toString());
        return new MountedFileSystem(mountPoint);
    }

    static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.onExit().join().exitValue())
                .as("%s: %s", String.join(" ", command), output)
                .isZero();
        return output;
    }

    Path path() {
        return mountPoint;
    }

    void remountReadOnly() throws IOException {
        run("mount", "-o", "remount,ro", mountPoint.toString());
    }

    @Override
    public void close() throws IOException {
        run("umount", mountPoint.toString());
    }
}
