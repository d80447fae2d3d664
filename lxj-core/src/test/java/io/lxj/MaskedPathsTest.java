package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Config;
import io.lxj.config.ExecResult;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a container whose root is the host's doesn't see of /proc and /sys, even with an image that is out to see it. */
@NeedsRoot("looks into a privileged container")
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(120)
class MaskedPathsTest {
    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    private static Container container;

    @BeforeAll
    static void start() {
        container = host.create(Config.ofImage("alpine").privileged().init("/bin/sleep", "1000000"));
        // CVE-2025-31133: what covers a path was taken from the image's /dev.
        container.files().deleteTree("/dev");
        container.files().mkdirs("/dev");
        container.files().write("/dev/null", "of the image");
        container.start();
    }

    private static ExecResult sh(String script) {
        return container.exec("sh", "-c", script);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kallsyms",
                "kcore",
                "keys",
                "kmsg",
                "kpagecgroup",
                "kpagecount",
                "kpageflags",
                "latency_stats",
                "sched_debug",
                "sysrq-trigger",
                "timer_list",
                "timer_stats"
            })
    void filesOfProcAreEmptyAndCannotBeWritten(String name) {
        if (!Files.exists(Path.of("/proc", name))) {
            assertThat(sh("test -e /proc/" + name).exitCode())
                    .as("this kernel has none")
                    .isEqualTo(1);
            return;
        }
        assertThat(sh("stat -c '%a %s %F' /proc/" + name).stdout()).isEqualTo("0 0 regular empty file\n");
        assertThat(sh("grep -c ' /proc/" + name + " .*ro,nosuid,nodev,noexec.* - tmpfs ' /proc/self/mountinfo")
                        .stdout())
                .isEqualTo("1\n");
        ExecResult write = sh("echo b > /proc/" + name);
        assertThat(write.exitCode()).isNotZero();
        assertThat(write.stderr()).contains("Read-only file system");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sys", "irq", "bus", "acpi", "fs", "mtrr", "scsi"})
    void partsOfProcAreReadOnly(String name) {
        if (Files.exists(Path.of("/proc", name))) {
            assertThat(sh("grep -c ' /proc/" + name + " ro,' /proc/self/mountinfo")
                            .stdout())
                    .isEqualTo("1\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"firmware", "devices/virtual/powercap"})
    void foldersOfSysAreEmpty(String name) {
        if (Files.exists(Path.of("/sys", name))) {
            assertThat(sh("ls -A /sys/" + name).stdout()).isEmpty();
            assertThat(sh("mkdir /sys/" + name + "/x").stderr()).contains("Read-only file system");
        }
    }

    @Test
    void theCoversAreNotOfTheImage() {
        assertThat(sh("cat /proc/kcore /proc/keys").stdout()).isEmpty();
        assertThat(sh("cat /dev/null").stdout()).isEmpty();
    }
}
