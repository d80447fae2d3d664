package io.lxj.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.ImageInfo;
import io.lxj.config.ImportOptions;
import io.lxj.config.InitSystem;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.TestRootfs;
import java.nio.file.Path;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real root filesystems: what an import makes of them is what tar makes of them. */
@NeedsRoot("compares with what tar unpacks as root")
@LeaksNothing
@NeedsCommand("tar")
class RootfsEqualsTarTest {
    private TestFolder folder;

    @BeforeEach
    void makeFolder() throws Exception {
        folder = TestFolder.create();
    }

    @AfterEach
    void removeFolder() throws Exception {
        folder.close();
    }

    private ImageInfo importLikeTar(String rootfs) throws Exception {
        Path archive = TestRootfs.find(rootfs);
        return importLike(listOfTar(archive), archive, "image");
    }

    private SortedMap<String, String> listOfTar(Path archive) throws Exception {
        Path expected = folder.folder("tar");
        // Debian's archives have access control lists as plain attributes; with --acls, GNU tar 1.34 loses those.
        SystemTar.extract(archive, expected);
        return list(expected);
    }

    private ImageInfo importLike(SortedMap<String, String> expected, Path archive, String name) throws Exception {
        Path state = folder.path().resolve("state");
        ImageInfo info =
                new ImageImporter(state).importArchive(name, archive, ImportOptions.defaults(), ImportWatch.none());
        assertThat(list(state.resolve("images").resolve(name).resolve("rootfs")))
                .containsExactlyEntriesOf(expected);
        return info;
    }

    private static SortedMap<String, String> list(Path root) throws Exception {
        var listing = TreeListing.of(root);
        // The archive may have no entry for its root, and then its time is that of the import.
        listing.remove(".");
        return listing;
    }

    @Test
    @NeedsCommand("bzip2")
    @NeedsRootfs("alpine")
    void alpineAsBzip2() throws Exception {
        Path archive = TestRootfs.find("alpine");
        Path recompressed = folder.path().resolve("alpine.tar.bz2");
        Process bzip2 = new ProcessBuilder(
                        "sh", "-c", "gzip -dc \"$0\" | bzip2 -1 >\"$1\"", archive.toString(), recompressed.toString())
                .inheritIO()
                .start();
        assertThat(bzip2.waitFor()).isZero();
        importLike(listOfTar(archive), recompressed, "bz2");
    }

    @Test
    @NeedsRootfs({"debian-12.tar.gz", "debian-12.tar.xz", "debian-12.tar.zst"})
    void debian12HoweverItIsCompressed() throws Exception {
        Path archive = TestRootfs.find("debian-12.tar.gz");
        SortedMap<String, String> expected = listOfTar(archive);
        ImageInfo info = importLike(expected, archive, "gz");
        importLike(expected, TestRootfs.find("debian-12.tar.xz"), "xz");
        importLike(expected, TestRootfs.find("debian-12.tar.zst"), "zst");

        assertThat(info.os()).hasValueSatisfying(os -> {
            assertThat(os.id()).isEqualTo("debian");
            assertThat(os.version()).isEqualTo("12");
        });
        assertThat(info.initSystem()).isEqualTo(InitSystem.SYSTEMD);
        assertThat(info.init()).hasValue("/sbin/init");
        assertThat(info.warnings()).isEmpty();
    }

    @Test
    @NeedsRootfs("debian-13")
    void debian13() throws Exception {
        assertThat(importLikeTar("debian-13").os())
                .hasValueSatisfying(os -> assertThat(os.version()).isEqualTo("13"));
    }

    @Test
    @NeedsRootfs("debian-12-openrc")
    void debianWithOpenRc() throws Exception {
        assertThat(importLikeTar("debian-12-openrc").initSystem()).isEqualTo(InitSystem.OPENRC);
    }

    @Test
    @NeedsRootfs("alpine")
    void alpine() throws Exception {
        ImageInfo info = importLikeTar("alpine");

        assertThat(info.os()).hasValueSatisfying(os -> assertThat(os.id()).isEqualTo("alpine"));
        assertThat(info.initSystem()).isEqualTo(InitSystem.BUSYBOX);
        assertThat(info.architecture()).hasValue(System.getProperty("os.arch").replace("amd64", "x86_64"));
    }

    @Test
    @NeedsRootfs("busybox")
    void busybox() throws Exception {
        ImageInfo info = importLikeTar("busybox");

        assertThat(info.init()).hasValue("/bin/init");
        assertThat(info.initSystem()).isEqualTo(InitSystem.BUSYBOX);
    }
}
