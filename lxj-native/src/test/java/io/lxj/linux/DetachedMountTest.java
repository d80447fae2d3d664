package io.lxj.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsRoot;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NeedsRoot("mounts on the host")
@LeaksNothing
class DetachedMountTest {
    private static final byte[] TEXT = "hello".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path folder;

    private static byte[] name(String name) {
        return FileName.bytes(name);
    }

    private static DetachedMount tmpfs() throws LinuxException {
        return DetachedMount.of("tmpfs", Map.of("size", "1m", "mode", "0750"), MountFlags.MOUNT_ATTR_NODEV);
    }

    private static void write(Fd root, String name) throws LinuxException {
        try (RootDir dir = new RootDir(root.duplicate());
                Fd file = dir.open(name(name), Open.O_WRONLY | Open.O_CREAT, 0644)) {
            file.write(TEXT);
        }
    }

    @Test
    void canBeUsedWithoutBeingVisibleAnywhere() throws Exception {
        try (DetachedMount mount = tmpfs()) {
            write(mount.fd(), "file");
            assertThat(FileSystemType.of(mount.fd())).isEqualTo(FileSystemType.TMPFS);
            assertThat(mount.fd().stat().permissions()).isEqualTo(0750);
            assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain("size=1024k,mode=750");
        }
    }

    @Test
    void attachesToAnOpenDirectoryAndDetachesAgain() throws Exception {
        try (DetachedMount mount = tmpfs();
                Fd target = Fd.open(folder, Open.O_PATH | Open.O_DIRECTORY, 0)) {
            write(mount.fd(), "file");
            mount.attach(target);
            assertThat(folder.resolve("file")).hasContent("hello");
            assertThatThrownBy(() -> Mounts.unmount(FileName.bytes(folder), 0)).hasMessageContaining("EBUSY");
            Mounts.detach(mount.fd());
            assertThat(folder).isEmptyDirectory();
            assertThatThrownBy(() -> Mounts.detach(mount.fd())).hasMessageContaining("EINVAL");
            assertThatThrownBy(() -> Mounts.unmount(FileName.bytes(folder), 0)).hasMessageContaining("EINVAL");
        }
    }

    @Test
    void unmountsByPathButNotThroughALink() throws Exception {
        Path link = folder.resolve("link");
        Path target = Files.createDirectory(folder.resolve("target"));
        Files.createSymbolicLink(link, target);
        try (Fd fd = Fd.open(target, Open.O_PATH | Open.O_DIRECTORY, 0)) {
            try (DetachedMount mount = tmpfs()) {
                mount.attach(fd);
            }
        }
        assertThatThrownBy(() -> Mounts.unmount(FileName.bytes(link), 0)).hasMessageContaining("EINVAL");
        Mounts.unmount(FileName.bytes(target), MountFlags.MNT_DETACH);
    }

    @Test
    void aRefusedOptionComesWithTheMessageOfTheFileSystem() {
        assertThatThrownBy(() -> DetachedMount.of("tmpfs", Map.of("size", "plenty"), 0))
                .isInstanceOf(LinuxException.class)
                .hasMessageStartingWith("fsconfig(tmpfs, FSCONFIG_SET_STRING, size, plenty, 0): EINVAL")
                .hasMessageContaining("tmpfs: Bad value for 'size'");
        assertThatThrownBy(() -> DetachedMount.of("tmpfs", Map.of("nonsense", ""), 0))
                .hasMessageContaining("Unknown parameter 'nonsense'");
        assertThatThrownBy(() -> DetachedMount.of("overlay", Map.of("lowerdir", "/no/such", "upperdir", "/tmp"), 0))
                .hasMessageContaining("overlay");
    }

    @Test
    void aFileSystemThatTheKernelDoesNotHaveIsNamed() {
        assertThatThrownBy(() -> DetachedMount.of("nosuchfs", Map.of(), 0))
                .hasMessageContaining("ENODEV")
                .hasMessageContaining("the kernel has no file system nosuchfs");
    }

    @Test
    void aCloneHasAttributesOfItsOwn() throws Exception {
        Path source = Files.createDirectory(folder.resolve("source"));
        Path target = Files.createDirectory(folder.resolve("target"));
        try (Fd from = Fd.open(source, Open.O_PATH | Open.O_DIRECTORY, 0);
                Fd to = Fd.open(target, Open.O_PATH | Open.O_DIRECTORY, 0);
                DetachedMount clone = DetachedMount.clone(from, false)) {
            clone.setAttributes(MountFlags.MOUNT_ATTR_RDONLY, 0, false);
            clone.setPropagation(MountFlags.MS_PRIVATE, false);
            clone.attach(to);
            Files.writeString(source.resolve("file"), "x");
            assertThat(target.resolve("file")).hasContent("x");
            assertThatThrownBy(() -> write(clone.fd(), "other")).hasMessageContaining("EROFS");
            clone.setAttributes(0, MountFlags.MOUNT_ATTR_RDONLY, false);
            write(clone.fd(), "other");
            Mounts.detach(clone.fd());
        }
        assertThat(source.resolve("other")).hasContent("hello");
    }

    @Test
    void aRecursiveCloneHasTheMountsBelow() throws Exception {
        Path source = Files.createDirectories(folder.resolve("source/below"));
        try (Fd below = Fd.open(source, Open.O_PATH | Open.O_DIRECTORY, 0);
                DetachedMount tmpfs = tmpfs()) {
            tmpfs.attach(below);
            write(tmpfs.fd(), "file");
            try (Fd from = Fd.open(source.getParent(), Open.O_PATH | Open.O_DIRECTORY, 0);
                    DetachedMount all = DetachedMount.clone(from, true);
                    DetachedMount one = DetachedMount.clone(from, false)) {
                all.setAttributes(MountFlags.MOUNT_ATTR_RDONLY, 0, true);
                try (RootDir root = new RootDir(all.fd().duplicate())) {
                    assertThat(root.exists(name("below/file"))).isTrue();
                    assertThatThrownBy(() -> root.open(name("below/new"), Open.O_CREAT | Open.O_WRONLY, 0600))
                            .hasMessageContaining("EROFS");
                }
                try (RootDir root = new RootDir(one.fd().duplicate())) {
                    assertThat(root.exists(name("below/file"))).isFalse();
                }
            } finally {
                Mounts.detach(tmpfs.fd());
            }
        }
    }

    @Test
    void aFileIsMountedOnAFileAndNotOnADirectory() throws Exception {
        Path source = Files.writeString(folder.resolve("source"), "source");
        Path file = Files.createFile(folder.resolve("file"));
        try (Fd from = Fd.open(source, Open.O_PATH, 0);
                Fd onFile = Fd.open(file, Open.O_PATH, 0);
                Fd onFolder = Fd.open(folder, Open.O_PATH, 0);
                DetachedMount mount = DetachedMount.clone(from, false)) {
            assertThatThrownBy(() -> mount.attach(onFolder)).hasMessageContaining("EINVAL");
            mount.attach(onFile);
            assertThat(file).hasContent("source");
            Mounts.detach(mount.fd());
            assertThat(file).isEmptyFile();
        }
    }

    @Test
    void aSymbolicLinkIsCoveredAndNotFollowed() throws Exception {
        Path source = Files.writeString(folder.resolve("source"), "source");
        Path file = Files.createFile(folder.resolve("file"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        try (Fd from = Fd.open(source, Open.O_PATH, 0);
                Fd onLink = Fd.open(link, Open.O_PATH | Open.O_NOFOLLOW, 0);
                DetachedMount mount = DetachedMount.clone(from, false)) {
            mount.attach(onLink);
            assertThat(file).isEmptyFile();
            Mounts.detach(mount.fd());
        }
        assertThat(link).isSymbolicLink();
    }

    @Test
    void aProcfsOfItsOwnIsVerified() throws Exception {
        DetachedMount mount = DetachedMount.of("proc", Map.of("subset", "pid"), 0);
        try (mount;
                ProcFs proc = ProcFs.of(mount.fd().duplicate())) {
            assertThat(proc.startTime((int) ProcessHandle.current().pid())).isPresent();
            assertThat(proc.readSelf("comm")).isNotEmpty();
        }
    }
}
