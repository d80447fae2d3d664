package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lxj.config.Config;
import io.lxj.config.Device;
import io.lxj.config.State;
import io.lxj.error.FreezeException;
import io.lxj.error.LxjException;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What can't be suspended, or not be resumed, in time. */
@NeedsContainers
@NeedsRootfs("busybox")
@LeaksNothing
@Timeout(120)
class FreezeTest {
    private static final Duration SHORT = Duration.ofMillis(200);

    @RegisterExtension
    static final TestLxj host = TestLxj.of("busybox");

    @Test
    @NeedsRoot("gives a container a device")
    void namesTheProcessThatWaitsForAServerOfFilesThatDoesNotAnswer() throws Exception {
        Container container = host.start(
                Config.ofImage("busybox").init("/bin/sleep", "1000000").device(Device.host(Path.of("/dev/fuse"))));
        ContainerProcess hung = container.process(
                "sh",
                "-c",
                "mkdir /mnt; exec 3<>/dev/fuse; mount -t fuse -o fd=3,rootmode=40000,user_id=0,group_id=0 hung /mnt; exec ls /mnt");
        Path stat = Path.of("/proc/" + hung.pid() + "/stat");
        while (!Files.readString(stat).contains(" (ls) D ")) {
            Thread.sleep(10);
        }
        FreezeException failure = catchThrowableOfType(FreezeException.class, () -> container.freeze(SHORT));
        assertThat(failure.processes()).hasSize(1).first().satisfies(process -> {
            assertThat(process.pid()).isEqualTo(hung.pid()).isEqualTo(process.thread());
            assertThat(process.name()).isEqualTo("ls");
            assertThat(process.state()).isEqualTo('D');
            assertThat(process.waitsIn()).startsWith("fuse_");
        });
        assertThat(failure)
                .hasMessageStartingWith("freeze " + container.name() + ": not all processes stopped within 200 ms: "
                        + hung.pid() + " (ls) in state D, in fuse_");
        assertThat(container.state()).isEqualTo(State.RUNNING);
        assertThat(container.exec("echo", "goes on").stdout()).isEqualTo("goes on\n");
        CompletableFuture<?> freezing = CompletableFuture.runAsync(() -> container.freeze(TestLxj.LONG));
        assertThat(container.awaitState(State.FREEZING, TestLxj.LONG)).isTrue();
        assertThat(container.state()).isEqualTo(State.FREEZING);
        assertThatThrownBy(container::freeze)
                .hasMessage("freeze " + container.name() + ": the container can't go from FREEZING to FREEZING; it is"
                        + " being frozen already, and next can only be RUNNING or FROZEN or STOPPING");
        hung.destroyForcibly().waitFor();
        freezing.get(60, TimeUnit.SECONDS);
        assertThat(container.state()).isEqualTo(State.FROZEN);
    }

    @Test
    @NeedsRoot("freezes the cgroup that all containers are in, which is out of an ordinary user's own reach")
    void saysSoWhenAllContainersAreFrozen() throws Exception {
        Container container = host.start(Config.ofImage("busybox").init("/bin/sleep", "1000000"));
        container.freeze();
        Path all = CgroupFiles.of(container).getParent().resolve("cgroup.freeze");
        Files.writeString(all, "1");
        try {
            assertThatThrownBy(() -> container.unfreeze(SHORT))
                    .isInstanceOf(LxjException.class)
                    .hasMessageStartingWith("unfreeze " + container.name()
                            + ": its processes are still suspended after 200 ms; a cgroup above ");
        } finally {
            Files.writeString(all, "0");
        }
        assertThat(container.exec("echo", "goes on").stdout()).isEqualTo("goes on\n");
    }
}
