package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.PortableJvm;
import io.lxj.testing.TestRootfs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A user without a line in /etc/subuid and without a cgroup has containers with a single id. */
@NeedsRoot
@NeedsRootfs("busybox")
@NeedsCommand("setpriv")
@LeaksNothing
@Timeout(60)
class OrdinaryUserTest {
    @Test
    void aUserWithNothingButAnIdRunsContainers() throws Exception {
        try (PortableJvm jvm = PortableJvm.copy()) {
            Path rootfs = Files.createTempDirectory(Path.of("/tmp"), "lxj-rootfs");
            try {
                Path tarball = TestRootfs.find("busybox");
                Files.copy(tarball, rootfs.resolve(tarball.getFileName()));
                Files.setPosixFilePermissions(
                        rootfs.resolve(tarball.getFileName()), PosixFilePermissions.fromString("r--r--r--"));
                Files.setPosixFilePermissions(rootfs, PosixFilePermissions.fromString("rwxr-xr-x"));
                String said = jvm.run(
                        List.of(
                                "env",
                                "LXJ_TEST_ROOTFS=" + rootfs,
                                "setpriv",
                                "--reuid=65534",
                                "--regid=65534",
                                "--clear-groups"),
                        OrdinaryUserJvm.class);
                assertThat(said)
                        .contains("0\ntext\n/bin/init\nlater\n")
                        .contains("refused: freeze own: ")
                        .contains("systemd-run --user --scope -p Delegate=yes")
                        .contains("refused: privileged: an ordinary user has no privileges of the host")
                        .contains("refused: onExit: an ordinary user's containers can't be taken over")
                        .contains("stopped\nlater\nleft: 0\n")
                        .doesNotContain("not refused");
            } finally {
                TestLxj.remove(rootfs);
            }
        }
    }
}
