package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.ByteSize;
import io.lxj.config.Command;
import io.lxj.config.Config;
import io.lxj.config.ExecResult;
import io.lxj.config.Limits;
import io.lxj.config.Mount;
import io.lxj.testing.LeaksNothing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What programs in a container take for the memory and processors that there are. */
@EnabledIfEnvironmentVariable(named = "LXJ_MACHINE", matches = "1", disabledReason = "it is for .ci/vm")
@LeaksNothing
@Timeout(900)
class InsideViewMachineTest {
    private static final Path LXCFS = Path.of("/var/lib/lxcfs");
    private static final Config SLEEPER = Config.ofImage("busybox").init("/bin/sleep", "1000000");

    @RegisterExtension
    static final TestLxj host = TestLxj.of("busybox");

    @Test
    void javaSeesTheLimitsOfItsContainer() throws Exception {
        Config config = SLEEPER.limits(Limits.NONE.memory(ByteSize.mib(256)).cpus(1))
                .mount(Mount.bind(Path.of("/usr"), "/usr").readOnly())
                .mount(Mount.bind(Path.of("/usr/lib"), "/lib").readOnly());
        for (String folder : new String[] {"/lib64", "/etc/java-17-openjdk"}) {
            if (Files.exists(Path.of(folder))) {
                config = config.mount(Mount.bind(Path.of(folder), folder).readOnly());
            }
        }
        Container container = host.start(config);
        ExecResult result = container.exec(Command.of(
                        System.getProperty("java.home") + "/bin/java",
                        "-Xint",
                        "-XX:+PrintFlagsFinal",
                        "-XshowSettings:system",
                        "-version")
                .timeout(Duration.ofSeconds(120)));
        assertThat(container.exec("cat", "/sys/fs/cgroup/memory.max").stdout()).isEqualTo((256 << 20) + "\n");
        assertThat(container.exec("cat", "/sys/fs/cgroup/cpu.max").stdout()).isEqualTo("100000 100000\n");
        if (findsControllers()) {
            // A machine with as little memory gives half of it to the heap, see -XX:MinRAMPercentage.
            assertThat(result.stdout().lines())
                    .filteredOn(line -> line.contains(" MaxHeapSize "))
                    .singleElement()
                    .extracting(
                            line -> Long.parseLong(line.split("=")[1].strip().split(" ")[0]))
                    .satisfies(heap -> assertThat(heap).isBetween(100L << 20, 128L << 20));
            assertThat(result.stderr())
                    .containsPattern("Provider: *cgroupv2")
                    .containsPattern("Effective CPU Count: *1\n")
                    .containsPattern("Memory Limit: *256\\.00M");
        }
    }

    /** Before JDK-8349988, Java looked for cgroup v2 in a file that tells only of v1 since Linux 6.14. */
    private static boolean findsControllers() throws IOException {
        return Runtime.version().feature() >= 25
                || Files.readString(Path.of("/proc/cgroups")).contains("memory");
    }

    @Test
    void whereLxcfsRunsItsFilesAreInTheContainer() throws Exception {
        Programs.run("modprobe", "fuse");
        Files.createDirectories(LXCFS);
        Process lxcfs =
                new ProcessBuilder("lxcfs", LXCFS.toString()).inheritIO().start();
        try {
            while (lxcfs.isAlive() && !Files.exists(LXCFS.resolve("proc/meminfo"))) {
                Thread.sleep(50);
            }
            Container container = host.start(SLEEPER.limits(
                    Limits.NONE.memory(ByteSize.mib(64)).cpuset("1").swap(ByteSize.ZERO)));
            assertThat(container.exec("cat", "/proc/meminfo").stdout()).containsPattern("MemTotal: +65536 kB");
            assertThat(container
                            .exec("grep", "-c", "^processor", "/proc/cpuinfo")
                            .stdout())
                    .isEqualTo("1\n");
            assertThat(container.exec("cat", "/sys/devices/system/cpu/online").stdout())
                    .isIn("0\n", "1\n", "0-0\n");
            String uptime = container.exec("cat", "/proc/uptime").stdout();
            String all = Files.readString(Path.of("/proc/uptime"));
            assertThat(Double.parseDouble(uptime.split(" ")[0])).isLessThan(Double.parseDouble(all.split(" ")[0]) - 5);
            container.update(Limits.NONE.memory(ByteSize.mib(96)).cpuset("0-1"));
            assertThat(container.exec("cat", "/proc/meminfo").stdout()).containsPattern("MemTotal: +98304 kB");
            assertThat(container
                            .exec("grep", "-c", "^processor", "/proc/cpuinfo")
                            .stdout())
                    .isEqualTo("2\n");
            container.stop();
        } finally {
            lxcfs.destroy();
            lxcfs.waitFor();
        }
    }
}
