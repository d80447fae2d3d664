package io.lxj.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.error.InvalidConfigException;
import io.lxj.linux.ProcFs;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which disk a path stands for: here on one with a partition, and a file system on that. */
@NeedsRoot
@NeedsCommand({"losetup", "addpart", "mkfs.btrfs", "mount", "umount"})
@LeaksNothing
class DisksTest {
    @TempDir
    static Path folder;

    private static ProcFs proc;
    private static Path disk;
    private static Path partition;

    @BeforeAll
    static void makeDisk() throws Exception {
        proc = ProcFs.open();
        Path image = folder.resolve("image");
        run("truncate", "-s", "130M", image.toString());
        disk = Path.of(run("losetup", "--find", "--show", "--partscan", image.toString()));
        run("addpart", disk.toString(), "1", "2048", "262144");
        String number =
                Files.readString(sysfs().resolve(disk.getFileName() + "p1/dev")).strip();
        // Without udev nobody makes the node.
        partition = folder.resolve("partition");
        run("mknod", partition.toString(), "b", number.split(":")[0], number.split(":")[1]);
    }

    private static Path sysfs() {
        return Path.of("/sys/block", disk.getFileName().toString());
    }

    @AfterAll
    static void removeDisk() throws Exception {
        if (disk != null) {
            run("losetup", "--detach", disk.toString());
        }
        proc.close();
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes()).strip();
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    private static String number(Path path) {
        return new Disks(proc).number("limits.io.max", path.toString());
    }

    @Test
    void aPartitionStandsForItsDisk() throws Exception {
        String number = Files.readString(sysfs().resolve("dev")).strip();
        assertThat(number(disk)).isEqualTo(number);
        assertThat(number(partition)).isEqualTo(number);
    }

    @Test
    void aFileSystemStandsForTheDiskThatItIsOn() throws Exception {
        run("mkfs.ext4", "-q", "-F", partition.toString());
        Path mounted = Files.createDirectory(folder.resolve("ext4"));
        run("mount", partition.toString(), mounted.toString());
        try {
            assertThat(number(Files.createFile(mounted.resolve("file")))).isEqualTo(number(disk));
        } finally {
            run("umount", mounted.toString());
        }
    }

    @Test
    void aFileSystemThatCanBeOnSeveralDisksIsRefusedWithItsDisk() throws Exception {
        run("mkfs.btrfs", "-q", "-f", partition.toString());
        Path mounted = Files.createDirectory(folder.resolve("btrfs"));
        run("mount", partition.toString(), mounted.toString());
        try {
            assertThatThrownBy(() -> number(mounted))
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessageContaining(mounted + " is on btrfs, which can be on several disks: name the disk, ")
                    .hasMessageContaining(partition.toString());
        } finally {
            run("umount", mounted.toString());
        }
    }

    @Test
    void anOverlayIsRefusedWithTheFolderThatIsWrittenTo() throws Exception {
        for (String name : List.of("lower", "upper", "work", "overlay")) {
            Files.createDirectory(folder.resolve(name));
        }
        Path upper = folder.resolve("upper");
        String options =
                "lowerdir=" + folder.resolve("lower") + ",upperdir=" + upper + ",workdir=" + folder.resolve("work");
        Path mounted = folder.resolve("overlay");
        run("mount", "-t", "overlay", "-o", options, "overlay", mounted.toString());
        try {
            assertThatThrownBy(() -> number(mounted))
                    .hasMessageContaining("is on an overlay: name the disk that is written to, or the folder " + upper);
        } finally {
            run("umount", mounted.toString());
        }
    }

    @Test
    void whatIsOnNoDiskIsRefused() throws Exception {
        assertThatThrownBy(() -> number(Path.of("/proc/version")))
                .hasMessage(
                        "limits.io.max: /proc/version is on proc, which is on no disk of this host; allowed: a disk, a"
                                + " partition, or a path on a file system that is on one disk");
        assertThatThrownBy(() -> number(folder.resolve("absent")))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("absent can't be opened")
                .hasMessageContaining("ENOENT");
        Path node = folder.resolve("node");
        run("mknod", node.toString(), "b", "250", "77");
        assertThatThrownBy(() -> number(node)).hasMessageContaining("has the number 250:77, which no device has");
    }
}
