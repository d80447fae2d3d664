package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Config;
import io.lxj.config.Device;
import io.lxj.config.DeviceAccess;
import io.lxj.config.OnExit;
import io.lxj.config.State;
import io.lxj.error.AlreadyExistsException;
import io.lxj.error.InvalidConfigException;
import io.lxj.error.LxjException;
import io.lxj.error.NotFoundException;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Devices that are given to running containers and taken from them, as their processes meet them. */
@NeedsRoot("gives containers devices")
@NeedsRootfs("busybox")
@LeaksNothing
@Timeout(120)
class LiveDevicesTest {
    private static final Config SLEEPER = Config.ofImage("busybox").init("/bin/sleep", "1000000");
    private static final Device FUSE = Device.host(Path.of("/dev/fuse"));
    private static final Device LOOP = Device.block(7, 0, "/dev/disk").access(DeviceAccess.READ);
    private static final int REPLACEMENTS = 200;
    private static final int OPENINGS = 2000;
    private static final String DENIED = "Operation not permitted";

    @RegisterExtension
    static final TestLxj host = TestLxj.of("busybox");

    private static String run(Container container, String script) {
        return container.exec("sh", "-c", "exec 2>&1; " + script).stdout();
    }

    @Test
    void aDeviceWorksFromTheMomentThatItIsAdded() {
        Container container = host.start(SLEEPER);
        assertThat(run(container, "true </dev/fuse")).contains("no such file");
        container.addDevice(FUSE);
        assertThat(run(container, "true </dev/fuse; stat -c '%F %t:%T %a %u:%g' /dev/fuse"))
                .isEqualTo("character special file a:e5 " + mode("/dev/fuse") + " 0:0\n");
        container.addDevice(LOOP);
        assertThat(run(container, "true </dev/disk")).isEmpty();
        assertThat(run(container, "true >>/dev/disk")).contains(DENIED);
        // The one that was added first still works, and so do the standard ones.
        assertThat(run(container, "true </dev/fuse; true </dev/null")).isEmpty();
    }

    private static String mode(String node) {
        try {
            return Integer.toOctalString((int) Files.getAttribute(Path.of(node), "unix:mode") & 07777);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void foldersOnTheWayBelongToTheContainersRoot() {
        Container container = host.start(SLEEPER);
        container.addDevice(Device.character(10, 200, "/dev/net/of/tun").mode(0666));
        assertThat(run(container, "stat -c '%a %u:%g' /dev/net /dev/net/of /dev/net/of/tun"))
                .isEqualTo("755 0:0\n755 0:0\n666 0:0\n");
        // There is no such device without its driver; the filter is asked first.
        assertThat(run(container, "true </dev/net/of/tun")).doesNotContain(DENIED);
    }

    @Test
    void aRemovedDeviceIsDeniedUnderEveryName() {
        Container container = host.start(SLEEPER.device(FUSE).device(LOOP));
        assertThat(run(container, "ln /dev/fuse /dev/own; true </dev/own")).isEmpty();
        container.removeDevice(FUSE);
        assertThat(run(container, "true </dev/own")).contains(DENIED);
        assertThat(run(container, "ls /dev/fuse")).contains("No such file");
        assertThat(run(container, "true </dev/disk")).isEmpty();
        assertThat(container.config().devices()).containsExactly(LOOP);
    }

    @Test
    void aNodeThatRootMadeItselfIsNoWayRound() {
        Container container = host.start(SLEEPER.privileged());
        assertThat(run(container, "mknod /tmp/own c 10 229; true </tmp/own")).contains(DENIED);
        container.addDevice(FUSE);
        assertThat(run(container, "true </tmp/own")).isEmpty();
        container.removeDevice("/dev/fuse");
        assertThat(run(container, "true </tmp/own")).contains(DENIED);
    }

    /** Programs that use devices all the time meet no moment without a filter, and none in which it denies what is theirs. */
    @Test
    void aFilterIsReplacedWithoutAMomentBetween() throws IOException {
        Container container = host.start(SLEEPER.privileged().device(FUSE));
        Process user = container.process(
                "sh",
                "-c",
                "exec 2>/dev/null; mknod /tmp/log c 1 11; touch /run/on; echo ready; i=0; while test -e /run/on; do"
                        + " true </dev/fuse || echo denied; true </tmp/log && echo allowed; i=$((i+1));"
                        + " test $i = " + OPENINGS + " && touch /run/enough; done; echo done");
        BufferedReader said = user.inputReader();
        assertThat(said.readLine()).isEqualTo("ready");
        for (int i = 0; i < REPLACEMENTS || !container.files().exists("/run/enough") && user.isAlive(); i++) {
            container.addDevice(LOOP);
            container.removeDevice(LOOP);
        }
        run(container, "rm /run/on");
        assertThat(said.lines()).containsExactly("done");
    }

    @Test
    void aRestartKeepsWhatWasAddedAndForgetsWhatWasRemoved() {
        Container container = host.create(SLEEPER.device(LOOP));
        container.addDevice(FUSE);
        container.start();
        container.removeDevice(LOOP);
        container.stop();
        container.start();
        assertThat(run(container, "true </dev/fuse; ls /dev/disk"))
                .startsWith("ls: ")
                .contains("No such file");
    }

    @Test
    void noLinkAndNoMountOfTheContainerLeadsOutOfItsDev() {
        Container container = host.start(SLEEPER);
        run(container, "ln -s /etc /dev/link; mkdir /dev/mount; mount --bind /etc /dev/mount; ln -s /etc/x /dev/last");
        for (String folder : new String[] {"link", "mount"}) {
            assertThatThrownBy(() -> container.addDevice(Device.character(10, 229, "/dev/" + folder + "/fuse")))
                    .isInstanceOf(LxjException.class)
                    .hasMessageStartingWith("add /dev/" + folder + "/fuse to " + container.name())
                    .hasMessageContaining("a link or a mount of its own on the way");
        }
        assertThatThrownBy(() -> container.addDevice(Device.character(10, 229, "/dev/last")))
                .isInstanceOf(AlreadyExistsException.class);
        run(container, "umount /dev/mount; umount -l /dev; rmdir /dev; ln -s /etc /dev");
        assertThatThrownBy(() -> container.addDevice(FUSE)).isInstanceOf(LxjException.class);
        assertThat(run(container, "ls /etc/fuse /etc/x").lines())
                .hasSize(2)
                .allMatch(line -> line.contains("No such file"));
        assertThat(Path.of("/etc/fuse")).doesNotExist();
        assertThat(container.config().devices()).isEmpty();
    }

    @Test
    void theDoorIsClosedEvenIfTheNodeCantBeRemoved() {
        Container container = host.start(SLEEPER.device(FUSE));
        run(container, "ln /dev/fuse /dev/own; mount --bind /dev/null /dev/fuse");
        container.removeDevice(FUSE);
        assertThat(run(container, "umount /dev/fuse; true </dev/fuse")).contains(DENIED);
        assertThat(run(container, "true </dev/own")).contains(DENIED);
    }

    @Test
    void whatIsThereAlreadyAndWhatIsNotIsSaid() {
        Container container = host.start(SLEEPER.device(FUSE));
        assertThatThrownBy(() -> container.addDevice(Device.character(1, 11, "/dev/fuse")))
                .isInstanceOf(AlreadyExistsException.class)
                .hasMessageStartingWith("device /dev/fuse: exists already");
        run(container, "echo mine >/dev/file");
        assertThatThrownBy(() -> container.addDevice(Device.character(1, 11, "/dev/file")))
                .isInstanceOf(AlreadyExistsException.class)
                .hasMessageStartingWith("file /dev/file: exists already");
        assertThat(run(container, "cat /dev/file")).isEqualTo("mine\n");
        assertThatThrownBy(() -> container.addDevice(Device.host(Path.of("/dev/no-such-device"))))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageStartingWith("devices: source of /dev/no-such-device: ");
        assertThatThrownBy(() -> container.removeDevice("/dev/no-such-device"))
                .isInstanceOf(NotFoundException.class)
                .hasMessageStartingWith("device /dev/no-such-device: not found");
        assertThat(container.config().devices()).containsExactly(FUSE);
    }

    @Test
    void whatIsConfiguredForTheNextStartIsNotOpenedBySideEffect() {
        Container container = host.start(SLEEPER.privileged());
        container.configure(container.config().device(FUSE));
        container.addDevice(LOOP);
        assertThat(run(container, "mknod /tmp/own c 10 229; true </tmp/own")).contains(DENIED);
        container.removeDevice(FUSE);
        assertThat(container.config().devices()).containsExactly(LOOP);
    }

    @Test
    void anotherLxjGoesOnWithWhatTheFirstGave() throws Exception {
        Container container = host.start(SLEEPER.onExit(OnExit.KEEP).device(LOOP));
        container.addDevice(FUSE);
        try (Lxj other = Lxj.open(host.folder())) {
            Container same = other.containers().get(container.name());
            same.removeDevice(LOOP);
            assertThat(run(same, "true </dev/fuse; true </dev/disk"))
                    .contains("no such file")
                    .doesNotContain("fuse");
        }
        assertThat(container.state()).isEqualTo(State.RUNNING);
        container.removeDevice(FUSE);
        assertThat(run(container, "ls /dev/fuse /dev/disk").lines()).hasSize(2);
    }
}
