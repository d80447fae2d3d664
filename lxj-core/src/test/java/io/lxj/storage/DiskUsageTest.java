package io.lxj.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.linux.Directory;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.Syscall;
import io.lxj.testing.LeaksNothing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@LeaksNothing
class DiskUsageTest {
    private static final int SIZE = 100_000;

    @TempDir
    Path folder;

    private Directory directory;

    @BeforeEach
    void open() throws LinuxException {
        directory = new Directory(Fd.open(folder, Open.O_RDONLY | Open.O_DIRECTORY, 0));
    }

    @AfterEach
    void close() {
        directory.close();
    }

    private long of(String... names) throws LinuxException {
        return DiskUsage.of(directory, List.of(names));
    }

    @Test
    void countsBlocksNotLengths() throws Exception {
        Files.write(folder.resolve("file"), new byte[SIZE]);
        try (Fd sparse = Fd.open(folder.resolve("sparse"), Open.O_RDWR | Open.O_CREAT, 0600)) {
            sparse.call(Syscall.FTRUNCATE, 1L << 40);
        }
        assertThat(of("file")).isBetween((long) SIZE, SIZE + 8192L);
        assertThat(of("sparse")).isLessThan(8192);
    }

    @Test
    void countsAFileWithSeveralNamesOnce() throws Exception {
        Files.createDirectories(folder.resolve("a/b"));
        Files.write(folder.resolve("a/file"), new byte[SIZE]);
        Files.createLink(folder.resolve("a/b/same"), folder.resolve("a/file"));
        Files.createLink(folder.resolve("again"), folder.resolve("a/file"));
        assertThat(of("a", "again")).isBetween((long) SIZE, SIZE + 32_768L);
    }

    @Test
    void whatIsNotThereCountsNothing() throws Exception {
        assertThat(of("missing")).isZero();
    }

    @Test
    void aLinkIsNotFollowed() throws Exception {
        Files.write(folder.resolve("file"), new byte[SIZE]);
        Files.createSymbolicLink(folder.resolve("link"), Path.of("file"));
        Files.createSymbolicLink(folder.resolve("root"), Path.of("/"));
        assertThat(of("link", "root")).isLessThan(8192);
    }

    @Test
    void aTreeMayBeDeeperThanAnyPathIsLongAndFilesMayBeOpen() throws Exception {
        int depth = 1000;
        byte[] name = FileName.bytes("deep");
        Directory at = new Directory(directory.fd().duplicate());
        for (int i = 0; i < depth; i++) {
            at.mkdir(name, 0700);
            Directory below = at.openDirectory(name);
            at.close();
            at = below;
            if (i % 200 == 0) {
                try (Fd file = at.open(FileName.bytes("file"), Open.O_WRONLY | Open.O_CREAT, 0600)) {
                    file.write(new byte[SIZE]);
                }
            }
        }
        at.close();
        assertThat(of("deep")).isBetween(5L * SIZE, 5L * SIZE + depth * 8192L);
        directory.removeTree(name);
    }
}
