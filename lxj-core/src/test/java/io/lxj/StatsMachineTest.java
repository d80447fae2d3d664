package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.ByteSize;
import io.lxj.config.Config;
import io.lxj.config.Stats;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.Inotify;
import io.lxj.linux.Open;
import io.lxj.testing.LeaksNothing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is counted where all controllers belong to cgroup v2, without any limit being set. */
@EnabledIfEnvironmentVariable(named = "LXJ_MACHINE", matches = "1", disabledReason = "it is for .ci/vm")
@LeaksNothing
@Timeout(900)
class StatsMachineTest {
    private static final int IN_OPEN = 0x20;

    @RegisterExtension
    static final TestLxj host = TestLxj.of("busybox");

    @Test
    void memoryAndProcessesAndDisksAreCounted() {
        Container container = host.start(Config.ofImage("busybox").init("/bin/sleep", "1000000"));
        assertThat(container.stats().processes()).hasValue(1);
        Stats before = container.stats();
        container.exec("dd", "if=/dev/zero", "of=/file", "bs=1M", "count=8", "conv=fsync");
        Stats after = container.stats();
        ByteSize cached = after.memory().orElseThrow().file();
        assertThat(cached.bytes() - before.memory().orElseThrow().file().bytes())
                .isGreaterThanOrEqualTo(8 << 20);
        assertThat(after.memory().orElseThrow().current()).isGreaterThan(cached);
        assertThat(after.memory().orElseThrow().peak().orElseThrow())
                .isGreaterThanOrEqualTo(after.memory().orElseThrow().current());
        assertThat(after.memory().orElseThrow().events()).containsEntry("oom_kill", 0L);
        assertThat(after.since(before).written()
                        * after.since(before).interval().toNanos()
                        / 1e9)
                .isGreaterThanOrEqualTo(8 << 20);
    }

    @Test
    void disksAreToldApart() throws Exception {
        Container container = host.start(Config.ofImage("busybox").init("/bin/sleep", "1000000"));
        container.exec("dd", "if=/dev/zero", "of=/file", "bs=1M", "count=4", "conv=fsync");
        long device = (Long) Files.getAttribute(host.folder(), "unix:dev");
        // As glibc's major(3) and minor(3) have it.
        String number = (device >> 8 & 0xfff) + ":" + (device & 0xff | device >> 12 & 0xfff00);
        Stats.Io disk = container.stats().io().get(number);
        assertThat(disk.written().bytes()).isGreaterThanOrEqualTo(4 << 20);
        assertThat(disk.writes()).isPositive();
        assertThat(CgroupFiles.read(container, "io.stat"))
                .contains(number + " rbytes=" + disk.read().bytes() + " wbytes="
                        + disk.written().bytes() + " rios=" + disk.reads() + " wios=" + disk.writes() + " ");
    }

    /** What systemd-cgtop and lxc-info show are these files. */
    @Test
    void eachNumberIsThatOfItsFile() {
        Container container = host.start(Config.ofImage("busybox").init("/bin/sleep", "1000000"));
        container.exec("dd", "if=/dev/zero", "of=/file", "bs=1M", "count=4", "conv=fsync");
        Stats.Memory memory = container.stats().memory().orElseThrow();
        // Nothing goes on in the container; the kernel may still give back what it had charged in advance.
        assertThat(memory.current().bytes())
                .isGreaterThanOrEqualTo(Long.parseLong(CgroupFiles.read(container, "memory.current")));
        Stats stats = container.stats();
        memory = stats.memory().orElseThrow();
        assertThat(memory.peak().orElseThrow().bytes())
                .isEqualTo(Long.parseLong(CgroupFiles.read(container, "memory.peak")));
        assertThat(memory.swap().orElseThrow().bytes())
                .isEqualTo(Long.parseLong(CgroupFiles.read(container, "memory.swap.current")));
        assertThat(memory.anonymous().bytes()).isEqualTo(CgroupFiles.read(container, "memory.stat", "anon"));
        assertThat(memory.file().bytes()).isEqualTo(CgroupFiles.read(container, "memory.stat", "file"));
        memory.events().forEach((name, count) -> assertThat(count)
                .isEqualTo(CgroupFiles.read(container, "memory.events", name)));
        assertThat(stats.cpu().usage().toNanos() / 1000)
                .isEqualTo(CgroupFiles.read(container, "cpu.stat", "usage_usec"));
        assertThat(stats.cpu().user().toNanos() / 1000).isEqualTo(CgroupFiles.read(container, "cpu.stat", "user_usec"));
        assertThat(stats.processes()).hasValue(Long.parseLong(CgroupFiles.read(container, "pids.current")));
    }

    @Test
    void aMeasurementIsADozenReadsAtMost() throws Exception {
        Container container = host.start(Config.ofImage("busybox").init("/bin/sleep", "1000000"));
        // Files are opened and classes loaded before it counts.
        container.stats();
        reads();
        long ofThis = -reads() + reads();
        long before = reads();
        for (int i = 0; i < 10; i++) {
            container.stats();
        }
        assertThat(reads() - before - ofThis).isPositive().isLessThanOrEqualTo(10 * 12);
    }

    @Test
    void aMeasurementOpensNoFile() throws Exception {
        Container container = host.start(Config.ofImage("busybox").init("/bin/sleep", "1000000"));
        container.stats();
        try (Inotify inotify = Inotify.open();
                Fd directory = Fd.open(FileName.bytes(CgroupFiles.of(container).toString()), Open.O_RDONLY, 0)) {
            inotify.add(directory, IN_OPEN);
            for (int i = 0; i < 10; i++) {
                container.stats();
            }
            assertThat(inotify.read()).isEmpty();
            CgroupFiles.read(container, "cpu.stat");
            assertThat(inotify.read()).extracting(Inotify.Event::name).contains("cpu.stat");
        }
    }

    /** How many system calls that read this thread has made, see proc_pid_io(5). */
    private static long reads() throws IOException {
        return Files.readAllLines(Path.of("/proc/thread-self/io")).stream()
                .filter(line -> line.startsWith("syscr: "))
                .mapToLong(line -> Long.parseLong(line.substring("syscr: ".length())))
                .findFirst()
                .orElseThrow();
    }
}
