package io.lxj.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.error.InvalidConfigException;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SeccompProfileTest {
    private static final String DOCKER = """
            {
              "defaultAction": "SCMP_ACT_ERRNO",
              "defaultErrnoRet": 1,
              "archMap": [
                {"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86", "SCMP_ARCH_X32"]},
                {"architecture": "SCMP_ARCH_S390X", "subArchitectures": ["SCMP_ARCH_S390"]},
                {"architecture": "SCMP_ARCH_RISCV64", "subArchitectures": null}
              ],
              "syscalls": [
                {"names": ["read", "execve"], "action": "SCMP_ACT_ALLOW"},
                {"name": "mount", "action": "SCMP_ACT_ALLOW", "args": null, "comment": "with a capability",
                 "includes": {"caps": ["CAP_SYS_ADMIN"], "arches": ["amd64"], "minKernel": "4.8"},
                 "excludes": {"caps": ["CAP_BPF"], "arches": ["s390x"], "minKernel": "6.12"}},
                {"names": ["bpf"], "action": "SCMP_ACT_ERRNO", "args": [], "comment": "", "includes": null,
                 "excludes": {"caps": null}, "errnoRet": null},
                {"names": ["clone"], "action": "SCMP_ACT_ALLOW",
                 "args": [{"index": 0, "value": 2114060288, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}]},
                {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38},
                {"names": ["personality"], "action": "SCMP_ACT_ALLOW",
                 "args": [{"index": 0, "value": 18446744073709551615, "op": "SCMP_CMP_EQ"},
                          {"index": 0, "value": 8, "op": "SCMP_CMP_EQ"}]}
              ]
            }
            """;

    @Test
    void readsTheFormatOfDocker() {
        SeccompProfile profile = SeccompProfile.fromJson(DOCKER);
        assertThat(profile.defaultAction()).isEqualTo(SeccompAction.errno(1));
        assertThat(profile.newerAction()).isEqualTo(SeccompAction.errno(SeccompAction.ENOSYS));
        assertThat(profile.architectures())
                .containsExactly(
                        SeccompArchitecture.X86_64,
                        SeccompArchitecture.X86,
                        SeccompArchitecture.X32,
                        SeccompArchitecture.AARCH64);
        assertThat(profile.rules())
                .containsExactly(
                        SeccompRule.of(SeccompAction.ALLOW, "read", "execve"),
                        SeccompRule.of(SeccompAction.ALLOW, "mount")
                                .onlyIf(new SeccompCondition(
                                        Set.of(Capability.SYS_ADMIN),
                                        Set.of(Capability.BPF),
                                        Set.of("amd64"),
                                        Set.of("s390x"),
                                        Optional.of("4.8"),
                                        Optional.of("6.12"),
                                        Optional.empty())),
                        SeccompRule.of(SeccompAction.errno(SeccompAction.EPERM), "bpf"),
                        SeccompRule.of(SeccompAction.ALLOW, "clone")
                                .argument(SeccompArgument.masked(0, 2114060288L, 0)),
                        SeccompRule.of(SeccompAction.errno(38), "clone3"),
                        SeccompRule.of(SeccompAction.ALLOW, "personality")
                                .argument(SeccompArgument.of(0, SeccompArgument.Operator.EQ, -1)),
                        SeccompRule.of(SeccompAction.ALLOW, "personality")
                                .argument(SeccompArgument.of(0, SeccompArgument.Operator.EQ, 8)));
    }

    @Test
    void readsTheFormatOfTheOci() {
        SeccompProfile profile = SeccompProfile.fromJson("""
                {"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86"],
                 "flags": ["SECCOMP_FILTER_FLAG_SPEC_ALLOW"],
                 "syscalls": [{"names": ["getcwd"], "action": "SCMP_ACT_KILL"}]}
                """);
        assertThat(profile.newerAction()).isEqualTo(SeccompAction.ALLOW);
        assertThat(profile.architectures())
                .containsExactly(SeccompArchitecture.X86_64, SeccompArchitecture.X86, SeccompArchitecture.AARCH64);
        assertThat(profile.rules()).containsExactly(SeccompRule.of(SeccompAction.KILL_THREAD, "getcwd"));
    }

    /** As Podman has it: the number counts. And what it doesn't say is EPERM, whatever the default is. */
    @Test
    void readsErrorNumbers() {
        SeccompProfile profile = SeccompProfile.fromJson("""
                {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "defaultErrno": "ENOSYS",
                 "syscalls": [{"names": ["bdflush"], "action": "SCMP_ACT_ERRNO", "errnoRet": 13, "errno": "EACCES"},
                              {"names": ["bpf"], "action": "SCMP_ACT_ERRNO"}]}
                """);
        assertThat(profile.defaultAction()).isEqualTo(SeccompAction.errno(38));
        assertThat(profile.rules())
                .containsExactly(
                        SeccompRule.of(SeccompAction.errno(13), "bdflush"),
                        SeccompRule.of(SeccompAction.errno(SeccompAction.EPERM), "bpf"));
    }

    @Test
    void whatIsBelowAnArchitectureIsForHostsOfThatOne() {
        String x32 = "[{\"architecture\": \"SCMP_ARCH_%s\", \"subArchitectures\": [\"SCMP_ARCH_X32\"]}]";
        String json = "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"archMap\": " + x32 + "}";
        assertThat(SeccompProfile.fromJson(String.format(json, "X86_64")).architectures())
                .contains(SeccompArchitecture.X32);
        assertThat(SeccompProfile.fromJson(String.format(json, "S390X")).architectures())
                .doesNotContain(SeccompArchitecture.X32);
    }

    /** In the format of Docker they would be alternatives. */
    @Test
    void conditionsOnOneArgumentThatMustAllBeMetAreStillThatAfterARoundTrip() {
        SeccompProfile range = SeccompProfile.standard()
                .deny("getpriority")
                .rule(SeccompRule.of(SeccompAction.ALLOW, "getpriority")
                        .argument(SeccompArgument.of(0, SeccompArgument.Operator.GE, 5))
                        .argument(SeccompArgument.of(0, SeccompArgument.Operator.LE, 10)));
        SeccompProfile read = SeccompProfile.fromJson(range.toJson());
        assertThat(read).isEqualTo(range);
        assertThat(read.toString()).contains("allow: getpriority if arg0 >= 0x5 and arg0 <= 0xa\n");
        Config config = Config.ofImage("i").security(Security.DEFAULT.seccomp(range));
        assertThat(Config.fromJson(config.toJson())).isEqualTo(config);
    }

    @Test
    void isTheSameAfterARoundTrip() {
        List<SeccompProfile> profiles = List.of(
                SeccompProfile.standard(),
                SeccompProfile.fromJson(DOCKER),
                SeccompProfile.of(SeccompAction.LOG),
                SeccompProfile.of(SeccompAction.TRAP).newerAction(SeccompAction.errno(7)),
                SeccompProfile.unconfined());
        for (SeccompProfile profile : profiles) {
            assertThat(SeccompProfile.fromJson(profile.toJson()))
                    .isEqualTo(profile)
                    .hasSameHashCodeAs(profile);
            Config config = Config.ofImage("i").security(Security.DEFAULT.seccomp(profile));
            assertThat(Config.fromJson(config.toJson())).isEqualTo(config);
        }
    }

    @Test
    void theStandardProfileIsNotStoredSoThatALaterVersionCanTightenIt() {
        Config config = Config.ofImage("i").security(Security.DEFAULT.seccomp(SeccompProfile.standard()));
        assertThat(config.toJson()).doesNotContain("security");
        assertThat(config).isEqualTo(Config.ofImage("i"));
        assertThat(Config.ofImage("i")
                        .security(Security.DEFAULT.seccomp(SeccompProfile.unconfined()))
                        .toJson())
                .contains("\"seccomp\": \"unconfined\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"defaultAction\": \"SCMP_ACT_ALLOW\",}|line 1 column",
                "{'defaultAction': 0}|can't be read: it is malformed at line 1 column",
                "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"defaultErrnoRet\": 1}|defaultErrnoRet: \"1\" is not allowed",
                "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrno\": \"EPERM\"}|only beside defaultErrnoRet",
                "{\"defaultAction\": \"SCMP_ACT_ALLOW\"|line 1 column",
                "[]|JSON",
                "{}|defaultAction: is missing",
                "{\"defaultAction\": \"ALLOW\"}|defaultAction: \"ALLOW\" is not allowed",
                "{\"defaultAction\": \"SCMP_ACT_NOTIFY\"}|SCMP_ACT_KILL_PROCESS",
                "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"listenerPath\": \"/x\"}|listenerPath: unknown key",
                "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"flags\": [\"SECCOMP_FILTER_FLAG_LOG\"]}|flags[0]",
                "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"architectures\": [\"X86\"]}|architectures[0]",
                "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": 5000}|defaultErrnoRet: \"5000\"",
                "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"defaultAction\": \"SCMP_ACT_LOG\"}|is there twice"
            })
    void refusesWhatIsWrongAndSaysWhere(String json, String message) {
        assertThatThrownBy(() -> SeccompProfile.fromJson(json))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"names\": []}|syscalls[0].names",
                "{\"names\": [\"read me\"]}|syscalls[0].names: \"read me\"",
                "{\"names\": [7]}|syscalls[0].names[0]: is a number",
                "{}|syscalls[0].names: is missing",
                "{\"names\": [\"read\"], \"actoin\": 1}|syscalls[0].actoin: unknown key",
                "{\"names\": [\"read\"], \"args\": [{\"index\": 6, \"value\": 0, \"op\": \"SCMP_CMP_EQ\"}]}"
                        + "|syscalls[0].args[0].index: \"6\"",
                "{\"names\": [\"read\"], \"args\": [{\"index\": 0, \"value\": -1, \"op\": \"SCMP_CMP_EQ\"}]}"
                        + "|syscalls[0].args[0].value: \"-1\"",
                "{\"names\": [\"read\"], \"args\": [{\"index\": 0, \"value\": 18446744073709551616, \"op\": \"x\"}]}"
                        + "|syscalls[0].args[0].value: \"18446744073709551616\"",
                "{\"names\": [\"read\"], \"args\": [{\"index\": 0, \"value\": 1, \"op\": \"EQ\"}]}"
                        + "|syscalls[0].args[0].op: \"EQ\"",
                "{\"name\": \"read\", \"names\": [\"write\"]}|syscalls[0].names: is there beside name",
                "{\"names\": [\"read\"], \"args\": [{\"index\": 0, \"value\": 1, \"op\": \"SCMP_CMP_EQ\"}], \"allArgs\":"
                        + " [{\"index\": 0, \"value\": 1, \"op\": \"SCMP_CMP_EQ\"}]}|syscalls[0].allArgs: is there beside args",
                "{\"names\": [\"read\"], \"excludes\": {\"minKernel\": \"new\"}}|syscalls[0].excludes.minKernel",
                "{\"names\": [\"read\"], \"includes\": {\"caps\": [\"CAP_ROOT\"]}}|syscalls[0].includes.caps[0]",
                "{\"names\": [\"read\"], \"includes\": {\"minKernel\": \"new\"}}|syscalls[0].includes.minKernel",
                "{\"names\": [\"read\"], \"includes\": {\"arches\": [\"arm64\", \"amd46\"]}}"
                        + "|syscalls[0].includes.arches[1]: \"amd46\"",
                "{\"names\": [\"read\"], \"excludes\": {\"arches\": [\"x86_64\"]}}"
                        + "|syscalls[0].excludes.arches[0]: \"x86_64\"",
            })
    void refusesABadRuleAndSaysWhere(String rule, String message) {
        String json = "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": ["
                + (rule.equals("{}") ? "{" : rule.substring(0, rule.length() - 1) + ", ")
                + "\"action\": \"SCMP_ACT_ERRNO\"}]}";
        assertThatThrownBy(() -> SeccompProfile.fromJson(json))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining(message);
    }

    /** All that the profiles of Docker and Podman name. */
    @Test
    void readsTheArchitecturesThatProfilesForManyHostsName() {
        List<String> names = List.of(
                "amd64",
                "x86",
                "x32",
                "arm",
                "arm64",
                "ppc64le",
                "s390",
                "s390x",
                "riscv64",
                "loong64",
                "mips64n32",
                "386");
        String json = "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [\"read\"], \"action\":"
                + " \"SCMP_ACT_ERRNO\", \"includes\": {\"arches\": [\"" + String.join("\", \"", names) + "\"]}}]}";
        assertThat(SeccompProfile.fromJson(json).rules().get(0).condition().architectures())
                .containsExactlyInAnyOrderElementsOf(names);
        assertThatThrownBy(() -> new SeccompCondition(
                        Set.of(),
                        Set.of(),
                        Set.of("aarch64"),
                        Set.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageStartingWith("seccomp.includes.arches: \"aarch64\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"none\"", "7", "[]", "{}"})
    void aConfigurationHasAProfileOrNone(String seccomp) {
        assertThatThrownBy(() -> Config.fromJson(
                        "{\"format\": 1, \"image\": \"i\", \"security\": {\"seccomp\": " + seccomp + "}}"))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("security.seccomp");
    }

    @Test
    void canBeDerivedFromAndRead() {
        SeccompProfile profile = SeccompProfile.of(SeccompAction.ALLOW)
                .deny("ptrace")
                .rule(SeccompRule.of(SeccompAction.KILL_PROCESS, "ioctl")
                        .argument(SeccompArgument.lowBits(1, 0x5412))
                        .onlyIf(SeccompCondition.without(Capability.SYS_ADMIN)));
        assertThat(profile.toString().lines())
                .containsExactly(
                        "errno 1: ptrace",
                        "kill process: ioctl if (arg1 & 0xffffffff) == 0x5412 (without CAP_SYS_ADMIN)",
                        "allow: all others; allow: newer ones; only by [X86_64, X86, AARCH64, ARM]");
        assertThat(profile.allow("ptrace").rules()).hasSize(3);
        assertThat(profile.architectures(EnumSet.of(SeccompArchitecture.X86_64)))
                .isNotEqualTo(profile);
        assertThat(Map.of(profile, 1)).containsKey(SeccompProfile.fromJson(profile.toJson()));
    }

    @Test
    void numbersAreChecked() {
        assertThatThrownBy(() -> SeccompAction.errno(0)).hasMessageContaining("1 to 4095");
        assertThatThrownBy(() -> SeccompArgument.of(6, SeccompArgument.Operator.EQ, 0))
                .hasMessageContaining("0 to 5");
        assertThatThrownBy(() -> SeccompArgument.of(0, SeccompArgument.Operator.MASKED_EQ, 8))
                .hasMessageContaining("SeccompArgument.masked");
        SeccompArgument one = SeccompArgument.of(0, SeccompArgument.Operator.NE, 1);
        assertThatThrownBy(() -> new SeccompRule(
                        List.of("read"), Collections.nCopies(33, one), SeccompAction.ALLOW, SeccompCondition.ALWAYS))
                .hasMessage("seccomp.args: 33 conditions for read; allowed: at most 32");
        assertThatThrownBy(() -> SeccompRule.of(SeccompAction.ALLOW, "")).hasMessageContaining("system calls");
        assertThat(Capability.parse("cap_net_raw")).isEqualTo(Capability.NET_RAW);
        assertThatThrownBy(() -> Capability.parse("CAP_ROOT")).hasMessageContaining("CAP_CHECKPOINT_RESTORE");
        assertThat(Capability.CHECKPOINT_RESTORE.number()).isEqualTo(40);
    }
}
