package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Command;
import io.lxj.config.Config;
import io.lxj.config.Device;
import io.lxj.config.DeviceAccess;
import io.lxj.config.ExecResult;
import io.lxj.config.User;
import io.lxj.error.InvalidConfigException;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The devices of a configuration, and all others, as the processes of a running container meet them. What the filter
 * denies fails with EPERM; what it allows may still lack its driver on this host.
 */
@NeedsRoot("gives containers devices")
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(120)
class ContainerDevicesTest {
    private static final String DENIED = "Operation not permitted";
    private static final Config SLEEPER = Config.ofImage("alpine").init("/bin/sleep", "1000000");

    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    @TempDir
    Path folder;

    private static String errors(Container container, String script) {
        return container.exec("sh", "-c", script).stderr();
    }

    /** Tries each access to each path; {@code true} is no special builtin, so the shell survives a failed redirection. */
    private static String tries(String... paths) {
        StringBuilder script = new StringBuilder();
        for (String path : paths) {
            script.append("echo ")
                    .append(path)
                    .append("; true <")
                    .append(path)
                    .append("; true >>")
                    .append(path);
            script.append(';');
        }
        return script.toString();
    }

    @Test
    void initAndCommandsMayUseWhatIsConfiguredAndNothingElse() {
        String nodes = "exec >/tmp/said 2>&1; mknod /tmp/kmsg c 1 11; mknod /tmp/fuse c 10 229; mknod /tmp/loop b 7 0;";
        String tries = tries("/dev/log/kernel", "/tmp/kmsg", "/tmp/fuse", "/tmp/loop", "/dev/null");
        Container container = host.start(Config.ofImage("alpine")
                .privileged()
                .device(Device.character(1, 11, "/dev/log/kernel")
                        .access(DeviceAccess.WRITE, DeviceAccess.MKNOD)
                        .mode(0622))
                .init("/bin/sh", "-c", nodes + tries + " mv /tmp/said /tmp/done; exec sleep 1000000"));
        String init = container
                .exec("sh", "-c", "until test -e /tmp/done; do sleep 0.02; done; cat /tmp/done")
                .stdout();
        // Both names of the device of the configuration may be written to.
        assertThat(init).isEqualTo("""
                        /dev/log/kernel
                        /bin/sh: can't open /dev/log/kernel: Operation not permitted
                        /tmp/kmsg
                        /bin/sh: can't open /tmp/kmsg: Operation not permitted
                        /tmp/fuse
                        /bin/sh: can't open /tmp/fuse: Operation not permitted
                        /bin/sh: can't create /tmp/fuse: Operation not permitted
                        /tmp/loop
                        /bin/sh: can't open /tmp/loop: Operation not permitted
                        /bin/sh: can't create /tmp/loop: Operation not permitted
                        /dev/null
                        """);
        assertThat(container.exec("/bin/sh", "-c", "exec 2>&1; " + tries).stdout())
                .isEqualTo(init);
        assertThat(container
                        .exec("stat", "-c", "%F %t:%T %a %u %g", "/dev/log/kernel")
                        .stdout())
                .isEqualTo("character special file 1:b 622 0 0\n");
        // A cgroup of its own making doesn't free a process.
        assertThat(errors(
                        container,
                        "mkdir /sys/fs/cgroup/own; echo $$ >/sys/fs/cgroup/own/cgroup.procs; cat </tmp/fuse"))
                .contains(DENIED);
    }

    @Test
    void whatIsConfiguredForOneContainerIsDeniedToAnother() {
        Device loop = Device.block(7, 0, "/dev/disk").access(DeviceAccess.READ);
        Container with = host.start(SLEEPER.device(loop));
        Container without = host.start(SLEEPER);
        assertThat(errors(with, "true </dev/disk")).doesNotContain(DENIED);
        assertThat(errors(with, "true >>/dev/disk")).contains(DENIED);
        assertThat(errors(without, "mknod /dev/disk b 7 0; true </dev/disk")).contains(DENIED);
        assertThat(errors(without, "true </dev/zero; true >/dev/full")).isEmpty();
    }

    @Test
    void aNodeOfTheHostHasItsModeAndOwnerToo() throws Exception {
        Path node = folder.resolve("node");
        String make = "mknod -m 640 " + node + " c 10 229 && chown 1234:5678 " + node;
        assertThat(new ProcessBuilder("sh", "-c", make).inheritIO().start().waitFor())
                .isZero();
        Container container = host.start(SLEEPER.device(Device.host(node, "/dev/some/where/fuse")));
        ExecResult stat = container.exec("stat", "-c", "%F %t:%T %a %u %g", "/dev/some/where/fuse");
        assertThat(stat.stdout()).isEqualTo("character special file a:e5 640 1234 5678\n");
        Command read = Command.of("sh", "-c", "true </dev/some/where/fuse");
        assertThat(container.exec(read.user(User.id(4242, 5678))).stderr()).doesNotContain("ermi");
        assertThat(container.exec(read.user(User.id(4242, 4242))).stderr()).contains("Permission denied");
    }

    @Test
    void whatIsNoDeviceIsRefused() {
        assertThatThrownBy(() -> host.lxj()
                        .containers()
                        .create("none", SLEEPER.device(Device.host(Path.of("/dev/no-such-device")))))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageStartingWith(
                        "devices: source of /dev/no-such-device: \"/dev/no-such-device\" is not allowed; ")
                .hasMessageContaining("a device node that is there on this host");
        assertThat(host.lxj().containers().find("none")).isEmpty();
        Container container = host.create(SLEEPER);
        assertThatThrownBy(
                        () -> container.configure(SLEEPER.device(Device.host(Path.of("/etc/passwd"), "/dev/passwd"))))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessage(
                        "devices: source of /dev/passwd: \"/etc/passwd\" is not allowed; allowed: a device node; files"
                                + " and folders are mounted with Mount.bind(...)");
        assertThat(container.config()).isEqualTo(SLEEPER);
    }

    @Test
    void aDeviceThatIsGoneByThenIsRefusedAtTheStart() throws Exception {
        Path node = folder.resolve("node");
        assertThat(new ProcessBuilder("mknod", node.toString(), "c", "10", "229")
                        .start()
                        .waitFor())
                .isZero();
        Container container = host.create(SLEEPER.device(Device.host(node, "/dev/fuse")));
        Files.delete(node);
        assertThatThrownBy(container::start)
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageStartingWith("devices: source of /dev/fuse: \"" + node + "\"");
    }
}
