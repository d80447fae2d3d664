package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Config;
import io.lxj.config.ExecResult;
import io.lxj.config.Mount;
import io.lxj.storage.OtherJvm;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.TestRootfs;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** lxj in a container of lxj, with the JDK of the host. */
@NeedsRoot
@NeedsRootfs({"debian-12-containers", "busybox"})
@LeaksNothing
@Timeout(300)
class NestedLxjTest {
    @RegisterExtension
    static final TestLxj host = TestLxj.of("debian-12-containers");

    @Test
    void containersRunInAContainer() throws IOException {
        Path programs = Files.createTempDirectory("lxj-nested");
        try {
            ExecResult result = nested(programs, base().nesting(1));
            // A privileged container has the ids of the one around it, whatever those are on the host.
            assertThat(result.stdout().replaceFirst("(privileged.* written 0) [0-9]+", "$1 ..."))
                    .as(result.stderr())
                    .isEqualTo("""
                            usable true
                            default 0:0 0:0 written 0 1879048192 65536 /sys/fs/cgroup/cgroup.procs
                            default HALTED
                            kept 0:0 0:0 written 0 1879048192 65536 /sys/fs/cgroup/cgroup.procs
                            kept HALTED
                            privileged 0:0 0:0 written 0 ... 65536 /sys/fs/cgroup/cgroup.procs
                            privileged HALTED
                            devices: lxj runs in a container here, where no device node can be made; allowed: the standard nodes, which every container has
                            copied 0:0 0:0 written 0 1879048192 65536 /sys/fs/cgroup/cgroup.procs
                            copied HALTED
                            sharing 0:0 0:0 written 0 0 65536 /sys/fs/cgroup/cgroup.procs
                            sharing HALTED
                            """);
        } finally {
            TestLxj.remove(programs);
        }
    }

    @Test
    void withoutMoreIdsItSaysWhatIsMissing() throws IOException {
        Path programs = Files.createTempDirectory("lxj-nested");
        try {
            ExecResult result = nested(programs, base());
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.stderr())
                    .contains("set ids apart for default: there is no range of 65536 ids for containers")
                    .contains("Config.nesting(...)");
        } finally {
            TestLxj.remove(programs);
        }
    }

    private static Config base() {
        return Config.ofImage("debian-12-containers").init("/bin/sleep", "1000000");
    }

    private static ExecResult nested(Path programs, Config config) throws IOException {
        String java = System.getProperty("java.home");
        Path settings = Path.of("/etc/java-" + Runtime.version().feature() + "-openjdk");
        String classPath = copyPrograms(programs);
        Container container = host.start(config.mount(
                        Mount.bind(programs, "/opt/lxj").readOnly())
                .mount(Mount.bind(Path.of(java), java).readOnly())
                .mount(Mount.bind(settings, settings.toString()).readOnly().optional()));
        return container.exec(
                java + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-cp",
                classPath,
                NestedJvm.class.getName(),
                "/opt/lxj/rootfs.tar.gz");
    }

    /** Where the container's root, who is nobody here, can read them; the class path as it is in the container. */
    private static String copyPrograms(Path folder) throws IOException {
        List<String> names = new ArrayList<>();
        for (String entry : OtherJvm.classPath().split(File.pathSeparator)) {
            String name = names.size() + (entry.endsWith(".jar") ? ".jar" : "");
            copy(Path.of(entry), folder.resolve(name));
            names.add("/opt/lxj/" + name);
        }
        copy(TestRootfs.find("busybox"), folder.resolve("rootfs.tar.gz"));
        run("chmod", "-R", "a+rX", folder.toString());
        return String.join(File.pathSeparator, names);
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
}
