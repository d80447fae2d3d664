package io.lxj.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.ImageInfo;
import io.lxj.config.ImportOptions;
import io.lxj.error.AlreadyExistsException;
import io.lxj.error.CanceledException;
import io.lxj.error.ImportException;
import io.lxj.testing.NeedsOwnFiles;
import io.lxj.testing.NeedsRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an import keeps of an archive, and what is there of one that fails. */
@NeedsOwnFiles
class ImageImporterTest {
    private ImportFixture imports;

    @BeforeEach
    void open() throws IOException {
        imports = ImportFixture.create();
    }

    @AfterEach
    void close() throws IOException {
        imports.close();
    }

    @Test
    void keepsAHardLinkToItself() {
        imports.load(new TarBytes().file("f", "x").hardlink("f", "f").hardlink("g", "/f"));

        assertThat(imports.rootfs().resolve("f")).hasContent("x");
        assertThat(imports.rootfs().resolve("g")).hasContent("x");
    }

    @Test
    void letsLaterEntriesWin() throws IOException {
        imports.load(new TarBytes()
                .file("f", "old")
                .file("f", "new")
                .symlink("link-then-folder", "/etc")
                .directory("link-then-folder")
                .file("link-then-folder/g", "x")
                .directory("folder-then-file")
                .file("folder-then-file", "y"));

        assertThat(imports.rootfs().resolve("f")).hasContent("new");
        assertThat(Files.isDirectory(imports.rootfs().resolve("link-then-folder"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
        assertThat(imports.rootfs().resolve("link-then-folder/g")).hasContent("x");
        assertThat(imports.rootfs().resolve("folder-then-file")).hasContent("y");
    }

    @Test
    void takesPathsBeyondPathMax() {
        String deep = ("d".repeat(250) + "/").repeat(20);
        ImageInfo info = imports.load(new TarBytes()
                .pax("path", deep + "f")
                .file("short", "x")
                .pax("path", deep + "g", "linkpath", deep + "f")
                .hardlink("s", "s"));

        assertThat(info.entries()).isEqualTo(2);
    }

    @Test
    void keepsTheHolesOfSparseFiles() throws IOException {
        imports.load(new TarBytes()
                .pax("GNU.sparse.map", "1073741824,1", "GNU.sparse.size", "2147483648")
                .file("sparse", "x"));

        assertThat(Files.size(imports.rootfs().resolve("sparse"))).isEqualTo(1L << 31);
        assertThat(TreeListing.of(imports.rootfs().resolve("sparse")).get(".")).matches(".* blocks (8|16|24) .*");
    }

    @Test
    void keepsNamesThatAreNotUtf8() throws IOException {
        imports.load(
                new TarBytes().name(new byte[] {'l', (byte) 0xE9}).content("x").add());

        assertThat(TreeListing.of(imports.rootfs())).containsKey("./l\udce9");
    }

    @Test
    @NeedsRoot("sets capabilities of files")
    void keepsSetuidAndFileCapabilities() throws IOException {
        byte[] capability = {1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        imports.load(new TarBytes()
                .rawPax('x', TarBytes.record("SCHILY.xattr.security.capability", capability))
                .name("ping")
                .mode(04755)
                .owner(7, 8)
                .content("x")
                .add()
                .name("null")
                .type('3')
                .device(1, 3)
                .mode(0666)
                .add()
                .name("pipe")
                .type('6')
                .mode(0600)
                .add());

        assertThat(TreeListing.of(imports.rootfs().resolve("ping")).get("."))
                .contains("mode 104755 owner 7:8")
                .contains("security.capability=0100000200200000");
        assertThat(TreeListing.of(imports.rootfs().resolve("null")).get(".")).contains("mode 20666", "device 1:3");
        assertThat(TreeListing.of(imports.rootfs().resolve("pipe")).get(".")).contains("mode 10600");
    }

    @Test
    @NeedsRoot("makes files of other owners")
    void doesNotLetFilesInheritFromTheFolderTheyAreIn() throws IOException {
        imports.load(new TarBytes()
                .pax("SCHILY.acl.default", "user::rwx,user:5:rwx,group::r-x,mask::rwx,other::r-x")
                .name("d")
                .type('5')
                .mode(02775)
                .owner(0, 50)
                .add()
                .name("d/f")
                .mode(0644)
                .content("x")
                .add()
                .file("elsewhere", "x")
                .name("d/g")
                .mode(0644)
                .content("x")
                .add());

        assertThat(TreeListing.of(imports.rootfs().resolve("d")).get("."))
                .contains("mode 42775 owner 0:50", "posix_acl_default", "mtime 1610612736.");
        for (String name : List.of("f", "g")) {
            assertThat(TreeListing.of(imports.rootfs().resolve("d/" + name)).get("."))
                    .contains("mode 100644 owner 0:0")
                    .doesNotContain("acl");
        }
    }

    @Test
    @NeedsRoot("makes files of other owners")
    void looksUpNamesInAccessControlListsInTheImage() throws IOException {
        imports.load(new TarBytes()
                .pax("SCHILY.acl.access", "user::rw-,user:joe:r--,group::r--,mask::r--,other::---")
                .file("f", "x")
                .file("etc/passwd", "root:x:0:0::/:/bin/sh\njoe:x:4711:1::/:/bin/sh\n"));

        // Entry of a user: tag 2, permissions 4, number 4711.
        assertThat(TreeListing.of(imports.rootfs().resolve("f")).get(".")).contains("0200040067120000");
    }

    @Test
    void unwrapsARootFilesystemThatCameInAFolder() {
        ImageInfo info =
                imports.load(new TarBytes().file("debian/etc/hostname", "x").file("debian/usr/f", "y"));

        assertThat(imports.rootfs().resolve("etc/hostname")).hasContent("x");
        assertThat(info.warnings()).anyMatch(warning -> warning.contains("folder \"debian\""));
    }

    @Test
    void checksTheDigestFirst() throws IOException {
        ImportOptions options = ImportOptions.defaults().sha256("0".repeat(64));
        assertThatThrownBy(() -> imports.load(new TarBytes().file("f", "x").finish(), options))
                .isInstanceOf(ImportException.class)
                .hasMessageContaining("SHA-256");
        imports.assertNothingLeft();
    }

    @Test
    void leavesNothingOfAnImportThatIsCanceled() throws IOException {
        byte[] archive = new TarBytes().file("a", "x").file("b", "x").finish();
        int[] checks = {0};
        ImportWatch watch = new ImportWatch(progress -> {}, () -> ++checks[0] > 2);
        assertThatThrownBy(() -> imports.load("x", archive, ImportOptions.defaults(), watch))
                .isInstanceOf(CanceledException.class);
        imports.assertNothingLeft();
    }

    @Test
    void leavesNothingOfAnImportWhoseThreadIsInterrupted() throws IOException {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> imports.load(new TarBytes().file("a", "x"))).isInstanceOf(CanceledException.class);
        assertThat(Thread.interrupted()).isTrue();
        imports.assertNothingLeft();
    }

    @Test
    void refusesANameThatIsTaken() {
        imports.load(new TarBytes().file("f", "x"));

        assertThatThrownBy(() -> imports.load(new TarBytes().file("f", "y")))
                .isInstanceOf(AlreadyExistsException.class)
                .hasMessageMatching("image [^ ]+: exists already; choose another name or remove that one first");
        assertThat(imports.rootfs().resolve("f")).hasContent("x");
    }

    @Test
    void writesDownWhatItFound() throws IOException {
        ImageInfo info = imports.load(new TarBytes()
                .file("etc/os-release", "ID=test\nVERSION_ID=\"1\"\nPRETTY_NAME='A \\u001b Test'\n")
                .file("usr/f", "x"));

        String json = Files.readString(imports.rootfs().resolveSibling("image.json"));
        assertThat(ImageFile.read(json, "image.json")).isEqualTo(info);
        assertThatThrownBy(() -> ImageFile.read(json.replaceFirst("\"name\"", "\"nom\": 1, \"name\""), "image.json"))
                .hasMessageContaining("\"nom\"");
    }
}
