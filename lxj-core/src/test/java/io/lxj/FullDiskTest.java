package io.lxj;

import static io.lxj.TestLxj.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Config;
import io.lxj.config.ExitStatus;
import io.lxj.config.OnExit;
import io.lxj.config.State;
import io.lxj.error.LxjException;
import io.lxj.image.SystemTar;
import io.lxj.storage.OtherJvm;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.TestRootfs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A disk on which there is no room any more: what needs some says so, and what ends something goes on working. */
@NeedsRoot("mounts a disk")
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(120)
class FullDiskTest {
    private static final Config SLEEPER = Config.ofImage("i0").init("/bin/sleep", "1000000");
    private static final String NO_ROOM =
            "the file system of the state folder is full: remove images or containers, or make room";

    private Path disk;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createTempDirectory("lxj-full");
        run("mount -t tmpfs -o size=24m,mode=700 none " + disk);
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount " + disk);
        Files.delete(disk);
    }

    private static void run(String script) throws Exception {
        SystemTar.run(Path.of("/"), "sh", "-ec", script);
    }

    private void fill() throws Exception {
        run("head -c 100M /dev/zero >" + disk + "/filler 2>/dev/null || true");
    }

    private void makeRoom() throws Exception {
        run("rm " + disk + "/filler");
    }

    private static void importImages(Lxj lxj, int count) {
        for (int i = 0; i < count; i++) {
            lxj.images().importTarball("i" + i, TestRootfs.find("alpine"));
        }
    }

    @Test
    void whatNeedsRoomSaysThatThereIsNone() throws Exception {
        try (Lxj lxj = Lxj.open(disk)) {
            assertThatThrownBy(() -> importImages(lxj, 10))
                    .isInstanceOf(LxjException.class)
                    .hasMessageContaining("ENOSPC")
                    .hasMessageEndingWith(NO_ROOM);
            assertThat(disk.resolve("tmp")).isEmptyDirectory();
            Container container = lxj.containers().create("c1", SLEEPER);
            fill();
            for (Runnable change : List.<Runnable>of(
                    () -> lxj.containers().create("c2", SLEEPER),
                    () -> container.configure(SLEEPER.label("key", "x".repeat(5000))),
                    container::start)) {
                assertThatThrownBy(change::run)
                        .isInstanceOf(LxjException.class)
                        .hasMessageContaining("ENOSPC")
                        .hasMessageEndingWith(NO_ROOM);
            }
            assertThatThrownBy(() -> container.files().write("/root/file", new byte[100_000]))
                    .isInstanceOf(LxjException.class)
                    .hasMessageStartingWith("write /root/file in c1: ")
                    .hasMessageContaining("ENOSPC (")
                    .hasMessageEndingWith(
                            "; the file system is full; if it is that of the state folder, remove images or"
                                    + " containers, or make room");
            assertThat(container.files().list("/root")).isEmpty();
            assertThat(lxj.containers().list()).containsExactly(container);
            assertThat(container.state()).isEqualTo(State.STOPPED);
            assertThat(container.config()).isEqualTo(SLEEPER);
            makeRoom();
            container.start();
            assertThat(container.exec("echo", "room").stdout()).isEqualTo("room\n");
            container.stop();
            container.destroy();
        }
    }

    @Test
    void theEndOfAContainerNeedsNone() throws Exception {
        try (Lxj lxj = Lxj.open(disk)) {
            importImages(lxj, 1);
            for (OnExit fate : OnExit.values()) {
                Container container = lxj.containers().create("c1", SLEEPER.onExit(fate));
                container.start();
                try (ConsoleStream stream = container.console().follow()) {
                    fill();
                    ExitStatus exit = container.stop();
                    assertThat(exit.cause()).isEqualTo(ExitStatus.Cause.KILLED);
                    assertThat(stream.readAllBytes()).isEmpty();
                }
                assertThat(container.awaitState(State.STOPPED, LONG)).isTrue();
                container.destroy();
                makeRoom();
            }
        }
    }

    @Test
    @NeedsRootfs("busybox")
    void whatWasLeftBehindDoesNotKeepTheFolderFromBeingOpenedAndTidied() throws Exception {
        try (Lxj lxj = Lxj.open(disk)) {
            lxj.images().importTarball("busybox", TestRootfs.find("busybox"));
        }
        ProcessHandle process;
        try (OtherJvm other = OtherJvm.start(KeepingJvm.class, disk, disk.resolve("tmp"), "sleep 1000000", "end")) {
            process = ProcessHandle.of(Long.parseLong(other.line())).orElseThrow();
            assertThat(other.waitFor()).isZero();
        }
        fill();
        process.destroyForcibly();
        process.onExit().join();
        try (Lxj lxj = Lxj.open(disk)) {
            Container kept = lxj.containers().get("kept");
            assertThat(kept.state()).isEqualTo(State.STOPPED);
            kept.destroy();
            lxj.images().get("busybox").delete();
            assertThat(lxj.images().list()).isEmpty();
        }
    }
}
