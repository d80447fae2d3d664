package io.lxj.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotTest {
    @TempDir
    Path folder;

    @Test
    void seesNothingWhereNothingWasLeft() throws Exception {
        Snapshot before = Snapshot.take(List.of(new ProcessProbe(), new FileDescriptorProbe(), new NetworkProbe()));

        assertThat(before.awaitNoLeaks()).isEmpty();
    }

    @Test
    void namesAndRemovesAProcessThatStillRuns() throws Exception {
        Snapshot before = Snapshot.take(List.of(new ProcessProbe()));
        Process left = new ProcessBuilder("sleep", "1000").start();

        List<Leak> leaks = before.leaksNow();

        assertThat(leaks).singleElement().satisfies(leak -> assertThat(leak.describe())
                .startsWith("process " + left.pid() + " [sleep] sleep 1000, "));
        leaks.get(0).remove(new AssertionError());
        assertThat(left.waitFor()).isEqualTo(128 + 9);
    }

    @Test
    void waitsForAProcessThatIsAboutToEnd() throws Exception {
        Snapshot before = Snapshot.take(List.of(new ProcessProbe()));
        Process ending = new ProcessBuilder("sleep", "0.2").start();

        assertThat(before.awaitNoLeaks()).isEmpty();
        assertThat(ending.waitFor()).isZero();
    }

    @Test
    void countsOpenFilesThatReferToTheSameThing() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "content");
        try (InputStream first = Files.newInputStream(file)) {
            Snapshot before = Snapshot.take(List.of(new FileDescriptorProbe()));
            try (InputStream second = Files.newInputStream(file)) {
                assertThat(before.leaksNow()).extracting(Leak::name).containsExactly(file.toString());
                assertThat(second.read()).isEqualTo(first.read());
            }
            assertThat(before.awaitNoLeaks()).isEmpty();
        }
    }

    @Test
    void findsWhatIsHalfMadeInAStateFolderButLetsImagesStay() throws Exception {
        Snapshot before = Snapshot.take(List.of(new StateFolderProbe(List.of(folder))));
        Files.createDirectories(folder.resolve("images/debian"));
        Files.createDirectories(folder.resolve("images/.import-1"));
        Files.createDirectories(folder.resolve("containers/web/rootfs"));

        assertThat(before.leaksNow())
                .extracting(Leak::describe)
                .containsExactlyInAnyOrder(
                        "entry of the state folder " + folder.resolve("images/.import-1") + " with []",
                        "entry of the state folder " + folder.resolve("containers/web") + " with [rootfs]");
    }

    @Test
    @NeedsRoot("mounts on the host")
    @NeedsCommand({"mount", "umount"})
    void namesAndRemovesAMountBelowTheTemporaryFolder() throws Exception {
        Path point = Files.createDirectory(folder.resolve("mount point"));
        Snapshot before = Snapshot.take(List.of(new MountProbe()));
        assertThat(Host.run("mount", "-t", "tmpfs", "left", point.toString()).waitFor())
                .isZero();

        List<Leak> leaks = before.leaksNow();

        assertThat(leaks).extracting(Leak::describe).containsExactly("mount " + point + " (tmpfs of left, /)");
        leaks.get(0).remove(new AssertionError());
        assertThat(before.awaitNoLeaks()).isEmpty();
    }
}
