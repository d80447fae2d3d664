package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.PortableJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What keeps ordinary users from containers on some hosts, each as seen by such a user: what is said, and what to do. */
@NeedsRoot("restricts what another user has around")
@NeedsCommand({"unshare", "mount", "findmnt", "setpriv", "newuidmap", "newgidmap"})
@LeaksNothing
@Timeout(60)
class RestrictedHostTest {
    private static final List<String> USER =
            List.of("setpriv", "--reuid=" + OrdinaryUserTest.USER, "--regid=" + OrdinaryUserTest.USER, "--init-groups");
    private static final String USABLE = "\nlxj can run containers here\n";
    private static final String UNUSABLE = "\nlxj can't run containers here\n";

    private static PortableJvm jvm;

    @BeforeAll
    static void copy() throws Exception {
        OrdinaryUserTest.requireUser();
        jvm = PortableJvm.copy();
    }

    @AfterAll
    static void remove() throws Exception {
        if (jvm != null) {
            jvm.close();
        }
    }

    private static List<String> join(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    /** As the user, after a script in a mount namespace of its own. */
    private static String behind(String script) throws Exception {
        return jvm.run(
                join(List.of("unshare", "--mount", "sh", "-ec", script + "; exec \"$@\"", "sh"), USER),
                CheckingJvm.class);
    }

    /** As somebody in a user namespace in which there can be no namespaces of a kind. */
    private static String withoutNamespaces(String kind) throws Exception {
        String script = "echo 0 >/proc/sys/user/max_" + kind + "_namespaces;"
                + " exec setpriv --ambient-caps=-all --inh-caps=-all \"$@\"";
        return jvm.run(
                List.of(
                        "unshare",
                        "--user",
                        "--map-user=65534",
                        "--map-group=65534",
                        "--keep-caps",
                        "sh",
                        "-c",
                        script,
                        "sh"),
                CheckingJvm.class);
    }

    private static boolean isSaid(String said, String feature, String state, String detail) {
        return said.lines().anyMatch(line -> line.matches(feature + " +" + state + " .*  \\Q" + detail + "\\E.*"));
    }

    @Test
    void aUserWithIdsAndWithoutACgroupCanRunContainers() throws Exception {
        String said = jvm.run(USER, CheckingJvm.class);
        assertThat(said).contains(USABLE).contains("\nopened ").contains("\nbuilt ");
        assertThat(isSaid(said, "ids of containers", "yes", "for ")).as(said).isTrue();
        assertThat(isSaid(said, "capabilities", "no", "none")).as(said).isTrue();
        assertThat(isSaid(said, "device filter", "no", "bpf: EPERM")).as(said).isTrue();
    }

    @Test
    void noLines() throws Exception {
        String said = behind("mount --bind /dev/null /etc/subuid; mount --bind /dev/null /etc/subgid");
        assertThat(said).contains(USABLE).contains("\nopened ").contains("\nbuilt ");
        assertThat(isSaid(
                        said,
                        "ids of containers",
                        "no",
                        "the user's own for all: lxj-ci has no line in /etc/subuid and no line in /etc/subgid, and a"
                                + " container with ids of its own needs 65536"))
                .as(said)
                .isTrue();
        assertThat(said)
                .containsPattern("\nids of containers: +as root: usermod --add-subuids 131072-196607 --add-subgids"
                        + " 131072-196607 lxj-ci, or add the line lxj-ci:131072:65536 to /etc/subuid, and the line"
                        + " lxj-ci:131072:65536 to /etc/subgid\n");
    }

    /** JNA's own library has to be loaded from elsewhere then. */
    @Test
    void aHomeInWhichNothingIsExecuted() throws Exception {
        String said = behind("mount -t tmpfs -o noexec,mode=777 none ~" + OrdinaryUserTest.USER);
        assertThat(said).contains(USABLE).contains("\nopened ").contains("\nbuilt ");
    }

    /** As docker run --user has it. */
    @Test
    void noEntry() throws Exception {
        String said = jvm.run(
                List.of("env", "HOME=/no/home", "setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"),
                CheckingJvm.class);
        assertThat(said)
                .contains(USABLE)
                .contains("the user's own for all: 12345 has no line in /etc/subuid and no line in /etc/subgid")
                .contains("; and have the user in /etc/passwd");
    }

    @Test
    void noPrograms() throws Exception {
        String said = behind("mount --bind /dev/null \"$(command -v newuidmap)\"");
        assertThat(said).contains(USABLE).contains("\nopened ").contains("\nbuilt ");
        assertThat(isSaid(said, "ids of containers", "no", "the user's own for all: there is no program newuidmap"))
                .as(said)
                .isTrue();
        assertThat(said).containsPattern("\nids of containers: +install the package uidmap ");
    }

    /** A copy has neither the setuid bit nor the capability that distributions give it. */
    @Test
    void programsWithoutPrivileges() throws Exception {
        String said = behind("mount -t tmpfs tmpfs /mnt; p=$(command -v newgidmap); cp \"$p\" /mnt/copy;"
                + " chmod 755 /mnt /mnt/copy; mount --bind /mnt/copy \"$p\"");
        assertThat(said).contains(USABLE).contains("\nopened ").contains("\nbuilt ");
        assertThat(isSaid(said, "ids of containers", "no", "the user's own for all: /usr/bin/newgidmap "))
                .as(said)
                .isTrue();
        assertThat(said)
                .containsPattern(
                        "\nids of containers: +/usr/bin/newgidmap has to be setuid root \\(chmod u\\+s\\) or to have"
                                + " a file capability \\(setcap cap_setgid=ep\\), and to be on a mount without nosuid: ");
    }

    @Test
    void noNewPrivileges() throws Exception {
        String said = jvm.run(join(USER, List.of("--no-new-privs")), CheckingJvm.class);
        assertThat(said).contains(USABLE).contains("\nopened ").contains("\nbuilt ");
        assertThat(said)
                .containsPattern("\nids of containers: +this process and what it starts may gain no privileges"
                        + " \\(no_new_privs, see prctl\\(2\\)\\), so that newgidmap has none: ");
    }

    @Test
    void noMountNamespaces() throws Exception {
        String said = withoutNamespaces("mnt");
        assertThat(said).contains(UNUSABLE);
        assertThat(isSaid(said, "mount namespace", "MISSING", "unshare: ENOSPC"))
                .as(said)
                .isTrue();
        assertThat(said)
                .containsPattern("\nuser namespace settings: +sysctl -w" + " user.max_mnt_namespaces=10000\n")
                .containsPattern("\nrefused: run containers as an ordinary user: .*ENOSPC .*; sysctl -w"
                        + " user.max_mnt_namespaces=10000\n");
    }

    /** As runtimes of containers do it. */
    @Test
    void partsOfProcAreCovered() throws Exception {
        String said = behind("mount -t tmpfs tmpfs /proc/irq");
        assertThat(said).contains(UNUSABLE);
        assertThat(isSaid(said, "proc", "MISSING", "fsmount: EPERM")).as(said).isTrue();
        assertThat(said)
                .containsPattern(
                        "\nproc: +a user namespace gets one of its own only where nothing covers parts of the one");
    }

    /** Root of a container that shows none, as bubblewrap's are without a bind mount of them. */
    @Test
    void noCgroupsInAContainer() throws Exception {
        String said = jvm.run(
                List.of(
                        "unshare",
                        "--mount",
                        "--cgroup",
                        "sh",
                        "-ec",
                        "mount -t tmpfs tmpfs /sys/fs/cgroup; exec \"$@\"",
                        "sh"),
                CheckingJvm.class);
        assertThat(said).contains(UNUSABLE);
        assertThat(said)
                .containsPattern("cgroup v2 +MISSING .* the one at /sys/fs/cgroup\\S* is covered, or not accessible\n")
                .containsPattern(
                        "\ncgroup v2: +this process is inside a container: .*cgroup namespace.*\\. That container"
                                + " has to show its cgroups, ")
                .containsPattern(
                        "\nrefused: open lxj: this host has no cgroup v2 that this process sees; this process is inside a container: ");
    }

    /** As unshare(1) leaves it without --mount-proc: it has this process's number for another one. */
    @Test
    void aProcOfAnotherPidNamespace() throws Exception {
        String said = jvm.run(List.of("unshare", "--pid", "--fork"), CheckingJvm.class);
        assertThat(said).contains(UNUSABLE);
        assertThat(isSaid(said, "own /proc", "MISSING", "readlinkat: ESRCH"))
                .as(said)
                .isTrue();
        assertThat(said)
                .containsPattern("\nown /proc: +/proc is of another PID namespace than this process: ")
                .containsPattern("\nrefused: open .*ESRCH .*; /proc is of another PID namespace than this process: ");
    }

    /** As a container has them that is only to look. */
    @Test
    void cgroupsThatCanNotBeWritten() throws Exception {
        String script = "mount -o remount,bind,ro \"$(findmnt -n -o TARGET -t cgroup2 | tail -n 1)\"; exec \"$@\"";
        String said = jvm.run(List.of("unshare", "--mount", "sh", "-ec", script, "sh"), CheckingJvm.class);
        assertThat(said).contains(UNUSABLE).doesNotContain("\nopened ");
        assertThat(said).containsPattern("\nown cgroups +MISSING .* can't be written\n");
        if (!Files.isDirectory(Path.of("/run/systemd/system"))) {
            assertThat(said)
                    .containsPattern("\nplace of cgroups: +where it is mounted read-only: mount -o remount,rw ")
                    .containsPattern(
                            "\nrefused: open lxj: this host has no cgroup v2 in which this root can make cgroups; ");
        }
    }

    /** As LXC covers the id of the boot. */
    @Test
    void anotherFileInPlaceOfTheBootId() throws Exception {
        String said = behind("mount -t tmpfs tmpfs /mnt; echo 12345678-1234-1234-1234-123456789abc >/mnt/id;"
                + " mount --bind /mnt/id /proc/sys/kernel/random/boot_id");
        assertThat(said).contains("\nopened ");
    }

    /** Root without what lxj needs, as in most containers of other tools. */
    @Test
    void aRootWithoutCapabilities() throws Exception {
        String said = jvm.run(
                List.of("setpriv", "--bounding-set=-sys_admin,-bpf", "--inh-caps=-sys_admin,-bpf"), CheckingJvm.class);
        assertThat(said).contains(UNUSABLE);
        assertThat(isSaid(said, "capabilities", "MISSING", "without CAP_SYS_ADMIN"))
                .as(said)
                .isTrue();
        assertThat(said).containsPattern("\ndevice filter: +see capabilities\n");
    }

    /** Root of a user namespace with a single id, in which there can be no other. */
    @Test
    void aNamespaceOfOneId() throws Exception {
        String said = jvm.run(
                List.of(
                        "unshare",
                        "--user",
                        "--map-root-user",
                        "sh",
                        "-c",
                        "echo 0 >/proc/sys/user/max_user_namespaces; exec \"$@\"",
                        "sh"),
                CheckingJvm.class);
        assertThat(said).contains(UNUSABLE).contains("\nopened ");
        assertThat(isSaid(said, "user namespace", "MISSING", "clone3: ENOSPC"))
                .as(said)
                .isTrue();
        assertThat(isSaid(said, "ids of containers", "MISSING", "none"))
                .as(said)
                .isTrue();
        assertThat(said)
                .containsPattern(
                        "\nrefused: build .*EINVAL .*; the user namespace in which files are handled doesn't have"
                                + " this owner: for root ");
    }

    /** Puts a setting of distributions' kernels where the kernel that runs the test may not have it. */
    static String madeUp(String name, String value) {
        return "mount -t tmpfs tmpfs /mnt; for name in osrelease overflowuid overflowgid cap_last_cap random; do"
                + " cp -r /proc/sys/kernel/$name /mnt/ 2>/dev/null || true; done;"
                + " echo " + value + " >/mnt/" + name + "; mount --bind /mnt /proc/sys/kernel";
    }

    @Test
    void settingsOfDistributionsAreNamed() throws Exception {
        assertThat(behind(madeUp("unprivileged_userns_clone", "0")))
                .containsPattern("\nuser namespace settings: +for users other than root: sysctl -w"
                        + " kernel.unprivileged_userns_clone=1\n");
        assertThat(behind(madeUp("apparmor_restrict_unprivileged_userns", "1")))
                .containsPattern("\nuser namespace settings: +for users other than root: sysctl -w"
                        + " kernel.apparmor_restrict_unprivileged_userns=0, or for this program alone: echo '.*/java\" .*'"
                        + " \\| apparmor_parser --replace\n");
    }
}
