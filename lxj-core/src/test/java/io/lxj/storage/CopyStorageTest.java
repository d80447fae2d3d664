package io.lxj.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Config;
import io.lxj.config.Storage;
import io.lxj.error.LxjException;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.RootDir;
import io.lxj.linux.Stat;
import io.lxj.storage.RootStorage.Use;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsOwnFiles;
import io.lxj.testing.NeedsRoot;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@LeaksNothing
@NeedsOwnFiles
class CopyStorageTest {
    private static final Config CONFIG = Config.ofImage("image").storage(Storage.COPY);
    private static final int MIB = 1 << 20;

    @TempDir
    Path folder;

    private final RootStorage storage = new CopyStorage();
    private StateFolder state;
    private ContainerStore store;
    private Path rootfs;

    @BeforeEach
    void open() throws Exception {
        open(folder.resolve("state"));
    }

    private void open(Path path) throws Exception {
        state = StateFolder.open(path);
        store = new ContainerStore(state, Checkpoints.NONE);
        rootfs = TestImage.make(state, "image");
        Files.writeString(rootfs.resolveSibling("image.json"), "{}");
    }

    @AfterEach
    void close() {
        state.close();
    }

    private ContainerFolder create(String name) {
        return create(name, CopyProgress.NONE);
    }

    private ContainerFolder create(String name, CopyProgress progress) {
        try (Lock lock = state.locks().exclusive(LockName.container(name))) {
            Settled.create(store, lock, CONFIG, new FirstBoot(name, MachineId.random(), Optional.empty()), progress);
        }
        return store.open(name);
    }

    private RootDir mount(ContainerFolder container, Use use) throws LinuxException {
        return new RootDir(storage.mount(container.directory(), Optional.empty(), use));
    }

    private static String read(RootDir root, String path) throws LinuxException {
        return new String(root.read(FileName.bytes(path), 100_000), StandardCharsets.UTF_8);
    }

    private static void write(RootDir root, String path, String text) throws LinuxException {
        try (Fd file = root.open(FileName.bytes(path), Open.O_WRONLY | Open.O_CREAT | Open.O_TRUNC, 0644)) {
            file.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private Path copy(String container) {
        return state.path().resolve("containers").resolve(container).resolve("rootfs");
    }

    @Test
    void aContainerHasTheFilesOfTheImageAndItsOwn() throws Exception {
        try (ContainerFolder web = create("web");
                RootDir root = mount(web, Use.LOOK)) {
            assertThat(read(root, "/usr/bin/tool")).isEqualTo("#!/bin/sh\n");
            assertThat(read(root, "/etc/passwd")).startsWith("root:");
            assertThat(read(root, "/etc/hostname")).isEqualTo("web\n");
            assertThat(read(root, "/etc/machine-id")).isEqualTo(web.record().machineId() + "\n");
            assertThat(web.imageJson()).contains("{}");
        }
        assertThat(rootfs.resolve("etc/hostname")).hasContent("image");
    }

    @Test
    void itOutlivesItsImage() throws Exception {
        try (ContainerFolder web = create("web")) {
            state.images().removeTree(FileName.bytes("image"));
            try (RootDir root = mount(web, Use.CHANGE)) {
                write(root, "/usr/bin/tool", "changed");
                assertThat(read(root, "/usr/bin/tool")).isEqualTo("changed");
            }
        }
    }

    @Test
    void tellsHowFarItIs() throws Exception {
        Files.write(rootfs.resolve("big"), new byte[3 * MIB]);
        AtomicLong copied = new AtomicLong();
        create("web", copied::addAndGet).close();
        assertThat(copied.get()).isBetween(3L * MIB, 3L * MIB + 1000);
    }

    @Test
    void aCopyThatIsCalledOffLeavesNothing() {
        assertThatThrownBy(() -> create("web", bytes -> {
                    throw new IllegalStateException("enough");
                }))
                .hasStackTraceContaining("enough");
        assertThat(store.names()).isEmpty();
        assertThat(state.path().resolve("tmp")).isEmptyDirectory();
    }

    @Test
    void anEtcThatLeadsOutsideIsSafe() throws Exception {
        Path outside = Files.createDirectory(folder.resolve("outside"));
        MountedFileSystem.run("rm", "-r", rootfs.resolve("etc").toString());
        Files.createSymbolicLink(rootfs.resolve("etc"), outside);
        try (ContainerFolder web = create("web");
                RootDir root = mount(web, Use.LOOK)) {
            assertThat(root.exists(FileName.bytes("/usr/bin/tool"))).isTrue();
        }
        assertThat(outside).isEmptyDirectory();
    }

    @Test
    void anEtcThatIsALinkWithinTheImageIsFollowed() throws Exception {
        Files.move(rootfs.resolve("etc"), rootfs.resolve("usr/etc"));
        Files.createSymbolicLink(rootfs.resolve("etc"), Path.of("usr/etc"));
        try (ContainerFolder web = create("web");
                RootDir root = mount(web, Use.LOOK)) {
            assertThat(read(root, "/etc/hostname")).isEqualTo("web\n");
            assertThat(root.stat(FileName.bytes("/etc"), false).isSymlink()).isTrue();
        }
    }

    @Test
    @NeedsRoot("mounts on the host")
    void whatAMountIsForDecidesWhatItAllows() throws Exception {
        try (ContainerFolder web = create("web")) {
            try (RootDir root = mount(web, Use.RUN);
                    RootDir.Place place = root.place(FileName.bytes("/null"))) {
                place.directory().mknod(place.name(), Stat.S_IFCHR | 0666, 1, 3);
                write(root, "/null", "x");
            }
            try (RootDir root = mount(web, Use.CHANGE)) {
                write(root, "/new", "x");
                assertThatThrownBy(() -> write(root, "/null", "x"))
                        .isInstanceOfSatisfying(LinuxException.class, e -> assertThat(e.is(Errno.EACCES))
                                .isTrue());
            }
            try (RootDir root = mount(web, Use.LOOK)) {
                assertThat(read(root, "/new")).isEqualTo("x");
                assertThatThrownBy(() -> write(root, "/new", "y"))
                        .isInstanceOfSatisfying(LinuxException.class, e -> assertThat(e.is(Errno.EROFS))
                                .isTrue());
            }
        }
    }

    @Test
    @NeedsRoot("mounts on the host")
    @NeedsCommand({"mount", "umount"})
    void itRunsAsOverlaysDoWhateverTheHostsMountForbids() throws Exception {
        Path mountPoint = Files.createDirectory(folder.resolve("mnt"));
        try (MountedFileSystem tmpfs = MountedFileSystem.of(mountPoint, "tmpfs", "-o", "nosuid,nodev,noexec")) {
            state.close();
            open(tmpfs.path().resolve("state"));
            try (ContainerFolder web = create("web");
                    RootDir root = mount(web, Use.RUN);
                    RootDir.Place place = root.place(FileName.bytes("/null"))) {
                place.directory().mknod(place.name(), Stat.S_IFCHR | 0666, 1, 3);
                write(root, "/null", "x");
            }
            state.close();
        }
    }

    @Test
    void isNotTakenForTornOnceItWasChanged() throws Exception {
        try (ContainerFolder web = create("web")) {
            Path marker = copy("web").resolveSibling("unsynced");
            assertThat(marker).isSymbolicLink();
            try (RootDir root = mount(web, Use.LOOK)) {
                assertThat(root.exists(FileName.bytes("/etc/passwd"))).isTrue();
                assertThat(marker).isSymbolicLink();
            }
            try (RootDir root = mount(web, Use.CHANGE)) {
                assertThat(marker).doesNotExist();
                write(root, "/new", "x");
            }
        }
    }

    @Test
    void theSettlerTakesTheMarkAway() throws Exception {
        create("web").close();
        create("db").close();
        try (Settler settler = new Settler(state)) {
            settler.request();
        }
        assertThat(copy("web").resolveSibling("unsynced")).doesNotExist();
        assertThat(copy("db").resolveSibling("unsynced")).doesNotExist();
    }

    @Test
    void whatAPowerCutToreIsRemovedAsAWhole() throws Exception {
        create("torn").close();
        create("recent").close();
        Path marker = copy("torn").resolveSibling("unsynced");
        Files.delete(marker);
        Files.createSymbolicLink(marker, Path.of("00000000-0000-0000-0000-000000000000"));
        assertThat(store.sweep())
                .containsExactly("container torn, which wasn't on disk yet when the machine went down");
        assertThat(store.names()).containsExactly("recent");
        assertThat(state.path().resolve("tmp")).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource({"btrfs, true", "xfs, true", "ext4, false"})
    @NeedsRoot("mounts disks")
    @NeedsCommand({"mount", "umount", "mkfs.btrfs", "mkfs.xfs", "mkfs.ext4", "truncate", "sync"})
    void extentsAreSharedWhereTheFileSystemCan(String type, boolean shares) throws Exception {
        Path mountPoint = Files.createDirectory(folder.resolve("mnt"));
        try (MountedFileSystem disk = MountedFileSystem.loop(mountPoint, type, "512")) {
            state.close();
            open(disk.path().resolve("state"));
            int files = 10;
            for (int i = 0; i < files; i++) {
                Files.writeString(
                        rootfs.resolve("file" + i),
                        String.valueOf((char) ('a' + i)).repeat(4 * MIB));
            }
            long before = used(mountPoint);
            try (ContainerFolder web = create("web")) {
                long growth = used(mountPoint) - before;
                if (shares) {
                    assertThat(growth).isLessThan(4L * MIB);
                } else {
                    assertThat(growth).isGreaterThanOrEqualTo((long) files * 4 * MIB);
                }
                assertThat(storage.sizeOnDisk(web.directory())).isGreaterThanOrEqualTo((long) files * 4 * MIB);
                assertThat(Files.mismatch(rootfs.resolve("file3"), copy("web").resolve("file3")))
                        .isEqualTo(-1);
            }
            state.close();
        }
    }

    private static long used(Path mountPoint) throws Exception {
        MountedFileSystem.run("sync", "-f", mountPoint.toString());
        FileStore disk = Files.getFileStore(mountPoint);
        return disk.getTotalSpace() - disk.getUnallocatedSpace();
    }

    @Test
    @NeedsRoot("mounts a disk")
    @NeedsCommand({"mount", "umount"})
    void aFullDiskLeavesNothing() throws Exception {
        Path mountPoint = Files.createDirectory(folder.resolve("mnt"));
        try (MountedFileSystem small = MountedFileSystem.tmpfs(mountPoint, "8m")) {
            state.close();
            open(small.path().resolve("state"));
            Files.writeString(rootfs.resolve("big"), "x".repeat(5 * MIB));
            assertThatThrownBy(() -> create("web"))
                    .isInstanceOf(LxjException.class)
                    .hasMessageStartingWith("create container web: ")
                    .hasMessageContaining("ENOSPC (No space left on device)")
                    .hasMessageContaining("is full");
            assertThat(store.names()).isEmpty();
            assertThat(state.path().resolve("tmp")).isEmptyDirectory();
            state.close();
        }
    }

    @Test
    @NeedsRoot("makes device nodes and files of other owners")
    @NeedsCommand({"setcap", "getcap", "mkfifo"})
    void whatIsSpecialStaysSpecial() throws Exception {
        Path tool = rootfs.resolve("usr/bin/tool");
        Files.setAttribute(tool, "unix:mode", 04755);
        MountedFileSystem.run(
                "setcap", "cap_net_raw=ep", rootfs.resolve("etc/passwd").toString());
        MountedFileSystem.run("mkfifo", rootfs.resolve("tmp/fifo").toString());
        Files.createLink(rootfs.resolve("usr/bin/same"), tool);
        Files.setAttribute(rootfs.resolve("tmp"), "unix:mode", 01777);
        create("web").close();
        String attributes = "unix:uid,gid,mode,nlink,lastModifiedTime";
        for (String path : new String[] {"usr/bin/tool", "tmp/fifo", "tmp", "usr/bin"}) {
            Map<String, Object> expected = Files.readAttributes(rootfs.resolve(path), attributes);
            assertThat(Files.readAttributes(copy("web").resolve(path), attributes))
                    .as(path)
                    .isEqualTo(expected);
        }
        assertThat(Files.isSameFile(
                        copy("web").resolve("usr/bin/tool"), copy("web").resolve("usr/bin/same")))
                .isTrue();
        assertThat(MountedFileSystem.run(
                        "getcap", copy("web").resolve("etc/passwd").toString()))
                .contains("cap_net_raw=ep");
    }
}
