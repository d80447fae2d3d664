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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real root filesystems: what an import makes of them is what tar makes of them. */
@NeedsRoot
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
        Path state = folder.path().resolve("state");
        ImageInfo info =
                new ImageImporter(state).importArchive("image", archive, ImportOptions.defaults(), ImportWatch.none());
        Path expected = folder.folder("tar");
        // Debian's archives have access control lists as plain attributes; with --acls, GNU tar 1.34 loses those.
        SystemTar.extract(archive, expected);

        var ours = TreeListing.of(state.resolve("images/image/rootfs"));
        var theirs = TreeListing.of(expected);
        // The archive may have no entry for its root, and then its time is that of the import.
        ours.remove(".");
        theirs.remove(".");
        assertThat(ours).containsExactlyEntriesOf(theirs);
        return info;
    }

    @Test
    @NeedsRootfs("debian-12.tar.gz")
    void debian12() throws Exception {
        ImageInfo info = importLikeTar("debian-12.tar.gz");

        assertThat(info.os()).hasValueSatisfying(os -> {
            assertThat(os.id()).isEqualTo("debian");
            assertThat(os.version()).isEqualTo("12");
        });
        assertThat(info.initSystem()).isEqualTo(InitSystem.SYSTEMD);
        assertThat(info.init()).hasValue("/sbin/init");
        assertThat(info.warnings()).isEmpty();
    }

    @Test
    @NeedsRootfs("debian-12.tar.xz")
    void debian12AsXz() throws Exception {
        importLikeTar("debian-12.tar.xz");
    }

    @Test
    @NeedsRootfs("debian-12.tar.zst")
    void debian12AsZstd() throws Exception {
        importLikeTar("debian-12.tar.zst");
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
