package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.ByteSize;
import io.lxj.config.Config;
import io.lxj.config.Limits;
import io.lxj.config.Percent;
import io.lxj.error.UnsupportedHostException;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Limits by the one controller that cgroup v2 has everywhere, beside version 1 as well. */
@NeedsContainers
@NeedsRootfs("busybox")
@LeaksNothing
@Timeout(120)
class ContainerLimitsTest {
    private static final ByteSize PAGE = ByteSize.mib(2);
    private static final String FILE = "hugetlb.2MB.max";
    private static final Config SLEEPER = Config.ofImage("busybox").init("/bin/sleep", "1000000");

    @RegisterExtension
    static final TestLxj host = TestLxj.of("busybox");

    private static Limits pages(long mebibytes) {
        return Limits.NONE.hugePages(PAGE, ByteSize.mib(mebibytes));
    }

    @Test
    void aContainerIsLimitedWhereItCanNotChangeIt() {
        Container container = host.start(SLEEPER.limits(pages(4)));
        assertThat(CgroupFiles.read(container, FILE)).isEqualTo(Long.toString(4 << 20));
        String raise =
                "find /sys/fs/cgroup -name " + FILE + " | while read file; do echo max >$file && echo $file; done";
        assertThat(container.exec("sh", "-c", raise))
                .satisfies(result -> assertThat(result.stderr()).contains("Permission denied"))
                .satisfies(result -> assertThat(result.stdout()).isEmpty());
    }

    @Test
    void aRunningContainerIsLimitedAtOnce() {
        Container container = host.start(SLEEPER);
        container.update(pages(8));
        assertThat(CgroupFiles.read(container, FILE)).isEqualTo(Long.toString(8 << 20));
        container.update(Limits.NONE);
        assertThat(CgroupFiles.read(container, FILE)).isEqualTo("max");
        assertThat(container.config().limits().isEmpty()).isTrue();
    }

    @Test
    void aStoppedContainerIsLimitedWhenItStarts() {
        Container container = host.create(SLEEPER);
        container.update(pages(6));
        assertThat(container.config().limits()).isEqualTo(pages(6));
        container.start();
        assertThat(CgroupFiles.read(container, FILE)).isEqualTo(Long.toString(6 << 20));
    }

    @Test
    void limitsForTheNextStartAreTakenBackByAnUpdate() {
        Container container = host.start(SLEEPER.limits(pages(4)));
        container.configure(container.config().limits(Limits.NONE));
        assertThat(CgroupFiles.read(container, FILE)).isEqualTo(Long.toString(4 << 20));
        container.update(Limits.NONE);
        assertThat(CgroupFiles.read(container, FILE)).isEqualTo("max");
    }

    @Test
    void whatTheKernelDoesNotHaveIsRefusedBeforeAnythingIsCreated() {
        Limits none = Limits.NONE.hugePages(ByteSize.kib(4), ByteSize.mib(1));
        assertThatThrownBy(() -> host.lxj().containers().create("none", SLEEPER.limits(none)))
                .isInstanceOf(UnsupportedHostException.class)
                .hasMessageContaining(
                        "create none: this host has no hugetlb.4KB.max; leave this limit out, or have it");
        assertThat(host.lxj().containers().list()).isEmpty();
    }

    @Test
    void whatMayBeDroppedIsDroppedIfTheHostDoesNotHaveIt() {
        Limits optional = Limits.NONE
                .hugePages(ByteSize.kib(4), ByteSize.mib(1))
                .memory(Percent.of(50))
                .ifSupported();
        Container container = host.start(SLEEPER.limits(optional.hugePages(PAGE, ByteSize.mib(4))));
        assertThat(CgroupFiles.read(container, FILE)).isEqualTo(Long.toString(4 << 20));
        container.update(optional);
        assertThat(CgroupFiles.read(container, FILE)).isEqualTo("max");
        assertThat(container.config().limits().optional()).containsExactly("hugetlb.4KB.max", "memory.max");
    }

    /** Which one it is depends on the host: cgroup v1 may have taken the controller. */
    @Test
    void aLimitOfMemoryIsKeptOrRefusedBeforeAnythingChanges() {
        boolean taken = Host.check().features().stream()
                .anyMatch(feature -> feature.name().equals("memory controller") && !feature.available());
        Limits memory = Limits.NONE.memory(ByteSize.mib(64));
        if (!taken) {
            Container container = host.start(SLEEPER.limits(memory));
            assertThat(CgroupFiles.read(container, "memory.max")).isEqualTo(Long.toString(64 << 20));
            return;
        }
        assertThatThrownBy(() -> host.lxj().containers().create("none", SLEEPER.limits(memory.cpus(1))))
                .isInstanceOf(UnsupportedHostException.class)
                .hasMessageContaining("create none: this host has no cpu, memory controllers in cgroup v2 at /")
                .hasMessageContaining("cgroup_no_v1=all");
        Container container = host.start(SLEEPER);
        assertThatThrownBy(() -> container.update(memory)).isInstanceOf(UnsupportedHostException.class);
        assertThat(container.config().limits().isEmpty()).isTrue();
    }

    @Test
    void aHundredContainersWithLimitsLeaveNoCgroup() throws Exception {
        List<Container> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            all.add(host.start(SLEEPER.limits(pages(4))));
        }
        Path cgroups = CgroupFiles.of(all.get(0)).getParent();
        assertThat(cgroups.toFile().listFiles(File::isDirectory)).hasSize(100);
        all.forEach(Container::stop);
        all.forEach(Container::destroy);
        assertThat(cgroups).doesNotExist();
    }
}
