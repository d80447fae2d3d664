package io.lxj.testing;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs main classes of the tests in another JVM that another user, or a process in other namespaces, can start: the class
 * path is copied to a folder of its own that everybody may read, because the checkout and the local repository may be in
 * a home folder that nobody else may enter.
 */
public final class PortableJvm implements AutoCloseable {
    private static final Path NEAR_THE_ROOT = Path.of("/tmp");

    private final Path folder;
    private final List<Path> classPath = new ArrayList<>();

    private PortableJvm(Path folder) {
        this.folder = folder;
    }

    /** Copies what this JVM has on its module path and class path. */
    public static PortableJvm copy() throws IOException, InterruptedException {
        PortableJvm jvm = new PortableJvm(Files.createTempDirectory(NEAR_THE_ROOT, "lxj-jvm"));
        Files.setPosixFilePermissions(jvm.folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path temporary = Files.createDirectory(jvm.temporaryFolder());
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxrwxrwx"));
        for (Path entry : ownClassPath()) {
            Path target = jvm.folder.resolve(jvm.classPath.size() + "-" + entry.getFileName());
            must("cp", "-R", entry.toString(), target.toString());
            jvm.classPath.add(target);
        }
        must("chmod", "-R", "a+rX", jvm.folder.toString());
        return jvm;
    }

    private static List<Path> ownClassPath() {
        String target = System.getProperty("basedir", "") + "/target/";
        return Stream.of(
                        target + "test-classes",
                        target + "classes",
                        System.getProperty("jdk.module.path", ""),
                        System.getProperty("java.class.path", ""))
                .flatMap(entries -> Stream.of(entries.split(File.pathSeparator)))
                .filter(entry -> !entry.isEmpty())
                .map(Path::of)
                .filter(Files::exists)
                .distinct()
                .toList();
    }

    private static void must(String... command) throws IOException, InterruptedException {
        if (Host.run(command).waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed");
        }
    }

    private Path temporaryFolder() {
        return folder.resolve("tmp");
    }

    /**
     * Runs a main class.
     *
     * @param launcher a command that runs the command that follows it: {@code setpriv}, {@code unshare}, or nothing
     * @param main the class
     * @return what it has printed; it has ended with the exit code 0
     */
    public String run(List<String> launcher, Class<?> main) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(launcher);
        command.addAll(JavaCommand.begin());
        command.addAll(List.of(
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-Djava.io.tmpdir=" + temporaryFolder(),
                "-cp",
                classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)),
                main.getName()));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError(String.join(" ", command) + " ended with " + process.exitValue() + ":\n" + output);
        }
        return output;
    }

    @Override
    public void close() throws IOException {
        try {
            must("rm", "-r", "-f", "--one-file-system", "--", folder.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
