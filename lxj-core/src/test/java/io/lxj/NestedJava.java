package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Config;
import io.lxj.config.Mount;
import io.lxj.storage.OtherJvm;
import io.lxj.testing.TestRootfs;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The JDK of the host and what the tests consist of, for a container in which lxj is to run. */
final class NestedJava implements AutoCloseable {
    private static final String JAVA_HOME = System.getProperty("java.home");
    private static final String FOLDER = "/opt/lxj";
    /** The archive of a root filesystem, as it is seen in the container. */
    static final String ROOTFS = FOLDER + "/rootfs.tar.gz";

    private final Path folder;
    private final String classPath;

    private NestedJava(Path folder, String classPath) {
        this.folder = folder;
        this.classPath = classPath;
    }

    /** Copies all that to where the container's root, who is nobody here, can read it. */
    static NestedJava copy(String rootfs) throws IOException {
        Path folder = Files.createTempDirectory("lxj-nested");
        List<String> names = new ArrayList<>();
        for (String entry : OtherJvm.classPath().split(File.pathSeparator)) {
            String name = names.size() + (entry.endsWith(".jar") ? ".jar" : "");
            copy(Path.of(entry), folder.resolve(name));
            names.add(FOLDER + "/" + name);
        }
        copy(TestRootfs.find(rootfs), folder.resolve("rootfs.tar.gz"));
        run("chmod", "-R", "a+rX", folder.toString());
        return new NestedJava(folder, String.join(File.pathSeparator, names));
    }

    private static void copy(Path from, Path to) throws IOException {
        if (Files.exists(from)) {
            run("cp", "-r", from.toString(), to.toString());
        }
    }

    private static void run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.onExit().join().exitValue()).isZero();
    }

    /** A configuration of a container that has it. */
    Config in(Config config) {
        Path settings = Path.of("/etc/java-" + Runtime.version().feature() + "-openjdk");
        return config.mount(Mount.bind(folder, FOLDER).readOnly())
                .mount(Mount.bind(Path.of(JAVA_HOME), JAVA_HOME).readOnly())
                .mount(Mount.bind(settings, settings.toString()).readOnly().optional());
    }

    /** A command for the container. */
    List<String> command(Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                JAVA_HOME + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-Xmx128m",
                "-cp",
                classPath,
                main.getName()));
        command.addAll(Arrays.asList(arguments));
        return command;
    }

    @Override
    public void close() throws IOException {
        TestLxj.remove(folder);
    }
}
