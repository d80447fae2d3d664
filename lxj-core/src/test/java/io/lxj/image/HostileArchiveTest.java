package io.lxj.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.ByteSize;
import io.lxj.config.ImageInfo;
import io.lxj.config.ImportLimits;
import io.lxj.config.ImportOptions;
import io.lxj.error.ImportException;
import io.lxj.error.InvalidConfigException;
import io.lxj.testing.NeedsOwnFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Archives with bad intentions: an error that says so, or a result that is safe; nothing outside, nothing left over. */
@NeedsOwnFiles
class HostileArchiveTest {
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
    void refusesDotDot() throws IOException {
        imports.refused(new TarBytes().file("../outside", "pwned")).hasMessageContaining("\"..\"");
        imports.refused(new TarBytes().file("a/../../../outside", "pwned")).hasMessageContaining("\"..\"");
        imports.refused(new TarBytes().file("f", "").hardlink("l", "../outside"))
                .hasMessageContaining("\"..\"");
    }

    @Test
    void putsAbsoluteNamesBelowTheRoot() {
        imports.load(new TarBytes().file(imports.outside().toString(), "inside"));

        assertThat(imports.rootfs().resolve(imports.outside().toString().substring(1)))
                .hasContent("inside");
    }

    @Test
    void followsLinksToFoldersOnlyWithinTheRoot() throws IOException {
        imports.load(new TarBytes()
                .symlink("abs", "/")
                .symlink("up", "../../../../../../..")
                .symlink("chain", "up")
                .file("abs/a", "1")
                .file("up/b", "2")
                .file("chain/c", "3"));

        assertThat(imports.rootfs().resolve("a")).hasContent("1");
        assertThat(imports.rootfs().resolve("b")).hasContent("2");
        assertThat(imports.rootfs().resolve("c")).hasContent("3");
        assertThat(Files.readSymbolicLink(imports.rootfs().resolve("abs"))).hasToString("/");
    }

    @Test
    void doesNotWriteThroughALinkInTheLastComponent() throws IOException {
        imports.load(new TarBytes().symlink("f", imports.outside().toString()).file("f", "mine"));

        assertThat(imports.rootfs().resolve("f")).isRegularFile().hasContent("mine");
    }

    @Test
    void refusesLinksInAPathThatLeadInCirclesOrNowhere() throws IOException {
        imports.refused(new TarBytes().symlink("a", "b").symlink("b", "a").file("a/f", ""))
                .hasMessageContaining("symbolic link");
        imports.refused(new TarBytes().symlink("a", "missing").file("a/f", "")).hasMessageContaining("symbolic link");
    }

    @Test
    void refusesHardLinksToWhatIsNotInTheArchive() throws IOException {
        imports.refused(new TarBytes().hardlink("l", imports.outside().toString()))
                .hasMessageContaining("no earlier entry made");
        imports.refused(new TarBytes()
                        .symlink("s", imports.outside().getParent().toString())
                        .hardlink("l", "s/outside"))
                .hasMessageContaining("no earlier entry made");
        imports.refused(new TarBytes().directory("d").hardlink("l", "d")).hasMessageContaining("folder \"d\"");
    }

    @Test
    void refusesToReplaceAFolderThatIsNotEmpty() throws IOException {
        imports.refused(new TarBytes().file("d/f", "x").file("d", "y")).hasMessageContaining("isn't empty");
        imports.refused(new TarBytes().file("f", "x").file("f/g", "y")).hasMessageContaining("folder is a file");
        imports.refused(new TarBytes().symlink("./", "/etc")).hasMessageContaining("root of the image");
    }

    @Test
    void takesTheLongestNamesAndRefusesLongerOnes() throws IOException {
        String longest = "n".repeat(255);
        imports.load(new TarBytes().pax("path", longest).file("short", "x"));
        assertThat(imports.rootfs().resolve(longest)).hasContent("x");

        TarBytes longer = new TarBytes().pax("path", "n".repeat(256)).file("short", "x");
        assertThatThrownBy(() -> imports.load("y", longer.finish(), ImportOptions.defaults(), ImportWatch.none()))
                .hasMessageContaining("256 bytes");
    }

    @Test
    void refusesPathsDeeperThanTheLimit() throws IOException {
        imports.refused(new TarBytes().pax("path", "d/".repeat(3000) + "f").file("short", "x"))
                .hasMessageContaining("3001 folders deep");
    }

    @Test
    void refusesPetabytes() throws IOException {
        imports.refused(new TarBytes()
                        .pax("GNU.sparse.map", "0,1", "GNU.sparse.size", Long.toString(1L << 50))
                        .file("huge", "x"))
                .hasMessageContaining("limit of 16TiB");
        imports.refused(new TarBytes()
                        .name("huge")
                        .pax("size", Long.toString(1L << 50))
                        .content("x")
                        .add())
                .hasMessageContaining("limit of 64GiB");
    }

    @Test
    void refusesABombBeforeTheDiskIsFull() throws IOException {
        byte[] bomb =
                new TarBytes().name("zeros").content(new byte[5 << 20]).add().finish();
        imports.refused(bomb, ImportLimits.defaults().totalBytes(ByteSize.mib(1)))
                .hasMessageContaining("limit of 1MiB");
        imports.refused(bomb, ImportLimits.defaults().fileBytes(ByteSize.mib(1)))
                .hasMessageContaining("limit of 1MiB");
    }

    @Test
    void leavesNothingOfAnArchiveThatIsCutOff() throws IOException {
        byte[] whole = new TarBytes()
                .directory("etc")
                .file("etc/passwd", "root:x:0:0::/:/bin/sh\n".repeat(100))
                .symlink("l", "etc")
                .unfinished();
        for (int length = 1; length < whole.length; length += 97) {
            imports.refused(Arrays.copyOf(whole, length), ImportLimits.defaults());
        }
    }

    @Test
    void refusesAnAccessControlListThatIsNoText() throws IOException {
        byte[] list = "\0user:5:r--,group::r-x,mask::rwx,other::---".getBytes(StandardCharsets.US_ASCII);
        imports.refused(new TarBytes()
                        .rawPax('x', TarBytes.record("SCHILY.acl.access", list))
                        .file("f", ""))
                .hasMessageContaining("access control list contains a NUL");
    }

    @Test
    void doesNotFillTheMemoryWithAccessControlLists() {
        String list = "u::rw-,g::r--,m::r--,o::r--,u:nobody-of-the-image:r--".concat(",u:another-one:r--".repeat(4000));
        TarBytes archive = new TarBytes();
        for (int i = 0; i < 100; i++) {
            archive.pax("SCHILY.acl.access", list).file("f" + i, "");
        }
        assertThat(imports.load(archive).warnings())
                .anyMatch(
                        warning -> warning.matches(
                                "access control lists with names were left out, because there are too many: \"f\\d\\d\" and \\d\\d more"));
    }

    @Test
    void refusesAnEmptyArchive() throws IOException {
        imports.refused(new TarBytes()).hasMessageContaining("without any entry");
        imports.refused(new byte[0], ImportLimits.defaults()).hasMessageContaining("it is empty");
    }

    @Test
    void leavesOutAttributesThatWouldSteerTheOverlay() throws IOException {
        ImageInfo info = imports.load(new TarBytes()
                .pax("SCHILY.xattr.trusted.overlay.opaque", "y", "SCHILY.xattr.user.overlay.redirect", "/etc")
                .directory("d"));

        assertThat(info.warnings()).anyMatch(warning -> warning.contains("overlayfs"));
        assertThat(TreeListing.of(imports.rootfs().resolve("d")).get(".")).doesNotContain("overlay");
    }

    @Test
    void namesTheLayersOfAContainerImage() throws IOException {
        imports.refused(new TarBytes().file("manifest.json", "[]").file("layer.tar", "x"))
                .hasMessageContaining("layers of a container image");
    }

    /** Links that lead through links, each of them made by the archive, so that no single one looks wrong. */
    @Test
    void cve2020_27833ChainedLinks() throws IOException {
        String parent = imports.outside().getParent().toString();
        imports.load(new TarBytes()
                .directory(parent.substring(1))
                .directory("a/b")
                .symlink("a/b/up", "..")
                .symlink("a/b/top", "up/b/up")
                .symlink("a/out", "b/top/" + "../".repeat(12))
                .symlink("a/far", "out" + parent)
                .file("a/far/outside", "in the image")
                .symlink("later", parent)
                .file("later/other", "in the image too"));

        assertThat(imports.rootfs().resolve(imports.outside().toString().substring(1)))
                .hasContent("in the image");
        assertThat(imports.rootfs().resolve(parent.substring(1)).resolve("other"))
                .hasContent("in the image too");
    }

    /** A digest is of all bytes that there are, and equal to the last digit. */
    @Test
    void cve2026_48769ADigestThatIsRightInPart() throws Exception {
        byte[] archive = new TarBytes().file("f", "x").finish();
        byte[] longer = Arrays.copyOf(archive, archive.length + 512);
        longer[longer.length - 1] = 1;
        String right =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(archive));
        String almost = right.substring(0, 63) + (right.endsWith("0") ? "1" : "0");

        refusedFor(archive, almost);
        refusedFor(longer, right);
        refusedFor(compressed(archive), right);
        assertThatThrownBy(() -> ImportOptions.defaults().sha256(right.substring(0, 62)))
                .isInstanceOf(InvalidConfigException.class);
        assertThat(imports.load(archive, ImportOptions.defaults().sha256(right)).entries())
                .isEqualTo(1);
    }

    private void refusedFor(byte[] archive, String digest) throws IOException {
        assertThatThrownBy(() -> imports.load(archive, ImportOptions.defaults().sha256(digest)))
                .isInstanceOf(ImportException.class)
                .hasMessageContaining("SHA-256");
        imports.assertNothingLeft();
    }

    private static byte[] compressed(byte[] archive) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(archive);
        }
        return bytes.toByteArray();
    }

    /** Somebody sends and sends: the limits end it, not the disk or the memory. */
    @Test
    void cve2026_41685AnUploadThatNeverEnds() throws IOException {
        byte[] file = new TarBytes().name("f").field(124, "77777777777").add().unfinished();
        byte[] header = new TarBytes()
                .name("PaxHeaders/x")
                .type('x')
                .field(124, "77777777777")
                .add()
                .unfinished();
        ImportOptions options =
                ImportOptions.defaults().limits(ImportLimits.defaults().totalBytes(ByteSize.mib(1)));

        for (byte[] beginning : new byte[][] {file, header}) {
            Endless sent = new Endless(beginning);
            assertThatThrownBy(() -> imports.load("x", sent, options)).hasMessageContaining("limit of 1");
            assertThat(sent.count).isLessThan(8 << 20);
            imports.assertNothingLeft();
        }
    }

    /** Zeros without an end, behind something. */
    private static final class Endless extends InputStream {
        private final byte[] beginning;
        private long count;

        Endless(byte[] beginning) {
            this.beginning = beginning;
        }

        @Override
        public int read() {
            long at = count++;
            return at < beginning.length ? beginning[(int) at] & 0xFF : 0;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            for (int i = 0; i < length; i++) {
                into[offset + i] = (byte) read();
            }
            return length;
        }
    }

    /** The digest is checked before anything is unpacked: an archive that isn't the right one is never looked into. */
    @Test
    void cve2026_33542AnArchiveThatIsNotTheRightOne() throws IOException {
        byte[] archive =
                new TarBytes().file("etc/passwd", "root::0:0::/:/bin/sh\n").finish();
        ImportOptions options = ImportOptions.defaults().sha256("0".repeat(64));

        assertThatThrownBy(() -> imports.load(archive, options)).hasMessageContaining("SHA-256");
        imports.assertNothingLeft();
        assertThatThrownBy(() -> imports.load("x".repeat(5000).getBytes(StandardCharsets.US_ASCII), options))
                .as("not even its form")
                .hasMessageContaining("SHA-256");
        imports.assertNothingLeft();
    }
}
