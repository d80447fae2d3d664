package io.lxj.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsRoot;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@LeaksNothing
class DirectoryTest {
    private static final byte[] NAME = FileName.bytes("name");
    private static final byte[] TREE = FileName.bytes("tree");

    @TempDir
    Path folder;

    private Directory directory;

    @BeforeEach
    void open() throws Exception {
        directory = new Directory(Fd.open(folder, Open.O_RDONLY | Open.O_DIRECTORY, 0));
    }

    @AfterEach
    void close() {
        directory.close();
    }

    private static void create(Directory in, byte[] name) throws LinuxException {
        in.open(name, Open.O_CREAT | Open.O_EXCL | Open.O_WRONLY, 0600).close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "/", "a/", "/etc"})
    void aNameIsASingleComponent(String name) {
        byte[] bytes = FileName.bytes(name);
        assertThatThrownBy(() -> directory.open(bytes, Open.O_RDONLY, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> directory.openDirectoryHere(bytes)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> directory.mkdir(bytes, 0700)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> directory.unlink(bytes)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> directory.removeTree(bytes)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Xattrs.all(directory, bytes)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> directory.rename(NAME, directory, bytes)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> directory.stat(new byte[] {'a', 0})).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void linksAreNeverFollowed() throws Exception {
        Path target = Files.writeString(folder.resolve("target"), "x");
        directory.symlink(FileName.bytes(target), NAME);
        int before = Stat.of(Open.AT_FDCWD, FileName.bytes(target), 0).permissions();
        assertThatThrownBy(() -> directory.open(NAME, Open.O_RDONLY, 0)).hasMessageContaining("ELOOP");
        assertThatThrownBy(() -> directory.openDirectory(NAME)).isInstanceOf(LinuxException.class);
        assertThatThrownBy(() -> Metadata.chmod(directory, NAME, 0777)).hasMessageContaining("ELOOP");
        Metadata.setTimes(directory, NAME, FileTimes.at(1000, 5));
        assertThat(directory.stat(NAME).isSymlink()).isTrue();
        assertThat(directory.stat(NAME).modifiedSeconds()).isEqualTo(1000);
        assertThat(directory.stat(NAME).modifiedNanos()).isEqualTo(5);
        Stat stat = Stat.of(Open.AT_FDCWD, FileName.bytes(target), 0);
        assertThat(stat.permissions()).isEqualTo(before);
        assertThat(stat.modifiedSeconds()).isGreaterThan(1000);
        directory.removeTree(NAME);
        assertThat(target).exists();
    }

    @Test
    void whatMayBeMissingIsFoundOrNot() throws Exception {
        assertThat(directory.find(NAME, Open.O_RDONLY)).isEmpty();
        assertThat(directory.findDirectory(NAME)).isEmpty();
        assertThat(directory.findStat(NAME)).isEmpty();
        assertThat(directory.unlinkIfThere(NAME)).isFalse();
        create(directory, NAME);
        directory.find(NAME, Open.O_RDONLY).orElseThrow().close();
        assertThat(directory.findStat(NAME).orElseThrow().isRegular()).isTrue();
        assertThat(directory.unlinkIfThere(NAME)).isTrue();
        assertThat(directory.mkdirIfMissing(NAME, 0700)).isTrue();
        assertThat(directory.mkdirIfMissing(NAME, 0700)).isFalse();
        directory.findDirectory(NAME).orElseThrow().close();
    }

    /** Only that nothing is there is an answer. */
    @Test
    void allElseIsStillAnError() throws Exception {
        create(directory, NAME);
        directory.symlink(NAME, TREE);
        assertThatThrownBy(() -> directory.find(TREE, Open.O_RDONLY)).hasMessageContaining("ELOOP");
        assertThatThrownBy(() -> directory.findDirectory(NAME)).hasMessageContaining("ENOTDIR");
        assertThatThrownBy(() -> directory.stat(FileName.bytes("other")))
                .hasMessageMatching("statx\\(.*, \"other\", 0x100\\): ENOENT .*");
        directory.unlink(NAME);
        directory.mkdir(NAME, 0700);
        assertThatThrownBy(() -> directory.unlinkIfThere(NAME)).hasMessageContaining("EISDIR");
        try (Directory file = new Directory(directory.open(TREE, Open.O_PATH, 0))) {
            assertThatThrownBy(() -> file.findStat(NAME)).hasMessageContaining("ENOTDIR");
            assertThatThrownBy(() -> file.mkdirIfMissing(NAME, 0700)).hasMessageContaining("ENOTDIR");
        }
    }

    @Test
    void threadsThatListItAtOnceEachSeeAllOfIt() throws Exception {
        for (int i = 0; i < 3; i++) {
            create(directory, FileName.bytes("file" + i));
        }
        List<CompletableFuture<Long>> lists = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            lists.add(CompletableFuture.supplyAsync(this::listOften, task -> new Thread(task).start()));
        }
        for (CompletableFuture<Long> seen : lists) {
            assertThat(seen.get()).isEqualTo(3 * 2_000);
        }
    }

    private long listOften() {
        long seen = 0;
        for (int i = 0; i < 2_000; i++) {
            try {
                seen += directory.list().size();
            } catch (LinuxException e) {
                throw new UncheckedIOException(e);
            }
        }
        return seen;
    }

    @Test
    void makesEveryTypeOfFile() throws Exception {
        create(directory, FileName.bytes("file"));
        directory.mkdir(FileName.bytes("folder"), 0751);
        directory.mknod(FileName.bytes("pipe"), Stat.S_IFIFO | 0600, 0, 0);
        directory.mknod(FileName.bytes("socket"), Stat.S_IFSOCK | 0600, 0, 0);
        directory.symlink(FileName.bytes("anything/../at all"), FileName.bytes("link"));
        directory.link(directory, FileName.bytes("file"), FileName.bytes("second"));
        assertThat(directory.readLink(FileName.bytes("link"))).asString().isEqualTo("anything/../at all");
        assertThat(directory.stat(FileName.bytes("second")).links()).isEqualTo(2);
        assertThat(directory.list())
                .extracting(DirectoryEntry::string, DirectoryEntry::type)
                .containsExactlyInAnyOrder(
                        tuple("file", Stat.S_IFREG),
                        tuple("folder", Stat.S_IFDIR),
                        tuple("pipe", Stat.S_IFIFO),
                        tuple("socket", Stat.S_IFSOCK),
                        tuple("link", Stat.S_IFLNK),
                        tuple("second", Stat.S_IFREG));
    }

    @Test
    @NeedsRoot("makes device nodes")
    void deviceNumbersAreThoseOfTheKernel() throws Exception {
        directory.mknod(NAME, Stat.S_IFCHR | 0600, 4095, 0xABCDE);
        Stat stat = directory.stat(NAME);
        assertThat(stat.deviceMajor()).isEqualTo(4095);
        assertThat(stat.deviceMinor()).isEqualTo(0xABCDE);
        Metadata.chown(directory, NAME, 4_000_000, -1);
        assertThat(directory.stat(NAME).uid()).isEqualTo(4_000_000);
    }

    @Test
    void renamesWithAndWithoutReplacing() throws Exception {
        create(directory, NAME);
        directory.mkdir(TREE, 0700);
        int noReplace = 1;
        assertThatThrownBy(() -> directory.rename(NAME, directory, TREE, noReplace))
                .hasMessageContaining("EEXIST");
        try (Directory tree = directory.openDirectory(TREE)) {
            directory.rename(NAME, tree, NAME);
            assertThat(tree.stat(NAME).isRegular()).isTrue();
        }
        assertThatThrownBy(() -> directory.stat(NAME)).hasMessageContaining("ENOENT");
    }

    @Test
    void attributesAreReadAndRemoved() throws Exception {
        create(directory, NAME);
        byte[] value = new byte[3000];
        value[2999] = 1;
        Xattrs.set(directory, NAME, "user.large", value);
        try (Fd file = directory.open(NAME, Open.O_RDWR, 0)) {
            Xattrs.set(file, "user.empty", new byte[0]);
            Map<String, byte[]> all = Xattrs.all(file);
            assertThat(all).containsOnlyKeys("user.empty", "user.large");
            assertThat(all.get("user.large")).isEqualTo(value);
            assertThat(Xattrs.all(directory, NAME).keySet()).isEqualTo(all.keySet());
            Xattrs.remove(file, "user.large");
            assertThat(Xattrs.all(file)).containsOnlyKeys("user.empty");
            assertThatThrownBy(() -> Xattrs.remove(file, "user.large")).hasMessageContaining("ENODATA");
            assertThat(Xattrs.has(file, "user.large")).isFalse();
            assertThat(Xattrs.has(file, "user.empty")).isTrue();
            assertThat(Xattrs.clear(file, "user.empty")).isTrue();
            assertThat(Xattrs.clear(file, "user.empty")).isFalse();
            Xattrs.set(directory, NAME, "user.empty", new byte[0]);
            assertThat(Xattrs.clear(directory, NAME, "user.empty")).isTrue();
            assertThat(Xattrs.clear(directory, NAME, "user.empty")).isFalse();
            assertThat(Xattrs.all(file)).isEmpty();
        }
    }

    @Test
    void aHundredThousandEntriesAreListedAndRemoved() throws Exception {
        directory.mkdir(TREE, 0700);
        int count = 100_000;
        try (Directory tree = directory.openDirectory(TREE)) {
            for (int i = 0; i < count; i++) {
                tree.mknod(FileName.bytes("entry-" + i), Stat.S_IFREG | 0600, 0, 0);
            }
            Set<String> names = new HashSet<>();
            tree.list().forEach(entry -> names.add(entry.string()));
            assertThat(names).hasSize(count);
            assertThatThrownBy(() -> tree.list(count - 1)).hasMessageContaining("EFBIG");
        }
        directory.removeTree(TREE);
        assertThat(directory.list()).isEmpty();
    }

    @Test
    void treesDeeperThanAnyPathAreRemoved() throws Exception {
        byte[] name = new byte[200];
        Arrays.fill(name, (byte) 'n');
        directory.mkdir(TREE, 0700);
        Directory current = directory.openDirectory(TREE);
        for (int i = 0; i < 2000; i++) {
            current.mkdir(name, 0700);
            create(current, FileName.bytes("file"));
            try (Directory above = current) {
                current = above.openDirectory(name);
            }
        }
        current.close();
        directory.removeTree(TREE);
        assertThat(directory.list()).isEmpty();
    }

    @Test
    void foldersThatTheirOwnerMayNotEnterAreRemoved() throws Exception {
        Shell.run("cd " + folder
                + " && mkdir -p tree/a/b && echo x >tree/a/b/c && chmod 000 tree/a/b && chmod 555 tree/a");
        directory.removeTree(TREE);
        assertThat(directory.list()).isEmpty();
    }

    @Test
    void namesOfAnyBytesAreRemoved() throws Exception {
        directory.mkdir(TREE, 0700);
        try (Directory tree = directory.openDirectory(TREE)) {
            for (int b = 1; b < 256; b++) {
                if (b != '/' && b != '.') {
                    tree.mkdir(new byte[] {(byte) b, (byte) 0xFF}, 0700);
                }
            }
        }
        directory.removeTree(TREE);
        assertThat(directory.list()).isEmpty();
    }

    @Test
    @NeedsRoot("mounts on the host")
    void whatIsMountedInATreeIsNotTouched() throws Exception {
        Path mounted = Files.createDirectories(folder.resolve("tree/mounted"));
        Path precious = Files.createDirectory(folder.resolve("precious"));
        Files.writeString(precious.resolve("file"), "x");
        try (Fd from = Fd.open(precious, Open.O_PATH | Open.O_DIRECTORY, 0);
                Fd to = Fd.open(mounted, Open.O_PATH | Open.O_DIRECTORY, 0);
                DetachedMount mount = DetachedMount.clone(from, false)) {
            mount.attach(to);
            try {
                assertThatThrownBy(() -> directory.removeTree(TREE)).hasMessageContaining("something is mounted there");
                assertThat(precious.resolve("file")).hasContent("x");
            } finally {
                Mounts.detach(mount.fd());
            }
        }
        directory.removeTree(TREE);
        assertThat(precious.resolve("file")).hasContent("x");
    }

    @Test
    void removalNeverLeadsOutsideWhileFoldersAndLinksAreSwapped() throws Exception {
        Path precious = Files.createDirectory(folder.resolve("precious"));
        for (int i = 0; i < 20; i++) {
            Files.writeString(precious.resolve("file" + i), "x");
        }
        for (int round = 0; round < 100; round++) {
            Path tree = Files.createDirectory(folder.resolve("tree"));
            Files.createDirectory(tree.resolve("a"));
            Files.writeString(tree.resolve("a/file1"), "mine");
            Files.createSymbolicLink(tree.resolve("b"), precious);
            removeWhileSwapped();
            assertThat(precious.toFile().list()).hasSize(20);
        }
    }

    private void removeWhileSwapped() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        Directory tree = directory.openDirectory(TREE);
        Thread swapper = new Thread(() -> {
            while (!stop.get()) {
                try {
                    int exchange = 2;
                    tree.rename(FileName.bytes("a"), tree, FileName.bytes("b"), exchange);
                } catch (LinuxException e) {
                    // One of both is removed by now.
                    return;
                }
            }
        });
        try (tree) {
            swapper.start();
            try {
                directory.removeTree(TREE);
            } finally {
                stop.set(true);
                swapper.join();
            }
        }
        assertThat(folder.resolve("tree")).doesNotExist();
    }
}
