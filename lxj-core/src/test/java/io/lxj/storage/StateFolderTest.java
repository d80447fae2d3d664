package io.lxj.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.error.CorruptStateException;
import io.lxj.error.LxjException;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsOwnFiles;
import io.lxj.testing.NeedsRoot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@LeaksNothing
@NeedsOwnFiles
class StateFolderTest {
    @TempDir
    Path folder;

    private static List<String> list(Path path) throws Exception {
        try (Stream<Path> entries = Files.list(path)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    private static String permissions(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void isMadeWithAllPartsAndForItsOwnerOnly() throws Exception {
        Path path = folder.resolve("a/b/state");
        try (StateFolder state = StateFolder.open(path)) {
            assertThat(state.path()).isEqualTo(path);
            assertThat(list(path)).containsExactly("containers", "images", "layout.json", "locks", "tmp");
            assertThat(permissions(path)).isEqualTo("rwx------");
            for (String part : List.of("containers", "images", "locks", "tmp")) {
                assertThat(permissions(path.resolve(part))).isEqualTo("rwx------");
            }
        }
    }

    @Test
    void opensAgainWithTheSameId() {
        Path path = folder.resolve("state");
        String id;
        try (StateFolder state = StateFolder.open(path)) {
            id = state.id();
        }
        try (StateFolder state = StateFolder.open(path);
                StateFolder other = StateFolder.open(folder.resolve("other"))) {
            assertThat(state.id()).isEqualTo(id).matches("[0-9a-f]{8}");
            assertThat(other.id()).isNotEqualTo(id);
        }
    }

    @Test
    void hasTheSameIdWhateverWayLeadsToIt() throws Exception {
        Path real = Files.createDirectory(folder.resolve("real"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), real);
        try (StateFolder state = StateFolder.open(real.resolve("state"));
                StateFolder same = StateFolder.open(link.resolve("state"))) {
            assertThat(same.id()).isEqualTo(state.id());
        }
    }

    @Test
    void isMadeOnceByManyAtATime() throws Exception {
        Path path = folder.resolve("state");
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try {
            Callable<String> opening = () -> {
                try (StateFolder state = StateFolder.open(path)) {
                    return state.id();
                }
            };
            List<Future<String>> ids =
                    pool.invokeAll(Stream.generate(() -> opening).limit(40).toList());
            for (Future<String> id : ids) {
                assertThat(id.get()).isEqualTo(ids.get(0).get());
            }
        } finally {
            pool.shutdown();
        }
        assertThat(list(path)).containsExactly("containers", "images", "layout.json", "locks", "tmp");
    }

    @Test
    void refusesAFolderThatOthersCanReach() throws Exception {
        for (String permissions : List.of("rwxrwxrwx", "rwxrwx---", "rwxr-xr-x", "rwx-----x")) {
            Path path = Files.createTempDirectory(folder, "open");
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
            assertThatThrownBy(() -> StateFolder.open(path))
                    .isInstanceOf(LxjException.class)
                    .hasMessageStartingWith(
                            "open the state folder " + path + ": other users can reach it: its mode is 0")
                    .hasMessageEndingWith("; chmod 700 " + path);
            assertThat(list(path)).isEmpty();
        }
    }

    @Test
    @NeedsRoot("makes files of other owners")
    void refusesAFolderOfSomebodyElse() throws Exception {
        Path path = Files.createDirectory(
                folder.resolve("theirs"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.setAttribute(path, "unix:uid", 12345);
        assertThatThrownBy(() -> StateFolder.open(path))
                .isInstanceOf(LxjException.class)
                .hasMessage("open the state folder " + path + ": it belongs to uid 12345, not to uid 0"
                        + "; run as its owner, or open another state folder");
    }

    @Test
    void refusesASymbolicLink() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Files.createTempDirectory(folder, "target"));
        assertThatThrownBy(() -> StateFolder.open(link))
                .isInstanceOf(LxjException.class)
                .hasMessage(
                        "open the state folder " + link + ": it is a symbolic link; name the folder that it leads to");
        Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), folder.resolve("nothing"));
        assertThatThrownBy(() -> StateFolder.open(dangling)).hasMessageContaining("it is a symbolic link");
        assertThat(folder.resolve("nothing")).doesNotExist();
    }

    @Test
    void refusesAFile() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> StateFolder.open(file))
                .isInstanceOf(LxjException.class)
                .hasMessageContaining("ENOTDIR");
        assertThatThrownBy(() -> StateFolder.open(file.resolve("below")))
                .isInstanceOf(LxjException.class)
                .hasMessageContaining("the folder above it can't be made");
    }

    @Test
    void refusesAFolderThatHoldsSomethingElse() throws Exception {
        Path path = Files.createTempDirectory(folder, "home");
        Files.createFile(path.resolve("diary.txt"));
        assertThatThrownBy(() -> StateFolder.open(path))
                .isInstanceOf(LxjException.class)
                .hasMessage("open the state folder " + path
                        + ": it is neither a state folder nor empty: there is diary.txt; open another folder");
        assertThat(list(path)).containsExactly("diary.txt");
    }

    @Test
    void refusesALaterLayout() throws Exception {
        Path path = Files.createTempDirectory(folder, "later");
        Files.writeString(path.resolve("layout.json"), "{\"layout\": 2, \"new\": true}");
        assertThatThrownBy(() -> StateFolder.open(path))
                .isInstanceOf(CorruptStateException.class)
                .hasMessage("read " + path + "/layout.json: the state folder has layout 2, this version of lxj knows"
                        + " layout 1; use the later version of lxj that wrote it");
        assertThat(list(path)).containsExactly("layout.json");
    }

    @Test
    void refusesALayoutThatItCanNotRead() throws Exception {
        for (String text : List.of("", "{}", "[]", "{\"layout\": \"one\"}", "{\"layout\": null}", "\0\0\0")) {
            Path path = Files.createTempDirectory(folder, "broken");
            Files.writeString(path.resolve("layout.json"), text);
            assertThatThrownBy(() -> StateFolder.open(path))
                    .as(text)
                    .isInstanceOf(CorruptStateException.class)
                    .hasMessageStartingWith("read " + path + "/layout.json: ");
        }
    }

    @Test
    void goesOnWhereAnOpeningWasCutOff() throws Exception {
        Path path = Files.createTempDirectory(folder, "half");
        Files.writeString(path.resolve(".new-layout.json-1234"), "");
        StateFolder.open(path).close();
        assertThat(list(path)).containsExactly("containers", "images", "layout.json", "locks", "tmp");
    }

    @Test
    @NeedsRoot("mounts a disk")
    @NeedsCommand({"mount", "umount"})
    void saysSoOfAReadOnlyFileSystem() throws Exception {
        Path mountPoint = Files.createDirectory(folder.resolve("mnt"));
        Path path = mountPoint.resolve("state");
        try (MountedFileSystem tmpfs = MountedFileSystem.tmpfs(mountPoint, "1m")) {
            tmpfs.remountReadOnly();
            assertThatThrownBy(() -> StateFolder.open(path))
                    .isInstanceOf(LxjException.class)
                    .hasMessageContaining(
                            "EROFS (Read-only file system); the file system of the state folder is mounted"
                                    + " read-only");
        }
        try (MountedFileSystem tmpfs = MountedFileSystem.tmpfs(mountPoint, "1m")) {
            StateFolder.open(path).close();
            tmpfs.remountReadOnly();
            assertThatThrownBy(() -> StateFolder.open(path))
                    .isInstanceOf(LxjException.class)
                    .hasMessageContaining(
                            "EROFS (Read-only file system); the file system of the state folder is mounted"
                                    + " read-only");
        }
    }

    @Test
    @NeedsRoot("mounts disks")
    @NeedsCommand({"mount", "umount"})
    void refusesFileSystemsThatCanNotHoldIt() throws Exception {
        Path mountPoint = Files.createDirectory(folder.resolve("mnt"));
        try (MountedFileSystem ramfs = MountedFileSystem.of(mountPoint, "ramfs")) {
            assertThatThrownBy(() -> StateFolder.open(ramfs.path().resolve("state")))
                    .isInstanceOf(LxjException.class)
                    .hasMessageContaining("it is on a file system of type ramfs: ")
                    .hasMessageEndingWith("open a state folder on ext4, xfs, btrfs or tmpfs");
        }
    }

    @Test
    @NeedsRoot("mounts a disk")
    @NeedsCommand({"mount", "umount"})
    void refusesAPartOnAnotherFileSystem() throws Exception {
        Path path = folder.resolve("state");
        StateFolder.open(path).close();
        try (MountedFileSystem images = MountedFileSystem.tmpfs(path.resolve("images"), "1m")) {
            assertThatThrownBy(() -> StateFolder.open(path))
                    .isInstanceOf(LxjException.class)
                    .hasMessageContaining(images.path() + " is on another file system");
        }
    }

    @Test
    void theUsualPlaceDependsOnTheUser() {
        String home = "/home/ann";
        assertThat(StatePath.usual(0, Map.of("XDG_DATA_HOME", "/x"), "/root")).isEqualTo(Path.of("/var/lib/lxj"));
        assertThat(StatePath.usual(1000, Map.of(), home)).isEqualTo(Path.of("/home/ann/.local/share/lxj"));
        assertThat(StatePath.usual(1000, Map.of("XDG_DATA_HOME", "/data"), home))
                .isEqualTo(Path.of("/data/lxj"));
        assertThat(StatePath.usual(1000, Map.of("XDG_DATA_HOME", "data"), home))
                .isEqualTo(Path.of("/home/ann/.local/share/lxj"));
    }

    @Test
    void idsAreNotedInOnePlaceForAllStateFoldersOfAUser() {
        Map<String, String> environment = Map.of("XDG_DATA_HOME", "/data", "HOME", "/other");
        assertThat(StatePath.ids(0, environment, "/root")).isEqualTo(Path.of("/var/lib/lxj-ids"));
        assertThat(StatePath.ids(1000, environment, "/home/ann")).isEqualTo(Path.of("/home/ann/.local/share/lxj-ids"));
    }

    /** For Java, the home folder of a user without an entry in /etc/passwd is a question mark. */
    @Test
    void aUserWithoutAnEntryHasTheHomeOfTheEnvironment() {
        Map<String, String> environment = Map.of("HOME", "/tmp/home");
        assertThat(StatePath.usual(1000, environment, "?")).isEqualTo(Path.of("/tmp/home/.local/share/lxj"));
        assertThat(StatePath.ids(1000, environment, "?")).isEqualTo(Path.of("/tmp/home/.local/share/lxj-ids"));
        assertThat(StatePath.usual(1000, Map.of("XDG_DATA_HOME", "/data"), "?")).isEqualTo(Path.of("/data/lxj"));
        assertThatThrownBy(() -> StatePath.usual(1000, Map.of("HOME", "home"), "?"))
                .hasMessage("find the folder for containers: user 1000 has no home folder in /etc/passwd; set the"
                        + " environment variable HOME to a folder that is the user's");
    }
}
