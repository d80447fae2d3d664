package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Config;
import io.lxj.error.LxjException;
import io.lxj.image.SystemTar;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.TestRootfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * CVE-2026-41579 and CVE-2026-47766: images that have links where folders are expected, to a place of the host or to
 * themselves. Whoever runs lxj, none is followed out of the container's root.
 */
@NeedsContainers
@NeedsRootfs("busybox")
@NeedsCommand("tar")
@LeaksNothing
@Timeout(300)
class LinkedFoldersThreatsTest {
    @RegisterExtension
    static final TestLxj host = TestLxj.of("busybox");

    @TempDir
    Path folder;

    private Path rootfs;
    private Path outside;

    @BeforeEach
    void extract() throws Exception {
        rootfs = Files.createDirectory(folder.resolve("rootfs"));
        outside = Files.createDirectory(folder.resolve("outside"));
        SystemTar.extract(TestRootfs.find("busybox"), rootfs, "--no-same-owner");
    }

    /** A container that has never been started, of an image with a link in a folder's place. */
    private Container create(String place, String target) throws Exception {
        Path link = rootfs.resolve(place);
        TestLxj.remove(link);
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, Path.of(target));
        Path archive = folder.resolve("image.tar");
        SystemTar.create(rootfs, archive, "--owner=0", "--group=0");
        Files.delete(link);
        host.lxj().images().importTarball("linked", archive);
        return host.create(Config.ofImage("linked").init("/bin/sleep", "1000000"));
    }

    /** What can lead out if somebody follows it: an absolute path, one that climbs, and those of processes of the host. */
    private List<String> targets(String place) {
        return List.of(
                outside.toString(),
                "..".concat("/..".repeat(20)) + outside,
                "/proc/self/root" + outside,
                "/proc/1/root" + outside,
                "/proc/self/cwd",
                Path.of(place).getFileName().toString());
    }

    private void remove(Container container) throws IOException {
        container.destroy();
        host.lxj().images().get("linked").delete();
        assertThat(outside).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "proc", "sys", "run"})
    void aFolderThatAFileSystemIsMountedOn(String place) throws Exception {
        for (String target : targets(place)) {
            Container container = create(place, target);
            assertThat(failure(container))
                    .as(target)
                    .contains("open /" + place)
                    .contains("a symbolic link where a folder must be");
            remove(container);
        }
    }

    private static String failure(Container container) {
        try {
            container.start();
            return "started";
        } catch (LxjException e) {
            return e.getMessage();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev/pts", "dev/shm", "dev/mqueue", "dev/console", "run/host", "sys/fs/cgroup", "proc/sys"})
    void aFolderThatIsCovered(String place) throws Exception {
        for (String target : targets(place)) {
            Container container = create(place, target);
            container.start();
            assertThat(container
                            .exec("grep", "-c", " /" + place + " ", "/proc/self/mountinfo")
                            .stdout())
                    .as(place + " leads to " + target)
                    .isNotEqualTo("0\n");
            assertThat(container.exec("test", "-L", "/" + place).exitCode()).isEqualTo(1);
            container.stop();
            remove(container);
        }
    }

    /** What lxj writes there, and what is written for its caller, is in the container, or refused. */
    @ParameterizedTest
    @ValueSource(strings = {"etc", "tmp", "root", "var", "srv"})
    void aFolderThatFilesAreIn(String place) throws Exception {
        for (String target : targets(place)) {
            Container container = create(place, target);
            boolean starts = failure(container).equals("started");
            try {
                container.files().write("/" + place + "/given", "of the container");
                assertThat(container.files().readText("/" + place + "/given")).isEqualTo("of the container");
            } catch (LxjException e) {
                assertThat(e).hasMessageContaining("/" + place);
            }
            if (starts) {
                container.exec("sh", "-c", "echo inside >/" + place + "/made");
                container.stop();
            }
            remove(container);
        }
    }

    @Test
    void aLinkInEveryPlaceAtOnce() throws Exception {
        for (String place : List.of("etc", "tmp", "root", "var", "srv", "mnt", "opt", "home", "lib", "usr")) {
            Path link = rootfs.resolve(place);
            TestLxj.remove(link);
            Files.createSymbolicLink(link, outside);
        }
        Container container = create("media", outside.toString());
        assertThat(failure(container)).isIn("started");
        container.stop();
        remove(container);
    }
}
