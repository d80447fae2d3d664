package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Config;
import io.lxj.config.ExecResult;
import io.lxj.config.Mount;
import io.lxj.config.OnExit;
import io.lxj.config.Storage;
import io.lxj.image.SystemTar;
import io.lxj.testing.Caller;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.OwnIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What root of a container tries against its host, and others, with nothing set for the container. */
@NeedsContainers
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(120)
class UserNamespaceAttackTest {
    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    private static Container container() {
        return host.start(Config.ofImage("alpine").init("/bin/sleep", "1000000"));
    }

    /** The errors of a script that must not succeed. */
    private static String refused(Container container, String script) {
        ExecResult result = container.exec("sh", "-c", script);
        assertThat(result.exitCode()).as(script + ": " + result.stdout()).isNotZero();
        return result.stderr();
    }

    @Test
    void cve2022_0492TheReleaseAgentOfAnOldHierarchyIsOutOfReach() {
        Container container = container();
        String mount = "mkdir -p /tmp/cg && mount -t cgroup -o ";
        for (String controller : List.of("rdma", "memory", "none,name=systemd", "none,name=lxj")) {
            assertThat(refused(container, mount + controller + " cgroup /tmp/cg && echo /tmp/x >/tmp/cg/release_agent"))
                    .as(controller)
                    .isNotEmpty();
        }
        assertThat(refused(
                        container,
                        "unshare -UrmC sh -c '" + mount + "memory cgroup /tmp/cg"
                                + " && echo /tmp/x >/tmp/cg/release_agent'"))
                .isNotEmpty();
        assertThat(refused(container, "find / -xdev -name release_agent | grep ."))
                .isEmpty();
    }

    @Test
    void cve2023_25809TheHostsCgroupTreeIsNeitherSeenNorWritable() {
        Container container = container();
        assertThat(container
                        .exec("sh", "-c", "grep ^0: /proc/1/cgroup /proc/self/cgroup")
                        .stdout())
                .isEqualTo("/proc/1/cgroup:0::/\n/proc/self/cgroup:0::/\n");
        // Its own tree is the container's; what holds it isn't.
        assertThat(container
                        .exec("sh", "-c", "mkdir /sys/fs/cgroup/own && rmdir /sys/fs/cgroup/own")
                        .exitCode())
                .isZero();
        for (String file : List.of("cgroup.kill", "cgroup.freeze", "cgroup.max.depth")) {
            assertThat(refused(container, "echo 1 >/sys/fs/cgroup/" + file)).contains("Permission denied");
        }
        String fresh = "mkdir -p /tmp/cg && mount -t cgroup2 none /tmp/cg && cd /tmp/cg && ";
        assertThat(container
                        .exec("sh", "-c", fresh + "pwd -P; ls -d lxj-* ../lxj-* 2>/dev/null; umount /tmp/cg 2>&1; true")
                        .stdout())
                .doesNotContain("lxj-");
        // A cgroup namespace of its own shows no more.
        assertThat(refused(container, "unshare -C sh -c '" + fresh + "ls -d lxj-*'"))
                .isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource(Storage.class)
    @NeedsRoot("makes device nodes")
    void deviceNodesCanNeitherBeMadeNorUsed(Storage storage) throws Exception {
        Path outside = Files.createTempDirectory("lxj-outside");
        try {
            SystemTar.run(outside, "sh", "-ec", "mkdir tree && mknod -m 666 tree/null c 1 3");
            Config config = Config.ofImage("alpine").storage(storage).init("/bin/sleep", "1000000");
            Container container = host.create(config);
            container.files().push(outside.resolve("tree"), "/srv");
            container.start();
            assertThat(refused(container, "mknod /tmp/disk b 254 0")).contains("Operation not permitted");
            assertThat(refused(container, "mknod /dev/mem c 1 1")).contains("Operation not permitted");
            // One that came with the files is dead, although the device itself is allowed.
            assertThat(container.exec("stat", "-c", "%F %t:%T %a", "/srv/null").stdout())
                    .isEqualTo("character special file 1:3 666\n");
            assertThat(refused(container, "echo x >/srv/null")).contains("Permission denied");
            assertThat(container.exec("sh", "-c", "echo x >/dev/null").exitCode())
                    .isZero();
        } finally {
            TestLxj.remove(outside);
        }
    }

    @Test
    void theHostsSettingsAndKernelAreOutOfReach() {
        Container container = container();
        for (String path : List.of(
                "/proc/sys/kernel/core_pattern",
                "/proc/sys/kernel/modprobe",
                "/proc/sysrq-trigger",
                "/sys/kernel/uevent_helper",
                "/proc/1/oom_score_adj")) {
            assertThat(refused(container, "mount -o remount,rw /proc/sys; mount -o remount,rw /sys; echo -1 >" + path))
                    .as(path)
                    .isNotEmpty();
        }
        assertThat(container.exec("date", "-s", "2001-01-01").stderr()).contains("Operation not permitted");
        assertThat(refused(container, "swapoff -a; mount -t ext4 /dev/vda /mnt"))
                .isNotEmpty();
        assertThat(refused(container, "chroot /proc/1/root nice -n -20 true; head -c 1 /dev/mem"))
                .isNotEmpty();
    }

    @Test
    void filesOfTheHostThatAreSeenBelongToNobody() {
        Container container = host.start(Config.ofImage("alpine")
                .init("/bin/sleep", "1000000")
                .mount(Mount.bind(Path.of("/etc"), "/host").readOnly()));
        assertThat(container.exec("stat", "-c", "%u:%g", "/host/shadow").stdout())
                .startsWith("65534:");
        assertThat(refused(container, "cat /host/shadow")).contains("Permission denied");
        assertThat(refused(container, "mount -o remount,bind,rw /host; echo x >>/host/passwd"))
                .isNotEmpty();
    }

    /** What a mount forbids is locked, for a container that dies with its JVM and for one that is kept. */
    @ParameterizedTest
    @EnumSource
    void whatAMountForbidsCanNotBeLifted(OnExit fate, @TempDir Path shared) throws IOException {
        Path file = Files.writeString(shared.resolve("file"), "of the host");
        Path tool = Files.copy(Path.of("/bin/busybox"), shared.resolve("tool"));
        Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));
        Config config = Config.ofImage("alpine")
                .init("/bin/sleep", "1000000")
                .onExit(fate)
                .mount(TestLxj.shared(Mount.bind(shared, "/shifted").readOnly()))
                .mount(Mount.bind(shared, "/plain").readOnly().noExec())
                .mount(TestLxj.shared(Mount.bind(file, "/etc/one").readOnly()));
        Container container = host.start(
                Caller.isRoot() ? config.mount(Mount.bind(shared, "/writable").shifted()) : config);
        for (String folder : List.of("/shifted", "/plain")) {
            assertThat(refused(container, "mount -o remount,bind,rw " + folder)).contains("ermission denied");
            assertThat(refused(container, "echo x >" + folder + "/file")).contains("Read-only file system");
            assertThat(refused(container, "mount --bind " + folder + " /mnt && mount -o remount,bind,rw,exec /mnt"))
                    .contains("ermission denied");
            assertThat(refused(container, "echo x >/mnt/new")).contains("Read-only file system");
        }
        assertThat(refused(container, "mount -o remount,bind,exec,ro /plain; /plain/tool true"))
                .contains("ermission denied");
        assertThat(refused(container, "mount -o remount,bind,rw /etc/one || echo x >/etc/one"))
                .contains("Read-only file system");
        assertThat(refused(container, "unshare -m mount -o remount,bind,rw /shifted"))
                .contains("ermission denied");
        assertThat(file).hasContent("of the host");
        if (Caller.isRoot()) {
            assertThat(container
                            .exec("sh", "-c", "echo x >/writable/new; cat /shifted/new")
                            .stdout())
                    .isEqualTo("x\n");
        }
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(shared.toString());
    }

    @Test
    void twoContainersShareNoId() throws IOException {
        List<Container> seen = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Container container = container();
            List<HostIds.Range> ids = HostIds.users(container);
            assertThat(HostIds.groups(container)).isEqualTo(ids).hasSize(1);
            long first = ids.get(0).first();
            assertThat(ids.get(0).last()).isEqualTo(first + 65_535);
            for (Container other : seen) {
                assertThat(HostIds.shared(container, other)).isEmpty();
            }
            seen.add(container);
            if (Caller.isRoot()) {
                assertThat(first).isBetween(1_879_048_192L, 2_147_287_040L);
            } else {
                assertThat(first).isGreaterThanOrEqualTo(OwnIds.first());
            }
        }
    }
}
