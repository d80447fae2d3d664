package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Command;
import io.lxj.config.Config;
import io.lxj.config.ExecResult;
import io.lxj.config.ExitStatus;
import io.lxj.config.State;
import io.lxj.error.InvalidConfigException;
import io.lxj.error.LxjException;
import io.lxj.error.WrongStateException;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whole userlands boot with their own init, reboot, and halt as they do on a machine. */
@NeedsContainers
@LeaksNothing
@Timeout(600)
class BootTest {
    @RegisterExtension
    final TestLxj host = TestLxj.of();

    private Container boot(String image) throws IOException {
        host.add(image);
        return host.start(image);
    }

    @Test
    @NeedsRootfs("debian-12")
    void debian12BootsWithoutAFailedUnitAndPowersOff() throws IOException {
        bootsWithoutAFailedUnit(boot("debian-12"));
    }

    @Test
    @NeedsRootfs("debian-13")
    void debian13BootsWithoutAFailedUnitAndPowersOff() throws IOException {
        bootsWithoutAFailedUnit(boot("debian-13"));
    }

    @Test
    @NeedsRootfs("debian-12")
    void systemdPassesCredentialsOn() throws IOException {
        host.add("debian-12");
        Container debian = host.start(Config.ofImage("debian-12").credential("db.password", "s3cret"));
        awaitSystemd(debian);
        assertThat(debian.exec("systemd-creds", "--system", "cat", "db.password")
                        .stdout())
                .isEqualTo("s3cret");
        assertThat(debian.exec(
                                "systemd-run",
                                "--pipe",
                                "--quiet",
                                "--property=LoadCredential=db.password",
                                "sh",
                                "-c",
                                "cat $CREDENTIALS_DIRECTORY/db.password")
                        .stdout())
                .isEqualTo("s3cret");
        debian.stop();
    }

    private static void bootsWithoutAFailedUnit(Container debian) {
        ExecResult state = awaitSystemd(debian);
        String failed = debian.exec("systemctl", "list-units", "--failed", "--plain", "--no-legend")
                .stdout();
        assertThat(failed).isEmpty();
        assertThat(state.stdout()).isEqualTo("running\n");
        ExitStatus exit = debian.shutdown(TestLxj.LONG);
        assertThat(exit.cause()).as(exit.toString()).isEqualTo(ExitStatus.Cause.HALTED);
        assertThat(debian.state()).isEqualTo(State.STOPPED);
        assertThat(debian.lastExit()).contains(exit);
    }

    static ExecResult awaitSystemd(Container container) {
        // systemctl needs the socket of the manager, which is made early in the boot.
        container.exec(Command.of("sh", "-c", "until test -S /run/systemd/private; do sleep 0.1; done")
                .timeout(TestLxj.LONG));
        return container.exec(
                Command.of("systemctl", "is-system-running", "--wait").timeout(TestLxj.LONG));
    }

    @Test
    @NeedsRootfs("debian-12")
    void aRebootFromInsideDebianBootsItAgain() throws Exception {
        Container debian = boot("debian-12");
        awaitSystemd(debian);
        String first = bootId(debian);
        long pid = debian.pid().orElseThrow();
        var ended = debian.onExit();
        TestLxj.fire(debian, "systemctl", "reboot");
        assertThat(ended.get(120, TimeUnit.SECONDS).cause()).isEqualTo(ExitStatus.Cause.REBOOTED);
        assertThat(debian.awaitState(State.RUNNING, TestLxj.LONG)).isTrue();
        assertThat(awaitSystemd(debian).stdout()).isEqualTo("running\n");
        assertThat(debian.pid().orElseThrow()).isNotEqualTo(pid);
        assertThat(bootId(debian)).isNotEqualTo(first);
        debian.reboot();
        assertThat(debian.state()).isEqualTo(State.RUNNING);
        assertThat(awaitSystemd(debian).stdout()).isEqualTo("running\n");
    }

    /** The boot id is the host's; the journal's time of the manager's start is the container's own. */
    private static String bootId(Container debian) {
        return debian.exec("systemctl", "show", "--property", "UserspaceTimestampMonotonic")
                .stdout();
    }

    private static void awaitOpenRc(Container openrc) {
        openrc.exec(
                Command.of("sh", "-c", "until rc-status --runlevel 2>/dev/null | grep -q default; do sleep 0.2; done")
                        .timeout(TestLxj.LONG));
    }

    @Test
    @NeedsRootfs("debian-12-openrc")
    void openRcBootsAndHaltsOnItsSignal() throws Exception {
        Container openrc = boot("debian-12-openrc");
        awaitOpenRc(openrc);
        halts(openrc);
    }

    @Test
    @NeedsRootfs("debian-12-openrc")
    void sysvinitWithOpenRcRebootsAndPowersOffFromInside() throws Exception {
        Container openrc = boot("debian-12-openrc");
        awaitOpenRc(openrc);
        rebootsFromInside(openrc, "reboot");
        awaitOpenRc(openrc);
        var ended = openrc.onExit();
        TestLxj.fire(openrc, "poweroff");
        assertThat(ended.get(120, TimeUnit.SECONDS).cause()).isEqualTo(ExitStatus.Cause.HALTED);
        assertThat(openrc.state()).isEqualTo(State.STOPPED);
    }

    @Test
    @NeedsRootfs("debian-12-openrc")
    void theInitOfOpenRcItselfBootsRebootsAndHaltsOnItsSignals() throws Exception {
        host.add("debian-12-openrc");
        try (ImageBuilder builder =
                host.lxj().images().builder(host.lxj().images().get("debian-12-openrc"))) {
            builder.run("ln", "-sf", "openrc-init", "/usr/sbin/init").build("openrc-init");
        }
        Container openrc = host.start("openrc-init");
        awaitOpenRc(openrc);
        assertThat(openrc.exec("readlink", "/proc/1/exe").stdout()).isEqualTo("/usr/sbin/openrc-init\n");
        var ended = openrc.onExit();
        openrc.reboot();
        assertThat(ended.get(120, TimeUnit.SECONDS).cause()).isEqualTo(ExitStatus.Cause.REBOOTED);
        awaitOpenRc(openrc);
        halts(openrc);
    }

    /** By whatever command it takes. */
    private static void rebootsFromInside(Container container, String... command) throws Exception {
        long pid = container.pid().orElseThrow();
        var ended = container.onExit();
        TestLxj.fire(container, "sh", "-c", String.join(" ", command));
        assertThat(ended.get(120, TimeUnit.SECONDS).cause()).isEqualTo(ExitStatus.Cause.REBOOTED);
        assertThat(container.awaitState(State.RUNNING, TestLxj.LONG)).isTrue();
        assertThat(container.pid().orElseThrow()).isNotEqualTo(pid);
    }

    @Test
    @NeedsRootfs("alpine")
    void alpineBootsRebootsAndHalts() throws Exception {
        Container alpine = boot("alpine");
        assertThat(alpine.exec("cat", "/proc/1/comm").stdout()).isEqualTo("init\n");
        assertThat(alpine.exec("cat", "/etc/os-release").stdout()).contains("ID=alpine");
        rebootsFromInside(alpine, "reboot");
        alpine.reboot();
        assertThat(alpine.exec("echo", "third").stdout()).isEqualTo("third\n");
        halts(alpine);
    }

    @Test
    @NeedsRootfs("debian-12")
    void anyInitCanSayThatItHasBooted() throws Exception {
        host.add("debian-12");
        Config quiet = Config.ofImage("debian-12")
                .init(
                        "/bin/sh",
                        "-c",
                        "until test -e /run/go; do sleep 0.05; done; systemd-notify --ready; sleep 1000000");
        // Nobody can know that it will say so.
        Container other = host.start(quiet);
        other.awaitReady(Duration.ZERO);
        Container told = host.start(quiet.env("NOTIFY_SOCKET", "/run/host/notify"));
        assertThatThrownBy(() -> told.awaitReady(Duration.ofMillis(200)))
                .hasMessageContaining("it has not booted within 200 ms");
        told.files().write("/run/go", "");
        told.awaitReady(TestLxj.LONG);
    }

    @Test
    @NeedsRootfs("debian-12")
    @NeedsRoot("connects to a socket of the container's root")
    void theHostConnectsToSocketsThatTheContainerExports() throws Exception {
        host.add("debian-12");
        Container debian = host.start(Config.ofImage("debian-12").init("/bin/sleep", "1000000"));
        String folder = "/run/host/unix-export";
        ContainerProcess echo =
                debian.process("systemd-socket-activate", "--listen", folder + "/echo", "--accept", "--inetd", "cat");
        debian.exec(Command.of("sh", "-c", "until test -S " + folder + "/echo; do sleep 0.05; done")
                .timeout(TestLxj.LONG));
        try (SocketChannel channel = debian.connect("echo")) {
            channel.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8)));
            channel.shutdownOutput();
            assertThat(new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("hello");
        }
        debian.exec(
                "sh", "-c", "cd " + folder + "; ln -s echo link; ln -s /proc/1/root/run/systemd/notify out; : >file");
        for (String link : List.of("link", "out")) {
            assertThatThrownBy(() -> debian.connect(link))
                    .hasMessageStartingWith("connect to " + link + " of " + debian.name())
                    .satisfies(e ->
                            assertThat(((LxjException) e).errno().orElse("")).isIn("ELOOP", "ENOTSOCK"));
        }
        assertThatThrownBy(() -> debian.connect("file")).hasMessageContaining("ENOTSOCK (");
        assertThatThrownBy(() -> debian.connect("none"))
                .hasMessageContaining("ENOENT (")
                .hasMessageEndingWith("; nothing in the container has bound that socket, or not yet");
        for (String name : List.of("", ".", "..", "a/b", "../notify", "a\0b")) {
            assertThatThrownBy(() -> debian.connect(name)).isInstanceOf(InvalidConfigException.class);
        }
        echo.destroyForcibly().waitFor();
        assertThatThrownBy(() -> debian.connect("echo")).hasMessageContaining("Connection refused");
        debian.stop();
        assertThatThrownBy(() -> debian.connect("echo")).isInstanceOf(WrongStateException.class);
    }

    @Test
    @NeedsRootfs("busybox")
    void busyboxBootsAndHaltsOnItsSignal() throws IOException {
        Container busybox = boot("busybox");
        assertThat(busybox.exec("cat", "/proc/1/comm").stdout()).isEqualTo("init\n");
        halts(busybox);
    }

    private static void halts(Container container) {
        ExitStatus exit = container.shutdown(TestLxj.LONG);
        assertThat(exit.cause()).as(exit.toString()).isEqualTo(ExitStatus.Cause.HALTED);
        assertThat(exit.isClean()).isTrue();
        assertThat(container.state()).isEqualTo(State.STOPPED);
    }

    @Test
    @NeedsRootfs("busybox")
    void rebootingByForceFromInsideStartsItAgain() throws Exception {
        Container busybox = boot("busybox");
        long pid = busybox.pid().orElseThrow();
        var ended = busybox.onExit();
        TestLxj.fire(busybox, "reboot", "-f");
        assertThat(ended.get(60, TimeUnit.SECONDS).cause()).isEqualTo(ExitStatus.Cause.REBOOTED);
        assertThat(busybox.state()).isEqualTo(State.RUNNING);
        assertThat(busybox.pid().orElseThrow()).isNotEqualTo(pid);
        assertThat(busybox.exec("echo", "again").stdout()).isEqualTo("again\n");
    }

    @Test
    @NeedsRootfs("busybox")
    void rebootingInOrderFromInsideStartsItAgain() throws Exception {
        Container busybox = boot("busybox");
        var ended = busybox.onExit();
        TestLxj.fire(busybox, "reboot");
        assertThat(ended.get(60, TimeUnit.SECONDS).cause()).isEqualTo(ExitStatus.Cause.REBOOTED);
        assertThat(busybox.exec("echo", "again").stdout()).isEqualTo("again\n");
        busybox.reboot();
        assertThat(busybox.exec("echo", "third").stdout()).isEqualTo("third\n");
    }

    @Test
    @NeedsRootfs("busybox")
    void poweringOffAndHaltingFromInsideEndItForGood() throws Exception {
        Container busybox = boot("busybox");
        for (String command : new String[] {"poweroff", "halt", "poweroff -f", "halt -f"}) {
            if (busybox.state() == State.STOPPED) {
                busybox.start();
            }
            var ended = busybox.onExit();
            TestLxj.fire(busybox, "sh", "-c", command);
            assertThat(ended.get(60, TimeUnit.SECONDS).cause()).as(command).isEqualTo(ExitStatus.Cause.HALTED);
            assertThat(busybox.state()).isEqualTo(State.STOPPED);
        }
    }

    @Test
    @NeedsRootfs("busybox")
    void whatDoesNotShutDownInTimeIsKilled() throws IOException {
        host.add("busybox");
        Container deaf = host.start(io.lxj.config.Config.ofImage("busybox")
                .init("/bin/sh", "-c", "trap '' TERM; while :; do sleep 1; done"));
        ExitStatus exit = deaf.shutdown(Duration.ofMillis(100));
        assertThat(exit).isEqualTo(ExitStatus.killed("it did not shut down within 100 ms"));
        assertThat(deaf.state()).isEqualTo(State.STOPPED);
    }
}
