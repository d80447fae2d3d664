package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.testing.CProgram;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.MustWork;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.PortableJvm;
import io.lxj.testing.TestRootfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Containers of users who have no cgroups. */
@NeedsRoot("becomes other users")
@NeedsRootfs("busybox")
@NeedsCommand("setpriv")
@LeaksNothing
@Timeout(60)
class OrdinaryUserTest {
    /** The user that .ci/run makes, with ids in /etc/subuid and /etc/subgid. */
    static final String USER = "lxj-ci";

    private static final String ROOT = " / / rw,relatime\n";
    private static final String OWN_IDS = "container one (RUNNING)\n0 65536\n7:8\n65534\n" + ROOT
            + "container two (RUNNING), a copy of its image for its ids\n" + "65536 65536\n7:8\n65534\n" + ROOT
            + "its ids: true\n9\n9\n";

    /** Whoever had a cgroup namespace could mount the cgroups below the JVM's. */
    private static final String NAMESPACES = "unshare cgroup: EPERM\nunshare user and cgroup: EPERM\n"
            + "clone cgroup: EPERM\nclone user and cgroup: EPERM\nclone3 cgroup: ENOSYS\n"
            + "unshare uts: made\nclone uts: made\nunshare user: made\n";

    private static String run(String user, Class<?> main) throws Exception {
        return run(user, List.of("env"), main);
    }

    /** With a launcher that runs as root, in which {@code {place}} is a folder of the user's. */
    static String run(String user, List<String> launcher, Class<?> main) throws Exception {
        try (PortableJvm jvm = PortableJvm.copy()) {
            Path rootfs = Files.createTempDirectory(Path.of("/tmp"), "lxj-rootfs");
            try {
                Path tarball = TestRootfs.find("busybox");
                Path copy = Files.copy(tarball, rootfs.resolve(tarball.getFileName()));
                Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("r--r--r--"));
                Files.setPosixFilePermissions(rootfs, PosixFilePermissions.fromString("rwxr-xr-x"));
                String place = Files.createDirectory(rootfs.resolve("place")).toString();
                List<String> command = new ArrayList<>();
                launcher.forEach(word -> command.add(word.replace("{place}", place)));
                command.addAll(List.of(
                        "LXJ_TEST_ROOTFS=" + rootfs,
                        "setpriv",
                        "--reuid=" + user,
                        "--regid=" + user,
                        "--clear-groups"));
                return jvm.run(command, main);
            } finally {
                TestLxj.remove(rootfs);
            }
        }
    }

    @Test
    @NeedsCommand({"setpriv", "newuidmap", "newgidmap"})
    void aUserWithIdsHasContainersThatShareNone() throws Exception {
        requireUser();
        assertThat(run(USER, OwnIdsJvm.class))
                .contains(OWN_IDS)
                .contains("built\n")
                .contains(
                        "layout.json belongs to other ids than those that this user's containers have now, which is the"
                                + " user's own alone; the warning before this says why; give the user the former ids again, or open"
                                + " another state folder\n")
                .contains("went over with 0 images\n");
    }

    /** The keys of the JVM's session are those of nobody in a container. */
    @Test
    @NeedsCommand({"newuidmap", "newgidmap"})
    void theKeyringsOfAUserWhoHasNoKeysLeftCountForTheContainer() throws Exception {
        requireUser();
        assertThat(run(USER, SpentKeysJvm.class)).contains("init: 1\nand a command: 2\nSTOPPED\n");
    }

    @Test
    void aUserWithNothingButAnIdAndNoKeysLeftIsToldSo() throws Exception {
        assertThat(run("65534", SpentKeysJvm.class))
                .containsSubsequence("refused: start own: ", "leave the JVM's keys: ", "EDQUOT", "maxkeys\nSTOPPED\n");
    }

    /** Of a user with ids it is another process that handles a container's files than that for all. */
    @Test
    void aContainerCanBeStoppedWhenTheDeputyWasKilled() throws Exception {
        for (String user : List.of(USER, "65534")) {
            assertThat(run(user, DeadDeputyJvm.class))
                    .contains("refused: ", "EOWNERDEAD (Owner died)", "init is there: false\nthen: STOPPED\n");
        }
    }

    /** Whoever waits for a container's end is told on a thread, which there may not be. */
    @Test
    @NeedsCommand("prlimit")
    void aContainerCanBeStoppedWhenTheUserMayHaveNoMoreThreads() throws Exception {
        assertThat(run("65534", SpentThreadsJvm.class))
                .containsSubsequence("refused: ", "EAGAIN (", "RLIMIT_NPROC", "then: STOPPED\n", "left: 0\n");
    }

    static void requireUser() throws IOException {
        if (Files.readAllLines(Path.of("/etc/subuid")).stream().noneMatch(line -> line.startsWith(USER + ":"))) {
            throw MustWork.missing("a user " + USER + " with 131072 ids in /etc/subuid, as .ci/run makes it");
        }
    }

    private static String runOnMount(String options) throws Exception {
        requireUser();
        String mount = "mount -t tmpfs -o mode=0700,uid=$(id -u " + USER + ")," + options + " tmpfs {place}";
        String script = mount + " && exec env " + OwnIdsJvm.PLACE + "={place} \"$@\"";
        return run(USER, List.of("unshare", "--mount", "sh", "-ec", script, "sh"), OwnIdsJvm.class);
    }

    /** As hardened hosts mount /home and /tmp: a user namespace can't lift that. */
    @ParameterizedTest
    @ValueSource(strings = {"nosuid,nodev", "noexec", "nosuid,nodev,noexec"})
    @NeedsCommand({"unshare", "mount", "newuidmap", "newgidmap"})
    void whatTheMountOfTheStateFolderForbidsDoesNotHoldInContainers(String options) throws Exception {
        String said = runOnMount(options);
        assertThat(said).contains(OWN_IDS);
        if (options.contains("noexec")) {
            assertThat(said)
                    .contains("refused: run /bin/busybox in the image: mount_setattr(")
                    .contains("EPERM (Operation not permitted); the state folder is on a mount with noexec, which an"
                            + " ordinary user can't lift: containers run there, but commands of a build don't");
        } else {
            assertThat(said).contains("built\n");
        }
    }

    @Test
    @NeedsCommand({"unshare", "mount"})
    void whoseProcHidesProcessesIsToldSo() throws Exception {
        String hide = "mount -t proc -o hidepid=2 proc /proc && exec \"$@\"";
        assertThat(run("65534", List.of("unshare", "--mount", "sh", "-ec", hide, "sh", "env"), OpeningAsUserJvm.class))
                .contains("refused: open state folder ")
                .contains("ESRCH (")
                .contains("mount -o remount,hidepid=0 /proc\n");
    }

    @Test
    @NeedsCommand("gcc")
    void aUserWithNothingButAnIdRunsContainers() throws Exception {
        Path folder = Files.createTempDirectory(Path.of("/tmp"), "lxj-program");
        try {
            Path program = folder.resolve("namespaces");
            CProgram.build("namespaces.c", program);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            assertThat(run("65534", List.of("env", "LXJ_TEST_PROGRAM=" + program), OrdinaryUserJvm.class))
                    .contains("0\ntext\n/bin/init\nlater\n")
                    .contains("without keys: true\nneither with others: true\n0:0\nmine\nfewer files: true\n")
                    .contains("cgroups: \nmount: 255\n" + NAMESPACES)
                    .contains("refused: command.groups: \"[7]\" is not allowed; allowed: none set here: ")
                    .contains("refused: freeze own: ")
                    .contains("systemd-run --user --scope -p Delegate=yes")
                    .contains("refused: privileged: an ordinary user has no privileges of the host")
                    .contains("stopped\nlater\nleft: 0\n")
                    .doesNotContain("not refused");
        } finally {
            TestLxj.remove(folder);
        }
    }
}
