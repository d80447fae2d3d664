package io.lxj.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.PortableJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@LeaksNothing
class KernelFeaturesTest {
    /** What lxj itself does in the other tests of this build: a host that passes them has all of it. */
    private static final List<String> NEEDED_BY_OTHER_TESTS = List.of(
            "launch program",
            "clone3",
            "CLONE_INTO_CGROUP",
            "CLONE_PARENT",
            "pidfd_open",
            "pidfd_send_signal",
            "pidfd_getfd",
            "setns by pidfd",
            "openat2",
            "close_range",
            "inotify",
            "mount namespace",
            "pid namespace",
            "uts namespace",
            "ipc namespace",
            "net namespace",
            "cgroup namespace",
            "fsopen",
            "move_mount",
            "open_tree",
            "mount_setattr",
            "tmpfs",
            "proc",
            "sysfs",
            "devpts",
            "TIOCGPTPEER",
            "mqueue",
            "cgroup2",
            "overlay",
            "cgroup v2",
            "own cgroups",
            "cgroup.kill",
            "cgroup.freeze",
            "device filter");

    /** Prints what it finds. */
    static final class Probing {
        public static void main(String[] arguments) {
            KernelFeatures.probe()
                    .forEach(feature -> System.out.println(String.join(
                            "|",
                            feature.name(),
                            Boolean.toString(feature.available()),
                            feature.detail(),
                            feature.advice())));
        }
    }

    private static Map<String, KernelFeature> probe() {
        return KernelFeatures.probe().stream().collect(Collectors.toMap(KernelFeature::name, Function.identity()));
    }

    @Test
    void reportsEachFeatureOnceAndGivesAdviceOnWhatIsMissing() {
        List<KernelFeature> features = KernelFeatures.probe();
        assertThat(features).extracting(KernelFeature::name).doesNotHaveDuplicates();
        assertThat(features).hasSameSizeAs(ProbedFeature.values()).allSatisfy(feature -> {
            assertThat(feature.purpose()).isNotBlank();
            assertThat(feature.detail()).isNotEqualTo("not found out");
            if (feature.available()) {
                assertThat(feature.advice()).isEmpty();
            } else {
                assertThat(feature.detail()).isNotBlank();
            }
        });
    }

    @Test
    @NeedsRoot("is about root")
    void rootFindsEverythingThatTheOtherTestsUse() {
        Map<String, KernelFeature> features = probe();
        assertThat(NEEDED_BY_OTHER_TESTS)
                .allSatisfy(name ->
                        assertThat(features.get(name)).as(name).isNotNull().matches(KernelFeature::available));
    }

    @Test
    void controllersAreThereOrTheReportSaysWhatHasThem() throws Exception {
        Map<String, KernelFeature> features = probe();
        List<String> mounts = Files.readAllLines(Path.of("/proc/self/mountinfo"));
        Path unified = mounts.stream()
                .filter(line -> line.contains(" - cgroup2 "))
                .map(line -> Path.of(line.split(" ")[4]))
                .findFirst()
                .orElseThrow();
        List<String> atTheTop = List.of(
                Files.readString(unified.resolve("cgroup.controllers")).strip().split(" "));
        for (String name : List.of("cpu", "cpuset", "memory", "pids")) {
            KernelFeature feature = features.get(name + " controller");
            boolean first = mounts.stream()
                    .map(line -> line.substring(line.indexOf(" - ") + 3).split(" "))
                    .anyMatch(fields -> fields[0].equals("cgroup")
                            && Arrays.asList(fields[2].split(",")).contains(name));
            if (first) {
                assertThat(feature.available()).isFalse();
                assertThat(feature.detail()).startsWith("bound to cgroup v1, /");
                assertThat(feature.advice()).contains("systemd.unified_cgroup_hierarchy=1");
            } else if (feature.available()) {
                assertThat(atTheTop).contains(name);
            } else {
                assertThat(feature.detail()).isEqualTo("not in cgroup.controllers");
                // What is at the top may not have been passed on to this process.
                assertThat(feature.advice()).contains("delegated to this cgroup by the one above");
            }
        }
    }

    /** Prints whether the mount table is the same after the trials. */
    static final class MountTable {
        public static void main(String[] arguments) throws IOException {
            Path mountInfo = Path.of("/proc/self/mountinfo");
            String before = Files.readString(mountInfo);
            boolean moved = KernelFeatures.probe().stream()
                    .anyMatch(feature -> feature.name().equals("move_mount") && feature.available());
            System.out.println(
                    before.contains(" shared:") + " " + moved + " " + before.equals(Files.readString(mountInfo)));
        }
    }

    @Test
    @NeedsRoot("mounts on the host")
    @NeedsCommand({"mount", "unshare"})
    void mountsThatAreTriedDoNotPropagateToAHostWhoseMountsAreShared() throws Exception {
        List<String> launcher =
                List.of("unshare", "--mount", "sh", "-c", "mount --make-rshared / && exec \"$@\"", "sh");
        try (PortableJvm jvm = PortableJvm.copy()) {
            assertThat(jvm.run(launcher, MountTable.class)).isEqualTo("true true true\n");
        }
    }

    @Test
    @NeedsRoot("becomes another user")
    @NeedsCommand("setpriv")
    void anOrdinaryUserIsToldWhatIsMissingAndWhatToDo() throws Exception {
        String output;
        try (PortableJvm jvm = PortableJvm.copy()) {
            output = jvm.run(
                    List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all"),
                    Probing.class);
        }
        assertThat(output.lines())
                .hasSameSizeAs(ProbedFeature.values())
                .contains("launch program|true|sealed memfd|")
                .contains("capabilities|false|none|run as root")
                .contains("openat2|true||")
                .anyMatch(line -> line.startsWith("own cgroups|false|")
                        && line.endsWith("systemd-run --user --scope -p Delegate=yes"))
                .anyMatch(line -> line.startsWith("device filter|false|bpf: EPERM|run as root"));
    }

    @Test
    @NeedsCommand({"setpriv", "unshare"})
    void aUserWhoMayNotHaveUserNamespacesIsToldWhichSettingForbidsThem() throws Exception {
        // The limit is a setting of each user namespace; the host's stays as it is.
        List<String> launcher = List.of(
                "unshare",
                "--user",
                "--map-root-user",
                "sh",
                "-c",
                "echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv --bounding-set=-all --inh-caps=-all \"$@\"",
                "sh");
        String output;
        try (PortableJvm jvm = PortableJvm.copy()) {
            output = jvm.run(launcher, Probing.class);
        }
        assertThat(output.lines())
                .contains("user namespace|false|unshare: ENOSPC|sysctl -w user.max_user_namespaces=10000")
                .contains("pid namespace|false|not tried without user namespace|see user namespace")
                .anyMatch(line -> line.startsWith("user namespace settings|false|user.max_user_namespaces=0")
                        && line.endsWith("sysctl -w user.max_user_namespaces=10000"))
                .anyMatch(line ->
                        line.startsWith("whole machine|false|inside a container: ") && line.contains("user namespace"));
    }

    @ParameterizedTest
    @CsvSource({"6.18.44-x, true", "5.14.0, true", "5.13.19, false", "4.18.0-553.el8, false", "10.0, true", "x, false"})
    void theFloorIsComparedByNumbers(String release, boolean enough) {
        assertThat(HostFacts.kernel(release).available()).isEqualTo(enough);
    }
}
