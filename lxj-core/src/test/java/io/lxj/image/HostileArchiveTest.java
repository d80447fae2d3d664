package io.lxj.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.ByteSize;
import io.lxj.config.ImageInfo;
import io.lxj.config.ImportLimits;
import io.lxj.config.ImportOptions;
import io.lxj.error.AlreadyExistsException;
import io.lxj.error.CanceledException;
import io.lxj.error.ImportException;
import io.lxj.testing.NeedsRoot;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Archives with bad intentions: an error that says so, or a result that is safe; nothing outside, nothing left over. */
class HostileArchiveTest {
    private TestFolder folder;
    private Path images;
    private Path outside;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = TestFolder.create();
        images = folder.folder("images");
        outside = Files.writeString(folder.path().resolve("outside"), "untouched");
    }

    @AfterEach
    void nothingOutsideWasTouched() throws IOException {
        try (TestFolder closed = folder) {
            assertThat(closed.path()).exists();
            assertThat(outside).hasContent("untouched");
            try (Stream<Path> names = Files.list(folder.path())) {
                assertThat(names.map(name -> name.getFileName().toString())).containsOnly("images", "outside");
            }
        }
    }

    private ImageInfo load(byte[] archive, ImportOptions options) {
        return new ImageImporter(images)
                .importArchive("x", new ByteArrayInputStream(archive), "bad.tar", options, ImportWatch.none());
    }

    private ImageInfo load(TarBytes archive) {
        return load(archive.finish(), ImportOptions.defaults());
    }

    private AbstractThrowableAssert<?, ?> refused(byte[] archive, ImportLimits limits) throws IOException {
        ImportOptions options = ImportOptions.defaults().limits(limits);
        AbstractThrowableAssert<?, ?> failure = assertThatThrownBy(() -> load(archive, options))
                .isInstanceOf(ImportException.class)
                .hasMessageStartingWith("import x: bad.tar: ");
        assertNothingLeft();
        return failure;
    }

    private AbstractThrowableAssert<?, ?> refused(TarBytes archive) throws IOException {
        return refused(archive.finish(), ImportLimits.defaults());
    }

    private void assertNothingLeft() throws IOException {
        try (Stream<Path> left = Files.list(images)) {
            assertThat(left).isEmpty();
        }
    }

    private Path rootfs() {
        return images.resolve("x/rootfs");
    }

    @Test
    void refusesDotDot() throws IOException {
        refused(new TarBytes().file("../outside", "pwned")).hasMessageContaining("\"..\"");
        refused(new TarBytes().file("a/../../../outside", "pwned")).hasMessageContaining("\"..\"");
        refused(new TarBytes().file("f", "").hardlink("l", "../outside")).hasMessageContaining("\"..\"");
    }

    @Test
    void putsAbsoluteNamesBelowTheRoot() {
        load(new TarBytes().file(outside.toString(), "inside"));

        assertThat(rootfs().resolve(outside.toString().substring(1))).hasContent("inside");
    }

    @Test
    void followsLinksToFoldersOnlyWithinTheRoot() throws IOException {
        load(new TarBytes()
                .symlink("abs", "/")
                .symlink("up", "../../../../../../..")
                .symlink("chain", "up")
                .file("abs/a", "1")
                .file("up/b", "2")
                .file("chain/c", "3"));

        assertThat(rootfs().resolve("a")).hasContent("1");
        assertThat(rootfs().resolve("b")).hasContent("2");
        assertThat(rootfs().resolve("c")).hasContent("3");
        assertThat(Files.readSymbolicLink(rootfs().resolve("abs"))).hasToString("/");
    }

    @Test
    void doesNotWriteThroughALinkInTheLastComponent() throws IOException {
        load(new TarBytes().symlink("f", outside.toString()).file("f", "mine"));

        assertThat(rootfs().resolve("f")).isRegularFile().hasContent("mine");
    }

    @Test
    void refusesLinksInAPathThatLeadInCirclesOrNowhere() throws IOException {
        refused(new TarBytes().symlink("a", "b").symlink("b", "a").file("a/f", ""))
                .hasMessageContaining("symbolic link");
        refused(new TarBytes().symlink("a", "missing").file("a/f", "")).hasMessageContaining("symbolic link");
    }

    @Test
    void refusesHardLinksToWhatIsNotInTheArchive() throws IOException {
        refused(new TarBytes().hardlink("l", outside.toString())).hasMessageContaining("no earlier entry made");
        refused(new TarBytes().symlink("s", folder.path().toString()).hardlink("l", "s/outside"))
                .hasMessageContaining("no earlier entry made");
        refused(new TarBytes().directory("d").hardlink("l", "d")).hasMessageContaining("folder \"d\"");
    }

    @Test
    void keepsAHardLinkToItself() {
        load(new TarBytes().file("f", "x").hardlink("f", "f").hardlink("g", "/f"));

        assertThat(rootfs().resolve("f")).hasContent("x");
        assertThat(rootfs().resolve("g")).hasContent("x");
    }

    @Test
    void letsLaterEntriesWin() throws IOException {
        load(new TarBytes()
                .file("f", "old")
                .file("f", "new")
                .symlink("link-then-folder", "/etc")
                .directory("link-then-folder")
                .file("link-then-folder/g", "x")
                .directory("folder-then-file")
                .file("folder-then-file", "y"));

        assertThat(rootfs().resolve("f")).hasContent("new");
        assertThat(Files.isDirectory(rootfs().resolve("link-then-folder"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
        assertThat(rootfs().resolve("link-then-folder/g")).hasContent("x");
        assertThat(rootfs().resolve("folder-then-file")).hasContent("y");
    }

    @Test
    void refusesToReplaceAFolderThatIsNotEmpty() throws IOException {
        refused(new TarBytes().file("d/f", "x").file("d", "y")).hasMessageContaining("isn't empty");
        refused(new TarBytes().file("f", "x").file("f/g", "y")).hasMessageContaining("folder is a file");
        refused(new TarBytes().symlink("./", "/etc")).hasMessageContaining("root of the image");
    }

    @Test
    void takesTheLongestNamesAndRefusesLongerOnes() throws IOException {
        String longest = "n".repeat(255);
        load(new TarBytes().pax("path", longest).file("short", "x"));
        assertThat(rootfs().resolve(longest)).hasContent("x");

        TarBytes longer = new TarBytes().pax("path", "n".repeat(256)).file("short", "x");
        assertThatThrownBy(() -> new ImageImporter(images)
                        .importArchive(
                                "y",
                                new ByteArrayInputStream(longer.finish()),
                                "bad.tar",
                                ImportOptions.defaults(),
                                ImportWatch.none()))
                .hasMessageContaining("256 bytes");
    }

    @Test
    void takesPathsBeyondPathMax() {
        String deep = ("d".repeat(250) + "/").repeat(20);
        ImageInfo info = load(new TarBytes()
                .pax("path", deep + "f")
                .file("short", "x")
                .pax("path", deep + "g", "linkpath", deep + "f")
                .hardlink("s", "s"));

        assertThat(info.entries()).isEqualTo(2);
    }

    @Test
    void refusesPathsDeeperThanTheLimit() throws IOException {
        refused(new TarBytes().pax("path", "d/".repeat(3000) + "f").file("short", "x"))
                .hasMessageContaining("3001 folders deep");
    }

    @Test
    void refusesPetabytes() throws IOException {
        refused(new TarBytes()
                        .pax("GNU.sparse.map", "0,1", "GNU.sparse.size", Long.toString(1L << 50))
                        .file("huge", "x"))
                .hasMessageContaining("limit of 16TiB");
        refused(new TarBytes()
                        .name("huge")
                        .pax("size", Long.toString(1L << 50))
                        .content("x")
                        .add())
                .hasMessageContaining("limit of 64GiB");
    }

    @Test
    void keepsTheHolesOfSparseFiles() throws IOException {
        load(new TarBytes()
                .pax("GNU.sparse.map", "1073741824,1", "GNU.sparse.size", "2147483648")
                .file("sparse", "x"));

        assertThat(Files.size(rootfs().resolve("sparse"))).isEqualTo(1L << 31);
        assertThat(TreeListing.of(rootfs().resolve("sparse")).get(".")).matches(".* blocks (8|16|24) .*");
    }

    @Test
    void refusesABombBeforeTheDiskIsFull() throws IOException {
        byte[] bomb =
                new TarBytes().name("zeros").content(new byte[5 << 20]).add().finish();
        refused(bomb, ImportLimits.defaults().totalBytes(ByteSize.mib(1))).hasMessageContaining("limit of 1MiB");
        refused(bomb, ImportLimits.defaults().fileBytes(ByteSize.mib(1))).hasMessageContaining("limit of 1MiB");
    }

    @Test
    void leavesNothingOfAnArchiveThatIsCutOff() throws IOException {
        byte[] whole = new TarBytes()
                .directory("etc")
                .file("etc/passwd", "root:x:0:0::/:/bin/sh\n".repeat(100))
                .symlink("l", "etc")
                .unfinished();
        for (int length = 1; length < whole.length; length += 97) {
            refused(Arrays.copyOf(whole, length), ImportLimits.defaults());
        }
    }

    @Test
    void refusesAnEmptyArchive() throws IOException {
        refused(new TarBytes()).hasMessageContaining("without any entry");
        refused(new byte[0], ImportLimits.defaults()).hasMessageContaining("it is empty");
    }

    @Test
    void leavesOutAttributesThatWouldSteerTheOverlay() throws IOException {
        ImageInfo info = load(new TarBytes()
                .pax("SCHILY.xattr.trusted.overlay.opaque", "y", "SCHILY.xattr.user.overlay.redirect", "/etc")
                .directory("d"));

        assertThat(info.warnings()).anyMatch(warning -> warning.contains("overlayfs"));
        assertThat(TreeListing.of(rootfs().resolve("d")).get(".")).doesNotContain("overlay");
    }

    @Test
    void keepsNamesThatAreNotUtf8() throws IOException {
        load(new TarBytes().name(new byte[] {'l', (byte) 0xE9}).content("x").add());

        assertThat(TreeListing.of(rootfs())).containsKey("./l\udce9");
    }

    @Test
    @NeedsRoot
    void keepsSetuidAndFileCapabilities() throws IOException {
        byte[] capability = {1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        load(new TarBytes()
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

        assertThat(TreeListing.of(rootfs().resolve("ping")).get("."))
                .contains("mode 104755 owner 7:8")
                .contains("security.capability=0100000200200000");
        assertThat(TreeListing.of(rootfs().resolve("null")).get(".")).contains("mode 20666", "device 1:3");
        assertThat(TreeListing.of(rootfs().resolve("pipe")).get(".")).contains("mode 10600");
    }

    @Test
    @NeedsRoot
    void doesNotLetFilesInheritFromTheFolderTheyAreIn() throws IOException {
        load(new TarBytes()
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

        assertThat(TreeListing.of(rootfs().resolve("d")).get("."))
                .contains("mode 42775 owner 0:50", "posix_acl_default", "mtime 1610612736.");
        for (String name : List.of("f", "g")) {
            assertThat(TreeListing.of(rootfs().resolve("d/" + name)).get("."))
                    .contains("mode 100644 owner 0:0")
                    .doesNotContain("acl");
        }
    }

    @Test
    @NeedsRoot
    void looksUpNamesInAccessControlListsInTheImage() throws IOException {
        load(new TarBytes()
                .pax("SCHILY.acl.access", "user::rw-,user:joe:r--,group::r--,mask::r--,other::---")
                .file("f", "x")
                .file("etc/passwd", "root:x:0:0::/:/bin/sh\njoe:x:4711:1::/:/bin/sh\n"));

        // Entry of a user: tag 2, permissions 4, number 4711.
        assertThat(TreeListing.of(rootfs().resolve("f")).get(".")).contains("0200040067120000");
    }

    @Test
    void unwrapsARootFilesystemThatCameInAFolder() {
        ImageInfo info = load(new TarBytes().file("debian/etc/hostname", "x").file("debian/usr/f", "y"));

        assertThat(rootfs().resolve("etc/hostname")).hasContent("x");
        assertThat(info.warnings()).anyMatch(warning -> warning.contains("folder \"debian\""));
    }

    @Test
    void namesTheLayersOfAContainerImage() throws IOException {
        refused(new TarBytes().file("manifest.json", "[]").file("layer.tar", "x"))
                .hasMessageContaining("layers of a container image");
    }

    @Test
    void checksTheDigestFirst() throws IOException {
        ImportOptions options = ImportOptions.defaults().sha256("0".repeat(64));
        assertThatThrownBy(() -> load(new TarBytes().file("f", "x").finish(), options))
                .isInstanceOf(ImportException.class)
                .hasMessageContaining("SHA-256");
        assertNothingLeft();
    }

    @Test
    void leavesNothingOfAnImportThatIsCanceled() throws IOException {
        byte[] archive = new TarBytes().file("a", "x").file("b", "x").finish();
        int[] checks = {0};
        ImportWatch watch = new ImportWatch(progress -> {}, () -> ++checks[0] > 2);
        assertThatThrownBy(() -> new ImageImporter(images)
                        .importArchive(
                                "x", new ByteArrayInputStream(archive), "a.tar", ImportOptions.defaults(), watch))
                .isInstanceOf(CanceledException.class);
        assertNothingLeft();
    }

    @Test
    void leavesNothingOfAnImportWhoseThreadIsInterrupted() throws IOException {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> load(new TarBytes().file("a", "x"))).isInstanceOf(CanceledException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertNothingLeft();
    }

    @Test
    void refusesANameThatIsTaken() {
        load(new TarBytes().file("f", "x"));

        assertThatThrownBy(() -> load(new TarBytes().file("f", "y"))).isInstanceOf(AlreadyExistsException.class);
        assertThat(rootfs().resolve("f")).hasContent("x");
    }

    @Test
    void writesDownWhatItFound() throws IOException {
        ImageInfo info = load(new TarBytes()
                .file("etc/os-release", "ID=test\nVERSION_ID=\"1\"\nPRETTY_NAME='A \\u001b Test'\n")
                .file("usr/f", "x"));

        String json = Files.readString(images.resolve("x/image.json"));
        assertThat(ImageFile.read(json, "image.json")).isEqualTo(info);
        assertThatThrownBy(() -> ImageFile.read(json.replaceFirst("\"name\"", "\"nom\": 1, \"name\""), "image.json"))
                .hasMessageContaining("\"nom\"");
    }
}
