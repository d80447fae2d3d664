package io.lxj.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Config;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@LeaksNothing
@NeedsOwnFiles
class OverlayStorageTest {
    private static final FirstBoot FIRST_BOOT = new FirstBoot(
            "web", MachineId.random(), Optional.of("nameserver 9.9.9.9\n".getBytes(StandardCharsets.US_ASCII)));

    @TempDir
    Path folder;

    private final RootStorage storage = new OverlayStorage();
    private StateFolder state;
    private ContainerStore store;
    private Path rootfs;

    @BeforeEach
    void open() throws Exception {
        // Everything in the path that an option string could trip over, and more than fsconfig(2) takes.
        open(folder.resolve("a:b,c\\d e").resolve("long".repeat(40)).resolve("state".repeat(40)));
    }

    private void open(Path path) throws Exception {
        state = StateFolder.open(path);
        store = new ContainerStore(state, Checkpoints.NONE);
        rootfs = TestImage.make(state, "image");
    }

    @AfterEach
    void close() {
        state.close();
    }

    private ContainerFolder create(String name) {
        try (Lock lock = state.locks().exclusive(LockName.container(name))) {
            Settled.create(store, lock, Config.ofImage("image"), FIRST_BOOT, CopyProgress.NONE);
        }
        return store.open(name);
    }

    private RootDir mount(ContainerFolder container, Use use) throws LinuxException {
        try (ImageTree image = ImageTree.open(state, "image")) {
            return new RootDir(storage.mount(container.directory(), Optional.of(image), use));
        }
    }

    private static String read(RootDir root, String path) throws LinuxException {
        return new String(root.read(FileName.bytes(path), 100_000), StandardCharsets.UTF_8);
    }

    private static void write(RootDir root, String path, String text) throws LinuxException {
        try (Fd file = root.open(FileName.bytes(path), Open.O_WRONLY | Open.O_CREAT | Open.O_TRUNC, 0644)) {
            file.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void aContainerHasTheFilesOfTheImageAndItsOwn() throws Exception {
        try (ContainerFolder web = create("web");
                RootDir root = mount(web, Use.LOOK)) {
            assertThat(read(root, "/usr/bin/tool")).isEqualTo("#!/bin/sh\n");
            assertThat(read(root, "/etc/passwd")).startsWith("root:");
            assertThat(read(root, "/etc/hostname")).isEqualTo("web\n");
            assertThat(read(root, "/etc/machine-id")).isEqualTo(FIRST_BOOT.machineId() + "\n");
        }
    }

    @Test
    void whatOneContainerChangesNeitherTheImageNorAnotherOneSees() throws Exception {
        try (ContainerFolder web = create("web");
                ContainerFolder db = create("db")) {
            try (RootDir root = mount(web, Use.RUN)) {
                write(root, "/etc/passwd", "changed");
                write(root, "/new", "made");
                try (RootDir.Place place = root.place(FileName.bytes("/usr/bin"))) {
                    place.directory().removeTree(place.name());
                    place.directory().mkdir(place.name(), 0755);
                }
            }
            for (Use use : Use.values()) {
                try (RootDir root = mount(web, use)) {
                    assertThat(read(root, "/etc/passwd")).isEqualTo("changed");
                    assertThat(read(root, "/new")).isEqualTo("made");
                    assertThat(root.exists(FileName.bytes("/usr/bin"))).isTrue();
                    assertThat(root.exists(FileName.bytes("/usr/bin/tool"))).isFalse();
                }
            }
            try (RootDir root = mount(db, Use.LOOK)) {
                assertThat(read(root, "/etc/passwd")).startsWith("root:");
                assertThat(root.exists(FileName.bytes("/new"))).isFalse();
                assertThat(read(root, "/usr/bin/tool")).isEqualTo("#!/bin/sh\n");
            }
        }
        assertThat(rootfs.resolve("etc/passwd")).content().startsWith("root:");
        assertThat(rootfs.resolve("usr/bin/tool")).exists();
    }

    @Test
    void toLookAtItIsReadOnlyAndPossibleManyTimes() throws Exception {
        try (ContainerFolder web = create("web");
                RootDir one = mount(web, Use.LOOK);
                RootDir two = mount(web, Use.LOOK)) {
            assertThat(read(one, "/etc/hostname")).isEqualTo(read(two, "/etc/hostname"));
            assertThatThrownBy(() -> write(one, "/new", ""))
                    .isInstanceOfSatisfying(LinuxException.class, e -> assertThat(e.is(Errno.EROFS))
                            .isTrue());
        }
    }

    @Test
    @NeedsRoot("makes device nodes")
    void devicesAreOnlyOfUseWhereTheContainerRuns() throws Exception {
        try (ContainerFolder web = create("web")) {
            try (RootDir root = mount(web, Use.RUN);
                    RootDir.Place place = root.place(FileName.bytes("/null"))) {
                place.directory().mknod(place.name(), Stat.S_IFCHR | 0666, 1, 3);
                write(root, "/null", "x");
            }
            try (RootDir root = mount(web, Use.CHANGE)) {
                assertThatThrownBy(() -> write(root, "/null", "x"))
                        .isInstanceOfSatisfying(LinuxException.class, e -> assertThat(e.is(Errno.EACCES))
                                .isTrue());
            }
        }
    }

    @Test
    void nothingAppearsInTheMountTable() throws Exception {
        String before = Files.readString(Path.of("/proc/self/mountinfo"));
        try (ContainerFolder web = create("web");
                RootDir root = mount(web, Use.RUN)) {
            assertThat(read(root, "/etc/hostname")).isEqualTo("web\n");
            assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).isEqualTo(before);
        }
    }

    @Test
    @NeedsCommand({"setfacl", "getfacl", "setfattr"})
    @NeedsRoot("makes files of other owners")
    void theRootLooksLikeThatOfTheImage() throws Exception {
        Files.setAttribute(rootfs, "unix:uid", 1234);
        Files.setAttribute(rootfs, "unix:gid", 4321);
        Files.setAttribute(rootfs, "unix:mode", 03751);
        MountedFileSystem.run("setfacl", "-m", "u:77:rx,d:g:88:rwx", rootfs.toString());
        MountedFileSystem.run("setfattr", "-n", "user.note", "-v", "kept", rootfs.toString());
        MountedFileSystem.run("setfattr", "-n", "trusted.overlay.opaque", "-v", "y", rootfs.toString());
        MountedFileSystem.run("setfattr", "-n", "user.overlay.opaque", "-v", "y", rootfs.toString());
        Files.setLastModifiedTime(rootfs, FileTime.from(Instant.parse("2001-02-03T04:05:06.123456789Z")));
        try (ContainerFolder web = create("web")) {
            Path upper = state.path().resolve("containers/web/upper");
            Map<String, Object> expected = Files.readAttributes(rootfs, "unix:uid,gid,mode,lastModifiedTime");
            assertThat(Files.readAttributes(upper, "unix:uid,gid,mode,lastModifiedTime"))
                    .isEqualTo(expected);
            assertThat(facl(upper)).isEqualTo(facl(rootfs)).contains("user:77:r-x", "default:group:88:rwx");
            assertThat(Files.getAttribute(upper, "user:note")).isEqualTo("kept".getBytes(StandardCharsets.US_ASCII));
            try (RootDir root = mount(web, Use.LOOK)) {
                assertThat(root.exists(FileName.bytes("/usr/bin/tool"))).isTrue();
            }
        }
    }

    private static String facl(Path path) throws Exception {
        return MountedFileSystem.run("getfacl", "-n", "-p", "--omit-header", path.toString());
    }

    @Test
    @NeedsRoot("makes files of other owners")
    void theFoldersOnTheWayToEtcLookLikeThoseOfTheImage() throws Exception {
        Files.setAttribute(rootfs.resolve("etc"), "unix:mode", 0711);
        Files.setAttribute(rootfs.resolve("etc"), "unix:gid", 55);
        try (ContainerFolder web = create("web");
                RootDir root = mount(web, Use.LOOK)) {
            Stat etc = root.stat(FileName.bytes("/etc"), false);
            assertThat(etc.permissions()).isEqualTo(0711);
            assertThat(etc.gid()).isEqualTo(55);
            assertThat(root.stat(FileName.bytes("/etc/hosts"), false).gid()).isEqualTo(55);
        }
    }

    @Test
    void anEtcThatIsALinkWithinTheImageIsFollowed() throws Exception {
        Files.createDirectories(rootfs.resolve("usr/share"));
        Files.move(rootfs.resolve("etc"), rootfs.resolve("usr/share/etc"));
        Files.createSymbolicLink(rootfs.resolve("etc"), Path.of("/usr/lib/../share/etc"));
        Files.createDirectories(rootfs.resolve("usr/lib"));
        try (ContainerFolder web = create("web");
                RootDir root = mount(web, Use.LOOK)) {
            assertThat(read(root, "/etc/hostname")).isEqualTo("web\n");
            assertThat(read(root, "/etc/passwd")).startsWith("root:");
            assertThat(root.stat(FileName.bytes("/etc"), false).isSymlink()).isTrue();
            assertThat(read(root, "/usr/bin/tool")).isEqualTo("#!/bin/sh\n");
        }
    }

    @Test
    void anEtcThatLeadsOutsideOrNowhereIsSafe() throws Exception {
        for (String target : new String[] {"/../../../../etc", folder.toString(), "nowhere", "etc", "usr/bin/tool"}) {
            MountedFileSystem.run("rm", "-r", rootfs.resolve("etc").toString());
            Files.createSymbolicLink(rootfs.resolve("etc"), Path.of(target));
            String name = "web" + Math.abs(target.hashCode());
            try (ContainerFolder web = create(name);
                    RootDir root = mount(web, Use.LOOK)) {
                assertThat(root.exists(FileName.bytes("/usr/bin/tool")))
                        .as(target)
                        .isTrue();
                assertThat(root.exists(FileName.bytes("/etc/hostname")))
                        .as(target)
                        .isFalse();
            }
            Files.createDirectories(folder.resolve("x"));
        }
        assertThat(folder.resolve("hostname")).doesNotExist();
    }

    @Test
    void anImageWithoutEtcGetsNothing() throws Exception {
        MountedFileSystem.run("rm", "-r", rootfs.resolve("etc").toString());
        try (ContainerFolder web = create("web");
                RootDir root = mount(web, Use.LOOK)) {
            assertThat(root.exists(FileName.bytes("/etc"))).isFalse();
        }
    }

    @Test
    void theSizeIsThatOfWhatTheContainerChanged() throws Exception {
        try (ContainerFolder web = create("web")) {
            long before = storage.sizeOnDisk(web.directory());
            try (RootDir root = mount(web, Use.CHANGE)) {
                write(root, "/big", "x".repeat(500_000));
                try (RootDir.Place place = root.place(FileName.bytes("/name"))) {
                    place.directory().link(place.directory(), FileName.bytes("big"), place.name());
                }
            }
            assertThat(storage.sizeOnDisk(web.directory()) - before).isBetween(500_000L, 540_000L);
        }
    }

    @Test
    void itCanBeMountedAfterAPowerCutTookTheWorkFolder() throws Exception {
        try (ContainerFolder web = create("web")) {
            web.directory().removeTree(FileName.bytes("work"));
            try (RootDir root = mount(web, Use.RUN)) {
                write(root, "/new", "made");
            }
        }
    }

    @Test
    void deletesWhatTheKernelLeftInTheWorkFolder() throws Exception {
        try (ContainerFolder web = create("web");
                RootDir root = mount(web, Use.RUN)) {
            write(root, "/etc/passwd", "changed");
        }
        assertThat(state.path().resolve("containers/web/work/work")).exists();
        store.delete(state.locks().exclusive(LockName.container("web")), () -> {});
        assertThat(store.names()).isEmpty();
        assertThat(state.path().resolve("tmp")).isEmptyDirectory();
        assertThat(state.path().resolve("locks/container.web")).doesNotExist();
    }

    @Test
    @NeedsCommand({"mount", "umount"})
    @NeedsRoot("mounts on the host")
    void saysWhatToDoWhereTheFileSystemCanNotHoldOne() throws Exception {
        Path lower = Files.createDirectory(folder.resolve("lower"));
        Path upper = Files.createDirectory(folder.resolve("upper"));
        Path work = Files.createDirectory(folder.resolve("work"));
        Path mountPoint = Files.createDirectory(folder.resolve("mnt"));
        String options = "lowerdir=" + lower + ",upperdir=" + upper + ",workdir=" + work;
        state.close();
        try (MountedFileSystem overlay = MountedFileSystem.of(mountPoint, "overlay", "-o", options)) {
            open(overlay.path().resolve("state"));
            assertThatThrownBy(() -> create("web"))
                    .isInstanceOf(LxjException.class)
                    .hasMessageStartingWith("create container web: mount(overlay): EOPNOTSUPP")
                    .hasMessageContaining("; the state folder is on a file system of type overlay")
                    .hasMessageContaining("use Storage.COPY");
            assertThat(state.path().resolve("tmp")).isEmptyDirectory();
            state.close();
        }
    }
}
