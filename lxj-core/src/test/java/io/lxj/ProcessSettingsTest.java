package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.ClockOffsets;
import io.lxj.config.Command;
import io.lxj.config.Config;
import io.lxj.config.Group;
import io.lxj.config.ProcessSettings;
import io.lxj.config.Resource;
import io.lxj.config.ResourceLimit;
import io.lxj.config.SeccompProfile;
import io.lxj.config.Security;
import io.lxj.config.State;
import io.lxj.error.InvalidConfigException;
import io.lxj.error.LaunchException;
import io.lxj.linux.Architecture;
import io.lxj.linux.Kernel;
import io.lxj.linux.Syscall;
import io.lxj.linux.SyscallAbi;
import io.lxj.linux.SyscallNumbers;
import io.lxj.storage.OtherJvm;
import io.lxj.testing.Caller;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.RawCalls;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the processes of a container begin with, and what the kernel is told for its namespaces. */
@NeedsContainers
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(120)
class ProcessSettingsTest {
    private static final int CAP_SYS_RESOURCE = 24;
    private static final Config ALPINE = Config.ofImage("alpine").init("/bin/sleep", "1000000");

    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    private static Container start(ProcessSettings settings) {
        return host.start(ALPINE.processes(settings));
    }

    private static String out(Container container, String... command) {
        return container
                .exec(command[0], List.of(command).subList(1, command.length).toArray(new String[0]))
                .stdout()
                .trim();
    }

    @Test
    void limitsHoldForTheInitAndForCommands() {
        Container container = start(ProcessSettings.DEFAULT
                .limit(Resource.CORE, 0, 0)
                .limit(Resource.NOFILE, 77, 99)
                .limit(Resource.CPU, 5000, ResourceLimit.UNLIMITED));
        for (String process : List.of("1", "self")) {
            assertThat(out(container, "cat", "/proc/" + process + "/limits"))
                    .containsPattern("Max core file size +0 +0 ")
                    .containsPattern("Max open files +77 +99 ")
                    .containsPattern("Max cpu time +5000 +unlimited ");
        }
        Container other = start(ProcessSettings.DEFAULT);
        assertThat(out(other, "cat", "/proc/1/limits")).containsPattern("Max open files +1024 ");
    }

    @Test
    void theUmaskHoldsForTheInitAndForCommands() {
        Container container = start(ProcessSettings.DEFAULT.umask(0127));
        for (String process : List.of("1", "self")) {
            assertThat(out(container, "grep", "Umask", "/proc/" + process + "/status"))
                    .isEqualTo("Umask:\t0127");
        }
        assertThat(out(container, "sh", "-c", "touch /f; stat -c %a /f")).isEqualTo("640");
    }

    @Test
    void theScoreForWhenMemoryIsShortHoldsForTheInitAndForCommands() {
        Container container = start(ProcessSettings.DEFAULT.oomScoreAdjust(777));
        assertThat(out(container, "cat", "/proc/1/oom_score_adj")).isEqualTo("777");
        assertThat(out(container, "cat", "/proc/self/oom_score_adj")).isEqualTo("777");
    }

    @Test
    void theInitHasItsGroupsAndCommandsTheirOwn() {
        Container container = start(ProcessSettings.DEFAULT.groups(60_000, 7, 8));
        assertThat(out(container, "grep", "Groups", "/proc/1/status")).isEqualTo("Groups:\t7 8 60000");
        Command command = Command.of("grep", "Groups", "/proc/self/status").groups(List.of(Group.id(9)));
        assertThat(container.exec(command).stdout().trim()).isEqualTo("Groups:\t9");
    }

    @Test
    @NeedsRoot("starts a privileged container")
    void groupsThatTheContainerDoesNotHaveAreRefused() {
        ProcessSettings settings = ProcessSettings.DEFAULT.groups(7, 4_000_000_000L);
        String message =
                "processes.groups: \"4000000000\" is not allowed; allowed: groups that the container has: 0 to 65535";
        assertThatThrownBy(() -> host.lxj().containers().create("bad", ALPINE.processes(settings)))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessage(message);
        assertThat(host.lxj().containers().find("bad")).isEmpty();
        Container container = host.create(ALPINE);
        assertThatThrownBy(() -> container.configure(ALPINE.processes(settings)))
                .hasMessage(message);
        container.configure(ALPINE.processes(settings).privileged());
        container.start();
        assertThat(out(container, "grep", "Groups", "/proc/1/status")).isEqualTo("Groups:\t7 4000000000");
    }

    @Test
    void sysctlsAreThoseOfTheContainer() throws IOException {
        String before = Files.readString(Path.of("/proc/sys/kernel/msgmax"));
        Container container = host.start(ALPINE.sysctl("net.ipv4.ip_forward", "1")
                .sysctl("net.ipv4.conf.lo.forwarding", "0")
                .sysctl("kernel.msgmax", "4321")
                .sysctl("kernel.sem", "250\t32000\t100\t200")
                .sysctl("kernel.domainname", "example.org")
                .sysctl("fs.mqueue.msg_max", "13"));
        assertThat(out(container, "cat", "/proc/sys/net/ipv4/ip_forward")).isEqualTo("1");
        assertThat(out(container, "cat", "/proc/sys/kernel/msgmax")).isEqualTo("4321");
        assertThat(out(container, "cat", "/proc/sys/kernel/sem")).isEqualTo("250\t32000\t100\t200");
        assertThat(out(container, "cat", "/proc/sys/kernel/domainname")).isEqualTo("example.org");
        assertThat(out(container, "cat", "/proc/sys/fs/mqueue/msg_max")).isEqualTo("13");
        assertThat(Files.readString(Path.of("/proc/sys/kernel/msgmax"))).isEqualTo(before);
    }

    /** Routing resets what redirects are taken and what interfaces do; and the first port that root alone has limits the range. */
    @Test
    void sysctlsThatChangeOthersAreSetFirst() {
        Container container = host.start(ALPINE.sysctl("net.ipv4.ip_forward", "1")
                .sysctl("net.ipv4.conf.all.accept_redirects", "1")
                .sysctl("net.ipv4.conf.default.forwarding", "0")
                .sysctl("net.ipv4.ip_local_port_range", "1000 2000")
                .sysctl("net.ipv4.ip_unprivileged_port_start", "500"));
        String all = "cd /proc/sys/net/ipv4 && cat ip_forward conf/all/accept_redirects conf/default/forwarding"
                + " ip_local_port_range ip_unprivileged_port_start";
        assertThat(out(container, "sh", "-c", all)).isEqualTo("1\n1\n0\n1000\t2000\n500");
        Config higher = ALPINE.sysctl("net.ipv4.ip_local_port_range", "50000 60000")
                .sysctl("net.ipv4.ip_unprivileged_port_start", "40000");
        assertThat(out(host.start(higher), "cat", "/proc/sys/net/ipv4/ip_unprivileged_port_start"))
                .isEqualTo("40000");
    }

    @ParameterizedTest
    @CsvSource({
        "kernel.msgmax, many",
        "kernel.sem, 1 2 3 x",
        "fs.mqueue.msg_max, 0",
        "net.ipv4.ip_forward, on",
        "kernel.domainname, a-name-of-more-than-64-characters-which-is-more-than-the-kernel-has-room-for"
    })
    void aValueThatTheKernelRefusesIsRefusedBeforeAnythingIsCreated(String name, String value) {
        // Those around it are good, and each is tried.
        Config config =
                ALPINE.sysctl("fs.mqueue.queues_max", "9").sysctl(name, value).sysctl("net.ipv4.ip_default_ttl", "63");
        assertThatThrownBy(() -> host.lxj().containers().create("bad", config))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessage(
                        "sysctls." + name + ": \"" + value
                                + "\" is not allowed; allowed: values that the kernel takes; it answers EINVAL (Invalid argument)");
        assertThat(host.lxj().containers().find("bad")).isEmpty();
    }

    @Test
    void aSettingOfAnInterfaceThatIsNotThereFailsTheStart() {
        Container container = host.create(ALPINE.sysctl("net.ipv4.conf.eth9.forwarding", "1"));
        assertThatThrownBy(container::start)
                .isInstanceOf(LaunchException.class)
                .hasMessageContaining("sysctl net.ipv4.conf.eth9.forwarding")
                .hasMessageContaining("no such setting");
        assertThat(container.state()).isEqualTo(State.STOPPED);
    }

    @Test
    void aScoreIsRefusedToWhoLacksTheCapability() {
        Config spared = ALPINE.processes(ProcessSettings.DEFAULT.oomScoreAdjust(-1000));
        if (Caller.hasCapability(CAP_SYS_RESOURCE)) {
            assertThat(out(host.start(spared), "cat", "/proc/1/oom_score_adj")).isEqualTo("-1000");
            return;
        }
        assertThatThrownBy(() -> host.lxj().containers().create("spared", spared))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageStartingWith("processes.oomScoreAdjust: \"-1000\" is not allowed; ");
        assertThat(host.lxj().containers().find("spared")).isEmpty();
    }

    /** Nobody but root can have less than what a process was given by root. */
    @Test
    @NeedsRoot("gives itself a score")
    void aScoreThatThisProcessMayNotGiveIsRefused() throws Exception {
        List<String> withoutResources = List.of(
                "sh",
                "-c",
                "echo 0 >/proc/self/oom_score_adj; exec setpriv --bounding-set=-sys_resource"
                        + " --inh-caps=-sys_resource \"$@\"",
                "sh");
        try (OtherJvm jvm = OtherJvm.startBy(withoutResources, ScoreJvm.class, host.folder())) {
            assertThat(jvm.lines())
                    .containsExactly(
                            "-1 processes.oomScoreAdjust: \"-1\" is not allowed; allowed: what this process has itself, or"
                                    + " more: less than it was given needs CAP_SYS_RESOURCE",
                            "0 created",
                            "1 created");
            assertThat(jvm.waitFor()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"net.ipv4.no_such_setting", "net.ipv4.conf.all.none", "net.no/such.setting", "net.ipv4"})
    void aSysctlThatThisKernelHasNotIsRefusedBeforeAnythingIsCreated(String name) {
        assertThatThrownBy(() -> host.create(ALPINE.sysctl(name, "1")))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining(
                        "sysctls: \"" + name + "\" is not allowed; allowed: settings that this kernel has");
        assertThat(host.lxj().containers().list()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"net.core.netdev_max_backlog", "net.ipv4.tcp_mem", "net.core.wmem_max"})
    void aSettingOfTheNetworkThatIsTheHostsIsRefusedBeforeAnythingIsCreated(String name) {
        assertThatThrownBy(() ->
                        host.create(ALPINE.sysctl("net.ipv4.ip_forward", "1").sysctl(name, "1000000")))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessage(
                        "sysctls: \"" + name + "\" is not allowed; allowed: settings of a namespace of the container's"
                                + " own: that one is the whole host's, or not to be changed");
        assertThat(host.lxj().containers().list()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "net.netfilter.nf_hooks_lwtunnel",
                "net/netfilter/nf_hooks_lwtunnel",
                "kernel.core_pattern",
                "kernel.hostname",
                "kernel.sysrq",
                "kernel.shmmax.x",
                "vm.swappiness",
                "fs.file-max",
                "net",
                "net.",
                "net..x",
                "net.ipv4/../../kernel/core_pattern",
                "net.ipv4.conf./.x",
                "",
                "/etc/passwd"
            })
    void aSysctlOfTheHostIsRefusedByName(String name) {
        assertThatThrownBy(() -> ALPINE.sysctl(name, "1"))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("sysctls: \"" + name + "\"");
    }

    @Test
    void anOffsetThatCanNotBeNegatedIsRefused() {
        Duration longest = Duration.ofSeconds(Long.MIN_VALUE);
        assertThatThrownBy(() -> new ClockOffsets(longest, Duration.ZERO))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("clockOffsets.monotonic");
    }

    @Test
    void aSysctlOfALongNameIsRefused() {
        assertThatThrownBy(() -> ALPINE.sysctl("net." + "a.".repeat(100_000) + "b", "1"))
                .isInstanceOf(InvalidConfigException.class);
    }

    @Test
    @NeedsCommand("gcc")
    void everyProcessHasASessionKeyringThatNobodyElseHas(@TempDir Path folder) throws IOException {
        int getKeyringId = 0;
        long sessionKeyring = -3;
        int keyctl = SyscallNumbers.of(SyscallAbi.of(Architecture.current()).get(0))
                .number("keyctl")
                .orElseThrow();
        RawCalls calls = new RawCalls(
                new byte[0],
                List.of(new RawCalls.Call(false, keyctl, List.of((long) getKeyringId, sessionKeyring, 0L))));
        RawCalls.build(folder.resolve("calls"));
        Config config = Config.ofImage("alpine")
                .init("/bin/sh", "-c", "/calls 0<>/of-init; exec sleep 1000000")
                .security(Security.DEFAULT.seccomp(SeccompProfile.unconfined()));
        Set<Long> keyrings = new HashSet<>();
        keyrings.add(Kernel.call(Syscall.KEYCTL, getKeyringId, sessionKeyring, 0));
        for (int i = 0; i < 2; i++) {
            Container container = host.create(config);
            container.files().write("/calls", Files.readAllBytes(folder.resolve("calls")), 0755);
            container.files().write("/of-init", calls.file());
            container.files().write("/of-command", calls.file());
            container.start();
            container.exec("sh", "-c", "/calls 0<>/of-command; until pidof sleep; do :; done");
            for (String file : List.of("/of-init", "/of-command")) {
                keyrings.addAll(calls.results(container.files().read(file)));
            }
        }
        assertThat(keyrings).hasSize(5).allMatch(keyring -> keyring > 0);
    }

    private static double uptime(Container container) {
        return Double.parseDouble(out(container, "cat", "/proc/uptime").split(" ")[0]);
    }

    @Test
    void clocksAreAheadOfTheHosts() throws IOException {
        double day = 86_400;
        double host =
                Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ")[0]);
        Container container = ProcessSettingsTest.host.start(
                ALPINE.clockOffsets(new ClockOffsets(Duration.ofDays(1), Duration.ofDays(2))));
        assertThat(uptime(container)).isBetween(host + 2 * day, host + 2 * day + 3600);
        String offsets = out(container, "cat", "/proc/1/timens_offsets");
        assertThat(offsets).containsPattern("monotonic +86400 ").containsPattern("boottime +172800 ");
        assertThat(out(container, "readlink", "/proc/self/ns/time"))
                .isEqualTo(out(container, "readlink", "/proc/1/ns/time"))
                .isNotEqualTo(
                        Files.readSymbolicLink(Path.of("/proc/self/ns/time")).toString());
    }

    @Test
    void aClockBeforeItsBeginningIsRefused() {
        Duration behind = Duration.ofDays(-30_000);
        Map<String, ClockOffsets> bad = Map.of(
                "clockOffsets.monotonic", new ClockOffsets(behind, Duration.ZERO),
                "clockOffsets.boottime", new ClockOffsets(Duration.ZERO, behind));
        bad.forEach((field, offsets) -> {
            assertThatThrownBy(() -> host.lxj().containers().create("bad", ALPINE.clockOffsets(offsets)))
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessageStartingWith(field + ": \"" + behind + "\" is not allowed; allowed: an offset from -PT");
            assertThat(host.lxj().containers().find("bad")).isEmpty();
        });
        assertThatThrownBy(() -> new ClockOffsets(Duration.ZERO, Duration.ofDays(40_000)))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("clockOffsets.boottime");
    }

    @Test
    void aLimitThatNoProcessOfTheHostCanHaveIsRefused() throws IOException {
        long most;
        // The kernel gives such a number in a single read only.
        try (BufferedReader reader = Files.newBufferedReader(Path.of("/proc/sys/fs/nr_open"))) {
            most = Long.parseLong(reader.readLine());
        }
        Config more = ALPINE.processes(ProcessSettings.DEFAULT.limit(Resource.NOFILE, most, most + 1));
        assertThatThrownBy(() -> host.lxj().containers().create("more", more))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessage("processes.limits.RLIMIT_NOFILE: \"" + (most + 1) + "\" is not allowed; allowed: at most "
                        + most + ", the limit of this host (fs.nr_open)");
        assertThat(host.lxj().containers().find("more")).isEmpty();
    }

    @Test
    void badNumbersAreRefused() {
        ProcessSettings settings = ProcessSettings.DEFAULT;
        assertThatThrownBy(() -> settings.limit(Resource.NOFILE, 15, 20))
                .hasMessage(
                        "processes.limits.RLIMIT_NOFILE: \"15\" is not allowed; allowed: a number from 16 on: a start"
                                + " needs as many");
        assertThatThrownBy(() -> settings.limit(Resource.NOFILE, 5, 4))
                .hasMessageContaining("processes.limits.RLIMIT_NOFILE");
        assertThatThrownBy(() -> settings.limit(Resource.NOFILE, ResourceLimit.UNLIMITED, 4))
                .hasMessageContaining("unlimited");
        assertThatThrownBy(() -> settings.limit(Resource.CPU, -2, 4)).hasMessageContaining("-2");
        assertThatThrownBy(() -> settings.oomScoreAdjust(1001)).hasMessageContaining("-1000 to 1000");
        assertThatThrownBy(() -> settings.umask(01000)).hasMessageContaining("processes.umask: \"1000\"");
        assertThatThrownBy(() -> settings.groups(-1)).hasMessageContaining("processes.groups");
        assertThatThrownBy(() -> ALPINE.sysctl("net.x", "a\nb")).hasMessageContaining("sysctls.net.x");
        String json = "{\"format\": 1, \"image\": \"i\", \"processes\": {\"limits\": {\"RLIMIT_FILES\": {}}}}";
        assertThatThrownBy(() -> Config.fromJson(json))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("processes.limits: \"RLIMIT_FILES\"")
                .hasMessageContaining("RLIMIT_NOFILE");
    }
}
