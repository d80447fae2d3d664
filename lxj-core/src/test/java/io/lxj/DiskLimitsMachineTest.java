package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.ByteSize;
import io.lxj.config.Config;
import io.lxj.config.Device;
import io.lxj.config.IoLimit;
import io.lxj.config.Limits;
import io.lxj.error.InvalidConfigException;
import io.lxj.error.LxjException;
import io.lxj.error.UnsupportedHostException;
import io.lxj.testing.LeaksNothing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Limits of the traffic of disks, on a host whose controllers all belong to cgroup v2. */
@EnabledIfEnvironmentVariable(named = "LXJ_MACHINE", matches = "1", disabledReason = "it is for .ci/vm")
@LeaksNothing
@Timeout(900)
class DiskLimitsMachineTest {
    private static final Config SLEEPER = Config.ofImage("busybox").init("/bin/sleep", "1000000");

    @RegisterExtension
    static final TestLxj host = TestLxj.of("busybox");

    private static Path image;
    private static Path disk;
    private static String number;

    @BeforeAll
    static void makeDisk() throws Exception {
        image = Files.createTempFile("lxj-test", "disk");
        Programs.run("modprobe", "loop");
        Programs.run("truncate", "-s", "64M", image.toString());
        disk = Path.of(Programs.run("losetup", "--find", "--show", image.toString()));
        number = Files.readString(Path.of("/sys/block", disk.getFileName().toString(), "dev"))
                .strip();
    }

    @AfterAll
    static void removeDisk() throws Exception {
        Programs.run("losetup", "--detach", disk.toString());
        Files.delete(image);
    }

    private static long written(Container container) {
        return container.stats().io().containsKey(number)
                ? container.stats().io().get(number).written().bytes()
                : 0;
    }

    @Test
    void aWriterIsHeldToItsBytesUntilItMayWriteMore() throws Exception {
        long limit = ByteSize.kib(256).bytes();
        Container container = host.start(SLEEPER.device(Device.host(disk))
                .limits(Limits.NONE.io(IoLimit.on(disk).writeBytes(ByteSize.bytes(limit)))));
        assertThat(CgroupFiles.read(container, "io.max"))
                .isEqualTo(number + " rbps=max wbps=" + limit + " riops=max wiops=max");
        ContainerProcess writer = container.process(
                "sh", "-c", "dd if=/dev/zero of=" + disk + " bs=64k count=480 oflag=direct 2>/dev/null");
        while (written(container) == 0) {
            Thread.sleep(20);
        }
        long start = System.nanoTime();
        long before = written(container);
        while (written(container) < before + 3 * limit) {
            Thread.sleep(20);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        // What it might have written already at the begin is one request and what one slice of 100 ms allows.
        assertThat(seconds).isGreaterThan(3 * 0.95 - 0.1 - 0.25);
        // At this rate it would take two minutes.
        container.update(Limits.NONE);
        assertThat(CgroupFiles.read(container, "io.max")).isEmpty();
        assertThat(writer.waitFor(100, TimeUnit.SECONDS)).isTrue();
        assertThat(writer.exitValue()).isZero();
    }

    @Test
    void whatTheKernelRefusesLeavesAllLimitsAsTheyWere() {
        Limits limits = Limits.NONE
                .io(IoLimit.on(disk).readOperations(100))
                .cpus(0.5)
                .cpuBurst(Duration.ofMillis(10))
                .ioWeight(40)
                .pids(50);
        Container container = host.start(SLEEPER.limits(limits));
        List<String> files = List.of("io.max", "io.weight", "cpu.max", "cpu.max.burst", "pids.max", "memory.max");
        List<String> before =
                files.stream().map(file -> CgroupFiles.read(container, file)).toList();
        // A disk has no weights as long as io.cost.qos, which is the host's alone, doesn't say so.
        Limits others = Limits.NONE
                .io(IoLimit.on(disk).writeOperations(7))
                .cpus(1)
                .memory(ByteSize.mib(99))
                .ioWeight(Path.of("/dev/vda"), 30)
                .pids(40);
        assertThatThrownBy(() -> container.update(others))
                .isInstanceOf(LxjException.class)
                .hasMessageContaining("io.weight")
                .hasMessageContaining("EOPNOTSUPP");
        assertThat(files).map(file -> CgroupFiles.read(container, file)).isEqualTo(before);
        assertThat(container.exec("cat", "/sys/fs/cgroup/cpu.max").stdout()).isEqualTo("50000 100000\n");
        assertThat(container.config().limits()).isEqualTo(limits);
    }

    @Test
    void aDiskHasItsWeightUntilItIsTakenBack() throws Exception {
        Path quality = Path.of("/sys/fs/cgroup/io.cost.qos");
        Files.writeString(quality, number + " enable=1");
        try {
            Container container = host.start(SLEEPER.limits(Limits.NONE.ioWeight(disk, 30)));
            assertThat(CgroupFiles.read(container, "io.weight")).isEqualTo("default 100\n" + number + " 30");
            container.update(Limits.NONE.ioWeight(20));
            assertThat(CgroupFiles.read(container, "io.weight")).isEqualTo("default 20");
        } finally {
            Files.writeString(quality, number + " enable=0");
        }
    }

    @Test
    void aDiskThatIsNotThereIsNamedBeforeAnythingIsCreated() {
        Limits absent = Limits.NONE.io(IoLimit.on(Path.of("/dev/absent")).readOperations(1));
        assertThatThrownBy(() -> host.create(SLEEPER.limits(absent)))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("limits.io.max: /dev/absent can't be opened");
        Limits overlay = Limits.NONE.io(IoLimit.on(Path.of("/")).readOperations(1));
        assertThatThrownBy(() -> host.create(SLEEPER.limits(overlay)))
                .hasMessageContaining("limits.io.max: / is on an overlay");
        assertThat(host.lxj().containers().list()).isEmpty();
    }

    @Test
    void twoLimitsOfOneDiskAreRefused() throws Exception {
        Path alias = Files.createSymbolicLink(image.resolveSibling(image.getFileName() + "-alias"), disk);
        try {
            Limits twice = Limits.NONE
                    .io(IoLimit.on(disk).readOperations(1))
                    .io(IoLimit.on(alias).writeOperations(1));
            Container container = host.start(SLEEPER);
            assertThatThrownBy(() -> container.update(twice))
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessageContaining("is the same disk as that of io.max ")
                    .hasMessageContaining(disk.toString())
                    .hasMessageContaining(alias.toString());
        } finally {
            Files.delete(alias);
        }
    }

    @Test
    void whatThisKernelWasBuiltWithoutIsDroppedIfItMayBe() {
        Limits latency = Limits.NONE.ioLatency(disk, Duration.ofMillis(10));
        assertThatThrownBy(() -> host.create(SLEEPER.limits(latency)))
                .isInstanceOf(UnsupportedHostException.class)
                .hasMessageContaining("this host has no io.latency");
        Container container = host.start(SLEEPER.limits(latency.ifSupported().pids(9)));
        assertThat(CgroupFiles.read(container, "pids.max")).isEqualTo("9");
    }
}
