package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.testing.LeaksNothing;
import io.lxj.testing.MustWork;
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

/** Containers of users who have no cgroups. */
@NeedsRoot("becomes other users")
@NeedsRootfs("busybox")
@NeedsCommand("setpriv")
@LeaksNothing
@Timeout(60)
class OrdinaryUserTest {
    /** The user that .ci/run makes, with ids in /etc/subuid and /etc/subgid. */
    private static final String USER = "lxj-ci";

    private static String run(String user, Class<?> main) throws Exception {
        try (PortableJvm jvm = PortableJvm.copy()) {
            Path rootfs = Files.createTempDirectory(Path.of("/tmp"), "lxj-rootfs");
            try {
                Path tarball = TestRootfs.find("busybox");
                Path copy = Files.copy(tarball, rootfs.resolve(tarball.getFileName()));
                Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("r--r--r--"));
                Files.setPosixFilePermissions(rootfs, PosixFilePermissions.fromString("rwxr-xr-x"));
                return jvm.run(
                        List.of(
                                "env",
                                "LXJ_TEST_ROOTFS=" + rootfs,
                                "setpriv",
                                "--reuid=" + user,
                                "--regid=" + user,
                                "--clear-groups"),
                        main);
            } finally {
                TestLxj.remove(rootfs);
            }
        }
    }

    @Test
    @NeedsCommand({"setpriv", "newuidmap", "newgidmap"})
    void aUserWithIdsHasContainersThatShareNone() throws Exception {
        if (Files.readAllLines(Path.of("/etc/subuid")).stream().noneMatch(line -> line.startsWith(USER + ":"))) {
            throw MustWork.missing("a user " + USER + " with 131072 ids in /etc/subuid, as .ci/run makes it");
        }
        assertThat(run(USER, OwnIdsJvm.class)).contains("0 65536\n7:8\n65534\n65536 65536\n7:8\n65534\n9\n9\n");
    }

    @Test
    void aUserWithNothingButAnIdRunsContainers() throws Exception {
        assertThat(run("65534", OrdinaryUserJvm.class))
                .contains("0\ntext\n/bin/init\nlater\n")
                .contains("refused: freeze own: ")
                .contains("systemd-run --user --scope -p Delegate=yes")
                .contains("refused: privileged: an ordinary user has no privileges of the host")
                .contains("stopped\nlater\nleft: 0\n")
                .doesNotContain("not refused");
    }
}
