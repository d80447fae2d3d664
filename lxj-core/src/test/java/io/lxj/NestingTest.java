package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Command;
import io.lxj.config.Config;
import io.lxj.config.Device;
import io.lxj.config.ExecResult;
import io.lxj.config.Mount;
import io.lxj.config.SeccompAction;
import io.lxj.config.SeccompArgument;
import io.lxj.config.SeccompProfile;
import io.lxj.config.SeccompRule;
import io.lxj.config.Security;
import io.lxj.linux.Architecture;
import io.lxj.linux.SyscallAbi;
import io.lxj.linux.SyscallNumbers;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Containers of other tools, inside a container that isn't told that it will have some. */
@NeedsContainers
@NeedsRootfs("debian-12-containers")
@LeaksNothing
@Timeout(300)
class NestingTest {
    /** A root file system of one program, and a bundle of the OCI around it. */
    private static final String BUNDLE =
            "mkdir -p /bundle/rootfs/bin; cd /bundle; cp /bin/busybox rootfs/bin; ln -s busybox rootfs/bin/sh; ";

    @RegisterExtension
    static final TestLxj host = TestLxj.of("debian-12-containers");

    private Container container;

    @BeforeEach
    void start() {
        container = host.start(Config.ofImage("debian-12-containers").init("/bin/sleep", "1000000"));
    }

    private String sh(String script) {
        ExecResult result = container.exec("sh", "-ec", script);
        assertThat(result.stderr()).isEmpty();
        assertThat(result.exitCode()).isZero();
        return result.stdout().replaceAll(" +", " ");
    }

    @Test
    void aUserNamespaceInsideHasAProcAndASysOfItsOwn() {
        String script = "mount -t proc proc /proc; mount -t sysfs -o ro sysfs /sys; echo $$; ls /sys/class/net; id -u";
        assertThat(sh("unshare --user --map-root-user --mount --pid --fork --net sh -ec '" + script + "'"))
                .isEqualTo("1\nlo\n0\n");
    }

    @Test
    void onlyRootCanGetToWhatMakesThatPossible() {
        sh("useradd joe");
        assertThat(container
                        .exec("su", "joe", "-c", "ls /run/host/nesting/proc")
                        .stderr())
                .contains("Permission denied");
    }

    @Test
    void bubblewrapRunsForRootAndForAnOrdinaryUser() {
        String script = "bwrap --unshare-all --ro-bind / / --proc /proc --dev /dev"
                + " sh -ec \"id -u; cat /proc/1/comm; echo >/dev/null\"";
        assertThat(sh(script)).isEqualTo("0\nbwrap\n");
        sh("useradd joe");
        assertThat(sh("su joe -c '" + script + "'")).isEqualTo("1000\nbwrap\n");
    }

    @Test
    void crunRunsAContainerWithOneId() {
        sh(BUNDLE + "crun spec --rootless");
        assertThat(sh(crun("id -u; cat /proc/self/uid_map; echo >/dev/null; echo $$")))
                .isEqualTo("0\n 0 0 1\n1\n");
    }

    @Test
    void crunRunsAContainerWithTheIdsOfTheOneAround() {
        // One of the capabilities that it gives away is the one to write to the kernel's audit log.
        sh(BUNDLE + "crun spec; grep -q CAP_AUDIT_WRITE config.json");
        assertThat(sh(crun("cat /proc/self/uid_map; stat -c %t:%T /dev/null; echo >/dev/null")))
                .isEqualTo(sh("cat /proc/self/uid_map") + "1:3\n");
    }

    /** Its monitor leaves a process behind, which it waits for: the init has to be one that reaps what it inherits. */
    private void startForPodman(Config config) {
        container.stop();
        container.configure(config.init("/bin/sh", "-c", "while :; do sleep 1; done"));
        container.start();
        sh(BUNDLE);
    }

    /** It puts no overlay on one. */
    @Test
    void podmanRunsContainers() {
        startForPodman(container.config());
        podmanRuns("podman --storage-driver=vfs ");
    }

    @Test
    @NeedsRoot("mounts a folder of the host with mapped ids")
    void podmanPutsItsOverlaysOnAFolderOfTheHost(@TempDir Path folder) {
        startForPodman(container
                .config()
                .mount(Mount.bind(folder, "/var/lib/containers").shifted()));
        podmanRuns("podman --storage-driver=overlay ");
        assertThat(folder.resolve("storage/overlay")).isNotEmptyDirectory();
    }

    @Test
    @NeedsRoot("gives a container a device")
    void podmanHasOverlaysByFuse() {
        startForPodman(container.config().device(Device.host(Path.of("/dev/fuse"))));
        podmanRuns("podman --storage-driver=overlay --storage-opt=mount_program=/usr/bin/fuse-overlayfs ");
    }

    private void podmanRuns(String podman) {
        podman(podman + "import --quiet - inner", "tar -C /bundle/rootfs -c . |");
        assertThat(podman(podman + "run --rm inner sh -c 'id -u; echo $$; echo >/dev/null'", ""))
                .isEqualTo("0\n1\n");
        podman(podman + "run --detach --name=one inner busybox sleep 1000000", "");
        assertThat(podman(podman + "exec one busybox cat /proc/1/comm", "")).isEqualTo("busybox\n");
        podman(podman + "rm --force --time=0 one", "");
        assertThat(podman(podman + "ps --all --quiet", "")).isEmpty();
    }

    private String podman(String command, String before) {
        ExecResult result = container.exec("sh", "-c", before + command);
        assertThat(result.exitCode()).as(result.stderr()).isZero();
        return result.stdout();
    }

    /** As .github/SECURITY.md says; and glibc, which makes threads by clone3(2), does without. */
    @Test
    void aProfileKeepsProgramsFromMakingUserNamespaces() {
        SyscallNumbers numbers =
                SyscallNumbers.of(SyscallAbi.of(Architecture.current()).get(0));
        String script = """
                use threads;
                use POSIX;
                $| = 1;
                sub make {
                    my $what = shift;
                    my $made = syscall(shift, @_);
                    POSIX::_exit(0) if $made == 0;
                    print $what, $made < 0 ? " $!\\n" : " made\\n";
                    waitpid($made, 0) if $made > 0;
                }
                print "thread ", threads->create(sub { 7 })->join, "\\n";
                make("clone", CLONE, 0x10000011, 0, 0, 0, 0);
                make("clone3", CLONE3, pack("Q8", 0x10000000, 0, 0, 0, 17, 0, 0, 0), 64);
                print "unshare ", syscall(UNSHARE, 0x10000000) < 0 ? "$!\\n" : "made\\n";
                """;
        for (String call : List.of("clone3", "clone", "unshare")) {
            script = script.replace(
                    call.toUpperCase(Locale.ROOT) + ",", numbers.number(call).orElseThrow() + ",");
        }
        Command command = Command.of("perl", "-e", script);
        assertThat(container.exec(command).stdout()).isEqualTo("thread 7\nclone made\nclone3 made\nunshare made\n");
        int newUser = 0x10000000;
        SeccompProfile profile = SeccompProfile.standard()
                .rule(SeccompRule.of(SeccompAction.errno(SeccompAction.EPERM), "clone", "unshare")
                        .argument(SeccompArgument.masked(0, newUser, newUser)))
                .rule(SeccompRule.of(SeccompAction.errno(SeccompAction.ENOSYS), "clone3"));
        Container closed = host.start(Config.ofImage("debian-12-containers")
                .init("/bin/sleep", "1000000")
                .security(Security.DEFAULT.seccomp(profile)));
        assertThat(closed.exec(command).stdout()).isEqualTo("""
                        thread 7
                        clone Operation not permitted
                        clone3 Function not implemented
                        unshare Operation not permitted
                        """);
    }

    private static String crun(String script) {
        return "cd /bundle; sed -i 's/\"terminal\": true/\"terminal\": false/; s|\"sh\"$|\"sh\", \"-ec\", \"" + script
                + "\"|' config.json; crun run inner";
    }
}
