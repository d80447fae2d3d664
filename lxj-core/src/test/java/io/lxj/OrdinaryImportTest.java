package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.image.SystemTar;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.PortableJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an ordinary user may not set is left out of an image with a warning; all else is imported. */
@NeedsRoot("makes an archive of files of other owners")
@NeedsCommand({"tar", "setpriv", "setfacl", "setcap", "setfattr"})
@LeaksNothing
@Timeout(60)
class OrdinaryImportTest {
    private static final Path NEAR_THE_ROOT = Path.of("/tmp");

    @Test
    void anOrdinaryUserImportsWhatThatUserMaySet() throws Exception {
        Path folder = Files.createTempDirectory(NEAR_THE_ROOT, "lxj-ordinary");
        try (PortableJvm jvm = PortableJvm.copy()) {
            SystemTar.run(
                    folder,
                    "sh",
                    "-ec",
                    "mkdir -p tree/etc && cd tree && echo x >etc/file && chown 7001 etc/file && setfacl -m u:7001:r etc/file"
                            + " && mkdir log && setfacl -d -m g:7001:rx log && mknod null c 1 3"
                            + " && cp /bin/true able && setcap cap_net_raw+ep able && setfattr -n user.note -v x able && cd .."
                            + " && tar --acls --xattrs --xattrs-include='*' --numeric-owner -C tree -cf archive.tar ."
                            + " && chmod a+rx . && chmod a+r archive.tar");
            String said = jvm.run(
                    List.of(
                            "env",
                            OrdinaryImportJvm.ARCHIVE + "=" + folder.resolve("archive.tar"),
                            "setpriv",
                            "--reuid=65534",
                            "--regid=65534",
                            "--clear-groups"),
                    OrdinaryImportJvm.class);
            assertThat(said)
                    .contains("warning: device nodes were left out, which only root may make: \"./null\"")
                    .contains("warning: the owner could not be kept, which only root may set")
                    .contains("namespace \"system\" could not be set (EINVAL)")
                    .doesNotContain("\"security\" could not")
                    .doesNotContain("\"user\" could not")
                    .contains("refused: import torn: ")
                    .contains("image: whole\n")
                    .doesNotContain("image: torn")
                    .contains("images: []\ntmp: []\ncontainers: []\n");
        } finally {
            TestLxj.remove(folder);
        }
    }
}
