package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Capability;
import io.lxj.config.CapabilityChanges;
import io.lxj.config.Config;
import io.lxj.config.ExecResult;
import io.lxj.testing.Caller;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What systemd's container interface, and other inits, expect of a container manager: a test for each line. */
@NeedsContainers
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(120)
class ContractTest {
    private static final int CAP_MKNOD = 27;
    private static final int CAP_SYS_ADMIN = 21;
    private static final int CAP_SYS_BOOT = 22;

    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
    private static final Pattern SHARED = Pattern.compile(" shared:[0-9]+");

    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    private static Container container;

    /** A program that does nothing is the init, so that what it got from lxj is still as it was. */
    @BeforeAll
    static void start() throws IOException {
        container = host.start(Config.ofImage("alpine")
                .hostname("web1.example.org")
                .env("COLOR", "blue")
                .credential("db.password", "s3cret\nand more")
                .init("/bin/sleep", "1000000"));
        // What the first command starts stays as long as the container runs: who looks up an ordinary user's users.
        sh("true");
    }

    private static String sh(String script) {
        ExecResult result = container.exec("sh", "-c", script);
        assertThat(result.stderr()).as(script).isEmpty();
        return result.stdout();
    }

    /** The error of a script that has to fail. */
    private static String refused(String script) {
        ExecResult result = container.exec("sh", "-c", script);
        assertThat(result.exitCode()).as(script).isNotZero();
        return result.stderr();
    }

    private static String status(String pid, String field) {
        return sh("sed -n 's/^" + field + ":[[:space:]]*//p' /proc/" + pid + "/status")
                .strip();
    }

    @Test
    void credentialsAreFilesThatOnlyRootInsideCanRead() {
        assertThat(sh("tr '\\0' '\\n' </proc/1/environ")).contains("CREDENTIALS_DIRECTORY=/run/host/credentials\n");
        assertThat(sh("cat /run/host/credentials/db.password")).isEqualTo("s3cret\nand more");
        assertThat(sh("stat -c '%a %U %n' /run/host/credentials /run/host/credentials/*"))
                .isEqualTo("500 root /run/host/credentials\n400 root /run/host/credentials/db.password\n");
        assertThat(refused("echo x >/run/host/credentials/db.password")).contains("Read-only file system");
        assertThat(container.launchPlan()).doesNotContain("s3cret");
        assertThat(container.config()).asString().contains("db.password").doesNotContain("s3cret");
    }

    @Test
    void theHostnameIsSet() {
        assertThat(sh("hostname")).isEqualTo("web1.example.org\n");
        assertThat(sh("cat /proc/sys/kernel/hostname /etc/hostname")).isEqualTo("web1.example.org\nweb1.example.org\n");
        assertThat(sh("cat /etc/hosts")).contains("web1.example.org").contains("localhost");
    }

    @Test
    void theMachineIdIsTheContainersOwn() {
        assertThat(sh("cat /etc/machine-id")).isEqualTo(container.machineId() + "\n");
        Container other = host.create("alpine");
        assertThat(other.machineId()).matches("[0-9a-f]{32}").isNotEqualTo(container.machineId());
        other.start();
        assertThat(other.exec("cat", "/etc/machine-id").stdout()).isEqualTo(other.machineId() + "\n");
        other.stop();
        other.start();
        assertThat(other.exec("cat", "/etc/machine-id").stdout()).isEqualTo(other.machineId() + "\n");
        other.stop();
        other.destroy();
    }

    @Test
    void theEnvironmentOfTheInitIsThatOfTheInterfaceAndNothingOfTheHosts() {
        Map<String, String> environment = new TreeMap<>();
        for (String line : sh("tr '\\0' '\\n' </proc/1/environ").split("\n")) {
            environment.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
        }
        assertThat(environment)
                .containsEntry("container", "lxj")
                .containsEntry("container_uuid", dashed(container.machineId()))
                .containsEntry("COLOR", "blue")
                .containsEntry("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
                .containsEntry("HOME", "/root")
                .containsEntry("USER", "root")
                .containsEntry("TERM", "linux");
        assertThat(environment.keySet())
                .filteredOn(name -> !name.startsWith("container_host_"))
                .containsExactlyInAnyOrder(
                        "container",
                        "container_uuid",
                        "COLOR",
                        "CREDENTIALS_DIRECTORY",
                        "PATH",
                        "HOME",
                        "USER",
                        "TERM");
    }

    private static String dashed(String id) {
        return String.join(
                "-",
                id.substring(0, 8),
                id.substring(8, 12),
                id.substring(12, 16),
                id.substring(16, 20),
                id.substring(20));
    }

    @Test
    void theHostsReleaseIsInTheEnvironment() throws IOException {
        List<String> expected = Files.readAllLines(Path.of("/etc/os-release")).stream()
                .filter(line -> line.matches("(ID|VERSION_ID|BUILD_ID|VARIANT_ID)=.*"))
                .map(line ->
                        "container_host_" + line.substring(0, line.indexOf('=')).toLowerCase(Locale.ROOT)
                                + line.substring(line.indexOf('=')).replace("\"", ""))
                .toList();
        assertThat(expected).anyMatch(variable -> variable.startsWith("container_host_id="));
        assertThat(sh("tr '\\0' '\\n' </proc/1/environ | grep ^container_host_").split("\n"))
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void devHasTheStandardNodesAndNothingElse() {
        assertThat(sh("ls -A /dev").split("\n"))
                .containsExactlyInAnyOrder(
                        "console", "fd", "full", "mqueue", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin",
                        "stdout", "tty", "urandom", "zero");
        assertThat(sh("cd /dev; stat -c '%n %F %t:%T %a' full null random tty urandom zero"))
                .isEqualTo("""
                        full character special file 1:7 666
                        null character special file 1:3 666
                        random character special file 1:8 666
                        tty character special file 5:0 666
                        urandom character special file 1:9 666
                        zero character special file 1:5 666
                        """);
        assertThat(sh("cd /dev; for l in fd stdin stdout stderr ptmx; do readlink $l; done"))
                .isEqualTo("/proc/self/fd\n/proc/self/fd/0\n/proc/self/fd/1\n/proc/self/fd/2\npts/ptmx\n");
        assertThat(sh("stat -f -c %T /dev /dev/pts /dev/shm"))
                .startsWith("tmpfs\n")
                .endsWith("tmpfs\n");
        assertThat(sh("stat -c %a /dev /dev/shm /dev/pts/ptmx")).isEqualTo("755\n1777\n666\n");
    }

    @Test
    void theConsoleIsATerminalOfTheContainersOwn() {
        assertThat(sh("stat -c %F /dev/console")).isEqualTo("character special file\n");
        assertThat(sh("test -t 0 </dev/console && test -t 1 >/dev/console && echo yes"))
                .isEqualTo("yes\n");
        assertThat(sh("tty </dev/console")).matches("/dev/(console|pts/0)\n");
        assertThat(sh("stty size </dev/console")).isEqualTo("24 80\n");
        assertThat(sh("for f in 0 1 2; do readlink /proc/1/fd/$f; done"))
                .isEqualTo("/dev/pts/0\n/dev/pts/0\n/dev/pts/0\n");
    }

    @Test
    void runHostDescribesTheManagerAndIsReadOnly() throws IOException {
        assertThat(sh("cat /run/host/container-manager")).isEqualTo("lxj\n");
        assertThat(sh("cat /run/host/container-uuid").strip().replace("-", "")).isEqualTo(container.machineId());
        assertThat(sh("cat /run/host/os-release")).isEqualTo(Files.readString(Path.of("/etc/os-release")));
        // An ordinary user can make no block device, not even one that is none.
        String blk = Caller.isRoot() ? "blk block special file 0\n" : "";
        assertThat(sh("cd /run/host/inaccessible; stat -c '%n %F %a' reg dir sock fifo chr"
                        + (blk.isEmpty() ? "" : " blk")))
                .isEqualTo("""
                        reg regular empty file 0
                        dir directory 0
                        sock socket 0
                        fifo fifo 0
                        chr character special file 0
                        """ + blk);
        assertThat(refused("touch /run/host/x")).contains("Read-only file system");
        assertThat(sh("ls -A /run/host").split("\n"))
                .containsExactlyInAnyOrder(
                        "container-manager",
                        "container-uuid",
                        "credentials",
                        "inaccessible",
                        "incoming",
                        "nesting",
                        "notify",
                        "os-release",
                        "unix-export");
        assertThat(sh("stat -c '%F %a %U' /run/host/incoming")).isEqualTo("directory 755 root\n");
    }

    @Test
    void socketsForTheHostAreBoundInAFolderOfTheirOwn() {
        assertThat(sh("cd /run/host/unix-export; stat -c '%F %a %U' .; touch x; ls -A; rm x"))
                .isEqualTo("directory 755 root\nx\n");
        assertThat(sh("awk '$2 == \"/run/host/unix-export\" {print $3, $4}' /proc/mounts"))
                .startsWith("tmpfs rw,nosuid,nodev,noexec,");
        assertThat(refused("dd if=/dev/zero of=/run/host/unix-export/x bs=100000 count=1"))
                .contains("No space left on device");
        assertThat(sh("rm /run/host/unix-export/x")).isEmpty();
    }

    @Test
    void onlyAnInitThatSpeaksItIsToldOfTheNotifySocket() {
        assertThat(sh("test -S /run/host/notify && tr '\\0' '\\n' </proc/1/environ"))
                .doesNotContain("NOTIFY_SOCKET");
    }

    @Test
    void theTimeZoneStaysTheLinkThatItIsInTheImage() {
        try (ImageBuilder builder =
                host.lxj().images().builder(host.lxj().images().get("alpine"))) {
            builder.run("ln", "-s", "../usr/share/zoneinfo/Asia/Tokyo", "/etc/localtime")
                    .build("tokyo");
        }
        Container other = host.start(Config.ofImage("tokyo"));
        assertThat(other.exec("readlink", "/etc/localtime").stdout()).isEqualTo("../usr/share/zoneinfo/Asia/Tokyo\n");
        other.stop();
        other.start();
        assertThat(other.exec("readlink", "/etc/localtime").stdout()).isEqualTo("../usr/share/zoneinfo/Asia/Tokyo\n");
        other.stop();
        other.destroy();
        host.lxj().images().get("tokyo").delete();
    }

    @Test
    void theInterfacesOfTheContainerAreWritableInSys() {
        assertThat(sh("awk '$2 == \"/sys/devices/virtual/net\" {print $3, $4}' /proc/mounts"))
                .startsWith("sysfs rw,");
        // Which kinds there are depends on the kernel.
        sh(
                "for type in bridge veth dummy ifb; do ip link add own type $type 2>/dev/null && break; done; test -e /sys/class/net/own");
        assertThat(sh("cd /sys/class/net/own; echo 1400 >mtu; cat mtu; echo nice >ifalias; cat ifalias"))
                .isEqualTo("1400\nnice\n");
        // lo is older than the ids of the user namespace, and so its files are the host's root's: netlink(7) is left.
        assertThat(sh("ip link set lo mtu 1500; cat /sys/class/net/lo/mtu; ip link set lo mtu 65536; ip link del own"))
                .isEqualTo("1500\n");
    }

    @Test
    void procSysIsReadOnlyButForTheNetwork() {
        assertThat(refused("echo x >/proc/sys/kernel/hostname")).contains("Read-only file system");
        assertThat(refused("echo 0 >/proc/sys/vm/swappiness")).contains("Read-only file system");
        assertThat(refused("echo h >/proc/sysrq-trigger")).containsAnyOf("Read-only file system", "nonexistent");
        assertThat(sh("echo 1 >/proc/sys/net/ipv4/ip_forward; cat /proc/sys/net/ipv4/ip_forward"))
                .isEqualTo("1\n");
    }

    @Test
    void sysIsReadOnly() {
        assertThat(refused("mkdir /sys/x")).isNotEmpty();
        assertThat(sh("awk '$2 == \"/sys\" {print $3, $4}' /proc/mounts")).startsWith("sysfs ro,");
        assertThat(refused("echo 1 >/sys/kernel/mm/ksm/run || echo mem >/sys/power/state"))
                .isNotEmpty();
    }

    @Test
    void theCgroupTreeIsTheContainersOwnAndDelegated() {
        assertThat(sh("cat /proc/1/cgroup | grep ^0:")).isEqualTo("0::/\n");
        assertThat(sh("awk '$2 == \"/sys/fs/cgroup\" {print $3, $4}' /proc/mounts"))
                .startsWith("cgroup2 rw,");
        // Processes from outside of the container's PID namespace would be listed as 0.
        assertThat(sh("cat /sys/fs/cgroup/cgroup.procs").split("\n"))
                .contains("1")
                .doesNotContain("0");
        assertThat(sh("mkdir /sys/fs/cgroup/own && echo $$ >/sys/fs/cgroup/own/cgroup.procs &&"
                        + " grep ^0: /proc/self/cgroup"))
                .isEqualTo("0::/own\n");
        assertThat(sh("rmdir /sys/fs/cgroup/own")).isEmpty();
    }

    @Test
    void theCapabilitiesAreThoseOfASystemContainer() {
        long bounding = Long.parseLong(status("1", "CapBnd"), 16);
        assertThat(bounding >> CAP_SYS_ADMIN & 1).isOne();
        assertThat(bounding >> CAP_MKNOD & 1).isOne();
        assertThat(bounding >> CAP_SYS_BOOT & 1).isOne();
        for (Capability capability : CapabilityChanges.droppedByDefault(true)) {
            assertThat(bounding >> capability.number() & 1)
                    .as(capability.toString())
                    .isZero();
        }
        assertThat(Long.parseLong(status("1", "CapInh"), 16)).isZero();
        assertThat(Long.parseLong(status("1", "CapAmb"), 16)).isZero();
        assertThat(Long.parseLong(status("1", "CapPrm"), 16)).isEqualTo(bounding);
        assertThat(Long.parseLong(status("1", "CapEff"), 16)).isEqualTo(bounding);
    }

    @Test
    void theInitHasNoDescriptorsOfTheHost() {
        assertThat(sh("ls /proc/1/fd")).isEqualTo("0\n1\n2\n");
        assertThat(sh("readlink /proc/1/cwd; readlink /proc/1/root")).isEqualTo("/\n/\n");
    }

    @Test
    void theInitHasNoSignalsBlockedOrIgnored() {
        assertThat(status("1", "SigBlk")).matches("0+");
        assertThat(status("1", "SigIgn")).matches("0+");
        assertThat(status("1", "SigPnd")).matches("0+");
    }

    @Test
    void theInitHasTheUsualLimitOfOpenFilesNotTheJvms() {
        assertThat(sh("awk '/open files/ {print $4}' /proc/1/limits")).isEqualTo("1024\n");
        assertThat(sh("umask")).isEqualTo("0022\n");
    }

    @Test
    void theInitIsAProcessOfRootInNoGroupOfTheJvms() {
        assertThat(status("1", "Uid")).isEqualTo("0\t0\t0\t0");
        assertThat(status("1", "Gid")).isEqualTo("0\t0\t0\t0");
        assertThat(status("1", "Groups")).isEmpty();
        assertThat(status("1", "NSpid")).isEqualTo("1");
    }

    @Test
    void theNamespacesAreTheContainersOwn() throws IOException {
        for (String namespace : List.of("user", "mnt", "pid", "uts", "ipc", "net", "cgroup")) {
            assertThat(sh("readlink /proc/1/ns/" + namespace).strip())
                    .as(namespace)
                    .isNotEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns", namespace))
                            .toString());
        }
    }

    @Test
    void theMountTableHasNothingOfTheHosts() throws IOException {
        List<String> table = Arrays.asList(sh("cat /proc/1/mountinfo").split("\n"));
        assertThat(table)
                .extracting(line -> line.split(" ")[4])
                // Not every kernel has all parts of /proc and /sys that are covered: MaskedPathsTest looks at them.
                .filteredOn(
                        path -> !path.startsWith("/proc/") || path.startsWith("/proc/sys/") || path.equals("/proc/sys"))
                .filteredOn(path -> !List.of("/sys/firmware", "/sys/devices/virtual/powercap")
                        .contains(path))
                // An ordinary user's are the host's own, each mounted.
                .filteredOn(path -> Caller.isRoot() || !path.matches("/dev/(null|zero|full|random|urandom|tty)"))
                .containsExactlyInAnyOrder(
                        "/",
                        "/proc",
                        "/proc/sys",
                        "/proc/sys/net",
                        "/sys",
                        "/sys/devices/virtual/net",
                        "/sys/fs/cgroup",
                        "/dev",
                        "/dev/pts",
                        "/dev/shm",
                        "/dev/mqueue",
                        "/dev/console",
                        "/run",
                        "/run/host",
                        "/run/host/nesting/proc",
                        "/run/host/nesting/sys",
                        "/run/host/unix-export");
        assertThat(table)
                .filteredOn(line -> line.matches("\\S+ \\S+ \\S+ \\S+ /proc/.*") && !line.contains(" /proc/sys/net "))
                .allMatch(line -> line.split(" ")[5].startsWith("ro,"));
        assertThat(table).noneMatch(line -> line.contains(host.folder().toString()));
        // No mount goes in or out; in the container it goes on to other mount namespaces.
        assertThat(table).allMatch(line -> SHARED.matcher(line).find()).noneMatch(line -> line.contains("master:"));
        Set<String> ofTheHost = peerGroups(Files.readAllLines(MOUNTS));
        assertThat(peerGroups(table)).noneMatch(ofTheHost::contains);
    }

    /** See the optional fields in proc_pid_mountinfo(5). */
    private static Set<String> peerGroups(List<String> table) {
        return table.stream()
                .flatMap(line -> SHARED.matcher(line).results())
                .map(MatchResult::group)
                .collect(Collectors.toSet());
    }

    @Test
    void theNetworkIsALoopbackInterfaceThatIsUp() {
        assertThat(sh("ls /sys/class/net")).isEqualTo("lo\n");
        assertThat(sh("ip -o addr show dev lo")).contains("127.0.0.1/8");
        assertThat(sh("ping -c 1 -W 5 127.0.0.1 >/dev/null && echo up")).isEqualTo("up\n");
    }

    @Test
    void theKernelsMemoryAndLogAreOutOfReach() {
        assertThat(sh("head -c 1 /proc/kcore 2>/dev/null | wc -c")).isEqualTo("0\n");
        assertThat(refused("dmesg -c >/dev/null")).isNotEmpty();
    }

    @Test
    void theNameServersAreTheHosts() {
        assertThat(sh("cat /etc/resolv.conf")).contains("nameserver");
    }
}
