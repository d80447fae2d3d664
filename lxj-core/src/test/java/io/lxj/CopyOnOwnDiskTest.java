package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Config;
import io.lxj.config.ExecResult;
import io.lxj.config.Storage;
import io.lxj.error.LxjException;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.TestRootfs;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Copies on a file system that nobody else uses: nothing there keeps it from being remounted. */
@NeedsRoot("mounts disks")
@NeedsRootfs("alpine")
@NeedsCommand({"mount", "umount", "mkfs.ext4", "truncate"})
@LeaksNothing
@Timeout(120)
class CopyOnOwnDiskTest {
    @TempDir
    Path folder;

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
                .as(String.join(" ", command))
                .isZero();
    }

    @Test
    void rootInsideCannotMakeTheDiskReadOnly() throws Exception {
        Path disk = folder.resolve("disk.ext4");
        Path point = Files.createDirectory(folder.resolve("disk"));
        run("truncate", "-s", "256M", disk.toString());
        run("mkfs.ext4", "-q", disk.toString());
        run("mount", "-o", "loop", disk.toString(), point.toString());
        try (Lxj lxj = Lxj.open(point.resolve("state"))) {
            Image alpine = lxj.images().importTarball("alpine", TestRootfs.find("alpine"));
            Container copy = lxj.containers()
                    .create(
                            "copy",
                            Config.of(alpine)
                                    .storage(Storage.COPY)
                                    .console(Config.of(alpine).console().noLog())
                                    .init("/bin/sh", "-c", "while :; do sleep 1000; done"));
            copy.start();
            ExecResult written = copy.exec("sh", "-c", "echo kept >/file && mv /usr /usr2 && mv /usr2 /usr");
            assertThat(written.stderr()).isEmpty();
            copy.exec("mount", "-o", "remount,ro", "/");
            Files.writeString(point.resolve("file"), "the host still writes");
            copy.stop();
            assertThat(copy.files().readText("/file")).isEqualTo("kept\n");
            copy.start();
            assertThat(copy.exec("cat", "/file").stdout()).isEqualTo("kept\n");
            copy.stop();
            copy.destroy();
        } finally {
            run("umount", point.toString());
        }
    }

    @Test
    void whatTheMountOfTheStateFolderForbidsDoesNotHoldInABuild() throws Exception {
        Path point = Files.createDirectory(folder.resolve("disk"));
        run("mount", "-t", "tmpfs", "-o", "nosuid,nodev,noexec", "tmpfs", point.toString());
        try (Lxj lxj = Lxj.open(point.resolve("state"))) {
            Image alpine = lxj.images().importTarball("alpine", TestRootfs.find("alpine"));
            try (ImageBuilder builder = lxj.images().builder(alpine)) {
                builder.run("grep", "-q", " / rw,relatime[, ]", "/proc/self/mountinfo");
            }
        } finally {
            run("umount", point.toString());
        }
    }

    @Test
    void aFullDiskLeavesNothingOfACopy() throws Exception {
        Path disk = folder.resolve("disk.ext4");
        Path point = Files.createDirectory(folder.resolve("disk"));
        run("truncate", "-s", "64M", disk.toString());
        run("mkfs.ext4", "-q", disk.toString());
        run("mount", "-o", "loop", disk.toString(), point.toString());
        try (Lxj lxj = Lxj.open(point.resolve("state"))) {
            Image alpine = lxj.images().importTarball("alpine", TestRootfs.find("alpine"));
            run(
                    "sh",
                    "-c",
                    "head -c 64M /dev/zero >" + point + "/filler 2>/dev/null; truncate -s -1M " + point + "/filler");
            assertThatThrownBy(() ->
                            lxj.containers().create("copy", Config.of(alpine).storage(Storage.COPY)))
                    .isInstanceOf(LxjException.class)
                    .hasMessageStartingWith("create container copy: ")
                    .hasMessageContaining("ENOSPC");
            assertThat(lxj.containers().list()).isEmpty();
            assertThat(point.resolve("state/tmp")).isEmptyDirectory();
            assertThat(point.resolve("state/containers")).isEmptyDirectory();
            Files.delete(point.resolve("filler"));
            Container copy = lxj.containers().create("copy", Config.of(alpine).storage(Storage.COPY));
            copy.destroy();
        } finally {
            run("umount", point.toString());
        }
    }
}
