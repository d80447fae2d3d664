package io.lxj.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.testing.LeaksNothing;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@LeaksNothing
class RootDirTest {
    @TempDir
    Path folder;

    private Path inside;
    private RootDir root;

    @BeforeEach
    void makeTree() throws Exception {
        inside = Files.createDirectories(folder.resolve("root/etc")).getParent();
        Files.writeString(inside.resolve("etc/name"), "inside");
        Files.createDirectories(folder.resolve("etc"));
        Files.writeString(folder.resolve("etc/name"), "outside");
        Files.writeString(folder.resolve("secret"), "outside");
        root = RootDir.open(inside);
    }

    @AfterEach
    void close() {
        root.close();
    }

    private String read(String path) throws Exception {
        return new String(root.read(FileName.bytes(path), 100), StandardCharsets.US_ASCII);
    }

    @Test
    void aPathMayStartWithASlashOrNot() throws Exception {
        assertThat(read("/etc/name")).isEqualTo("inside");
        assertThat(read("etc//./name")).isEqualTo("inside");
        try (Directory top = root.directory(new byte[0])) {
            assertThat(top.stat(FileName.bytes("etc")).isDirectory()).isTrue();
        }
    }

    @Test
    void dotsStayInside() throws Exception {
        assertThat(read("../../../../etc/name")).isEqualTo("inside");
        assertThat(read("/../etc/name")).isEqualTo("inside");
        assertThat(root.exists(FileName.bytes("../secret"))).isFalse();
    }

    @Test
    void linksStayInside() throws Exception {
        Files.createSymbolicLink(inside.resolve("absolute"), Path.of("/etc/name"));
        Files.createSymbolicLink(inside.resolve("up"), Path.of("../../../etc/name"));
        Files.createSymbolicLink(inside.resolve("chain"), Path.of("/far/../absolute"));
        Files.createSymbolicLink(inside.resolve("host"), folder.resolve("secret"));
        Files.createSymbolicLink(inside.resolve("far"), Path.of("/.."));
        assertThat(read("absolute")).isEqualTo("inside");
        assertThat(read("up")).isEqualTo("inside");
        assertThat(read("chain")).isEqualTo("inside");
        assertThat(read("far/etc/name")).isEqualTo("inside");
        assertThat(root.exists(FileName.bytes("host"))).isFalse();
    }

    @Test
    void aWayWithoutLinksCanBeAskedFor() throws Exception {
        Files.createSymbolicLink(inside.resolve("link"), Path.of("etc"));
        for (String path : new String[] {"link", "link/name", "missing", "etc/name/more"}) {
            assertThat(root.find(FileName.bytes(path), Open.O_PATH, Open.RESOLVE_NO_SYMLINKS))
                    .as(path)
                    .isEmpty();
        }
        try (Fd name = root.find(FileName.bytes("/etc/name"), Open.O_PATH, Open.RESOLVE_NO_SYMLINKS)
                .orElseThrow()) {
            assertThat(name.stat().isRegular()).isTrue();
        }
    }

    @Test
    void linksOfTheKernelsOwnAreNotFollowed() throws Exception {
        try (RootDir proc = RootDir.open(Path.of("/proc"))) {
            String pid = Long.toString(ProcessHandle.current().pid());
            assertThatThrownBy(() -> proc.open(FileName.bytes(pid + "/root/etc/passwd"), Open.O_RDONLY, 0))
                    .hasMessageContaining("ELOOP");
            assertThatThrownBy(() -> proc.open(FileName.bytes(pid + "/fd/0"), Open.O_PATH, 0))
                    .hasMessageContaining("ELOOP");
            assertThatThrownBy(() -> proc.open(FileName.bytes(pid + "/exe"), Open.O_RDONLY, 0))
                    .hasMessageContaining("ELOOP");
        }
    }

    @Test
    void loopsOfLinksAndFilesOnTheWayAreErrors() throws Exception {
        Files.createSymbolicLink(inside.resolve("loop"), Path.of("loop"));
        assertThat(root.exists(FileName.bytes("loop"))).isFalse();
        assertThat(root.exists(FileName.bytes("etc/name/below"))).isFalse();
        assertThat(root.find(FileName.bytes("loop"), Open.O_RDONLY)).isEmpty();
        assertThat(root.find(FileName.bytes("etc/none"), Open.O_RDONLY)).isEmpty();
        root.find(FileName.bytes("etc/name"), Open.O_RDONLY).orElseThrow().close();
        assertThatThrownBy(() -> root.find(FileName.bytes("etc"), Open.O_WRONLY))
                .hasMessageContaining("EISDIR");
        assertThatThrownBy(() -> root.directory(FileName.bytes("etc/name"))).hasMessageContaining("ENOTDIR");
        assertThatThrownBy(() -> root.open(FileName.bytes("loop"), Open.O_RDONLY, 0, Open.RESOLVE_NO_SYMLINKS))
                .hasMessageContaining("ELOOP");
    }

    @Test
    void onlyRegularFilesAreRead() throws Exception {
        Shell.run("mkfifo " + inside + "/pipe");
        assertThatThrownBy(() -> read("pipe")).hasMessageContaining("not a regular file");
        assertThatThrownBy(() -> read("etc")).hasMessageContaining("not a regular file");
        Files.writeString(inside.resolve("large"), "x".repeat(101));
        assertThatThrownBy(() -> read("large")).hasMessageContaining("EFBIG");
    }

    @Test
    void aPlaceIsTheDirectoryAndTheName() throws Exception {
        for (String path : new String[] {"etc/name", "/etc/name", "etc//name//"}) {
            try (RootDir.Place place = root.place(FileName.bytes(path))) {
                assertThat(FileName.string(place.name())).isEqualTo("name");
                assertThat(place.directory().stat(place.name()).size()).isEqualTo(6);
            }
        }
        for (String path : new String[] {"", "/", "..", "etc/..", "etc/."}) {
            assertThatThrownBy(() -> root.place(FileName.bytes(path))).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void foldersAreMadeInside() throws Exception {
        Files.createSymbolicLink(inside.resolve("out"), folder);
        Files.createSymbolicLink(inside.resolve("link"), Path.of("/etc"));
        root.mkdirs(FileName.bytes("a/b/c"), 0755).close();
        root.mkdirs(FileName.bytes("a/b/c"), 0755).close();
        root.mkdirs(FileName.bytes("/link/new"), 0755).close();
        root.mkdirs(FileName.bytes("../../x"), 0755).close();
        assertThat(inside.resolve("a/b/c")).isDirectory();
        assertThat(inside.resolve("etc/new")).isDirectory();
        assertThat(inside.resolve("x")).isDirectory();
        assertThat(folder.resolve("x")).doesNotExist();
        assertThatThrownBy(() -> root.mkdirs(FileName.bytes("etc/name/y"), 0755))
                .hasMessageContaining("ENOTDIR");
        // The target of that link doesn't exist inside, and nothing is made outside for it.
        assertThatThrownBy(() -> root.mkdirs(FileName.bytes("out/z"), 0755)).isInstanceOf(LinuxException.class);
        assertThat(folder.resolve("z")).doesNotExist();
    }

    @Test
    void neverLeadsOutsideWhileFoldersAndLinksAreSwapped() throws Exception {
        // A folder of the tree is exchanged for a link to the same name outside, again and again.
        Files.createDirectories(inside.resolve("a/etc"));
        Files.writeString(inside.resolve("a/etc/name"), "inside");
        Files.createSymbolicLink(inside.resolve("b"), folder);
        AtomicBoolean stop = new AtomicBoolean();
        Thread swapper = new Thread(() -> {
            try (Directory directory = root.directory(new byte[0])) {
                while (!stop.get()) {
                    int exchange = 2;
                    directory.rename(FileName.bytes("a"), directory, FileName.bytes("b"), exchange);
                }
            } catch (LinuxException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        swapper.start();
        try {
            int found = 0;
            for (int i = 0; i < 20_000; i++) {
                try {
                    String content = read(i % 2 == 0 ? "a/etc/name" : "a/../a/etc/name");
                    assertThat(content).isEqualTo("inside");
                    found++;
                } catch (LinuxException e) {
                    // While it is the link, there is no such thing inside; or too much was renamed meanwhile.
                    assertThat(e.is(Errno.ENOENT) || e.is(Errno.EAGAIN))
                            .as(e.getMessage())
                            .isTrue();
                }
            }
            assertThat(found).isPositive();
        } finally {
            stop.set(true);
            swapper.join();
        }
    }

    @Test
    void staysWithTheDirectoryThatWasPinned() throws Exception {
        Files.move(inside, folder.resolve("moved"));
        Files.createSymbolicLink(inside, folder);
        assertThat(read("etc/name")).isEqualTo("inside");
    }
}
