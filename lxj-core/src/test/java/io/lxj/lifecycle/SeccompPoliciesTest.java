package io.lxj.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Capability;
import io.lxj.config.CapabilityChanges;
import io.lxj.config.SeccompAction;
import io.lxj.config.SeccompArgument;
import io.lxj.config.SeccompCondition;
import io.lxj.config.SeccompProfile;
import io.lxj.config.SeccompRule;
import io.lxj.error.InvalidConfigException;
import io.lxj.linux.Architecture;
import io.lxj.linux.SeccompPolicy;
import io.lxj.linux.SeccompVerdict;
import io.lxj.linux.SyscallAbi;
import io.lxj.linux.SyscallNumbers;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SeccompPoliciesTest {
    private static final SeccompVerdict EPERM = SeccompVerdict.errno(1);

    private static SeccompPolicies policies(long capabilities, boolean userNamespace) {
        return new SeccompPolicies(capabilities, userNamespace, Architecture.X86_64, "6.1.0-13-amd64");
    }

    private static SeccompVerdict verdict(SeccompPolicy policy, String call, long... arguments) {
        int number = SyscallNumbers.of(SyscallAbi.X86_64).number(call).orElseThrow();
        return policy.verdict(SyscallAbi.X86_64, number, java.util.Arrays.copyOf(arguments, 6));
    }

    @Test
    void theStandardProfileDependsOnWhatTheContainerHas() {
        SeccompPolicy privileged = policies(0, false).policy(SeccompProfile.standard());
        SeccompPolicy inNamespace = policies(0, true).policy(SeccompProfile.standard());
        SeccompPolicy trusted = policies(-1, false).policy(SeccompProfile.standard());
        for (String call : new String[] {"keyctl", "add_key", "fanotify_init", "quotactl", "bpf"}) {
            assertThat(verdict(privileged, call)).as(call).isEqualTo(EPERM);
            assertThat(verdict(inNamespace, call)).as(call).isEqualTo(SeccompVerdict.ALLOW);
        }
        for (String call : new String[] {"init_module", "clock_settime", "syslog", "iopl", "perf_event_open", "bpf"}) {
            assertThat(verdict(privileged, call)).as(call).isEqualTo(EPERM);
            assertThat(verdict(trusted, call)).as(call).isEqualTo(SeccompVerdict.ALLOW);
        }
        for (String call : new String[] {"kexec_load", "open_by_handle_at", "userfaultfd", "io_uring_setup"}) {
            assertThat(verdict(trusted, call)).as(call).isEqualTo(EPERM);
        }
        for (String call : new String[] {"reboot", "mount", "clone3", "ptrace", "unshare", "execve"}) {
            assertThat(verdict(privileged, call)).as(call).isEqualTo(SeccompVerdict.ALLOW);
        }
    }

    /** What no container has is denied by name: what the kernel answers depends on settings of the host. */
    @Test
    void theStandardProfileDeniesWhatBelongsToTheMachineInAUserNamespaceToo() {
        long capabilities = -1;
        for (Capability dropped : CapabilityChanges.droppedByDefault(true)) {
            capabilities &= ~(1L << dropped.number());
        }
        SeccompPolicy policy = policies(capabilities, true).policy(SeccompProfile.standard());
        for (String call : new String[] {"init_module", "clock_settime", "syslog", "iopl", "perf_event_open"}) {
            assertThat(verdict(policy, call)).as(call).isEqualTo(EPERM);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theStandardProfileIsShortOnEveryArchitecture(Architecture architecture) {
        SeccompPolicies policies = new SeccompPolicies(0, false, architecture, "6.1");
        assertThat(policies.filter(SeccompProfile.standard()).program()).hasSizeBetween(100, 400);
        SyscallAbi own = SyscallAbi.of(architecture).get(0);
        assertThat(policies.policy(SeccompProfile.standard()).alwaysAllows(own, "execve"))
                .isTrue();
    }

    private static boolean holds(SeccompPolicies policies, SeccompCondition condition) {
        SeccompRule rule = SeccompRule.of(SeccompAction.errno(1), "read").onlyIf(condition);
        SeccompPolicy policy =
                policies.policy(SeccompProfile.of(SeccompAction.ALLOW).rule(rule));
        return verdict(policy, "read").equals(EPERM);
    }

    @Test
    void rulesHoldUnderTheirConditionsOnly() {
        SeccompPolicies policies = policies(1L << Capability.SYS_ADMIN.number(), false);
        assertThat(holds(policies, SeccompCondition.with(Capability.SYS_ADMIN))).isTrue();
        assertThat(holds(policies, SeccompCondition.with(Capability.BPF))).isFalse();
        assertThat(holds(policies, SeccompCondition.without(Capability.SYS_ADMIN, Capability.BPF)))
                .isFalse();
        assertThat(holds(policies, host(Set.of("arm64"), Set.of(), null))).isFalse();
        assertThat(holds(policies, host(Set.of("arm64", "amd64"), Set.of(), null)))
                .isTrue();
        assertThat(holds(policies, host(Set.of(), Set.of("amd64"), null))).isFalse();
        assertThat(holds(policies, host(Set.of(), Set.of(), "6.1"))).isTrue();
        assertThat(holds(policies, host(Set.of(), Set.of(), "5.19"))).isTrue();
        assertThat(holds(policies, host(Set.of(), Set.of(), "6.2"))).isFalse();
        assertThat(holds(policies, host(Set.of(), Set.of(), "10.0"))).isFalse();
        assertThat(holds(policies, before("6.1"))).isFalse();
        assertThat(holds(policies, before("6.2"))).isTrue();
    }

    private static SeccompCondition host(Set<String> on, Set<String> notOn, String minKernel) {
        return new SeccompCondition(
                Set.of(), Set.of(), on, notOn, Optional.ofNullable(minKernel), Optional.empty(), Optional.empty());
    }

    private static SeccompCondition before(String kernel) {
        return new SeccompCondition(
                Set.of(), Set.of(), Set.of(), Set.of(), Optional.empty(), Optional.of(kernel), Optional.empty());
    }

    @Test
    void everyComparisonKeepsItsMeaning() {
        for (SeccompArgument.Operator operator : SeccompArgument.Operator.values()) {
            boolean masked = operator == SeccompArgument.Operator.MASKED_EQ;
            SeccompArgument argument = new SeccompArgument(1, operator, masked ? 0xF0 : 5, masked ? 0x50 : 0);
            SeccompPolicy policy = policies(0, false)
                    .policy(SeccompProfile.of(SeccompAction.ALLOW)
                            .rule(SeccompRule.of(SeccompAction.errno(1), "read").argument(argument)));
            for (long value : new long[] {4, 5, 6, 0x5F, -1}) {
                boolean expected =
                        switch (operator) {
                            case NE -> value != 5;
                            case LT -> value == 4;
                            case LE -> value == 4 || value == 5;
                            case EQ -> value == 5;
                            case GE -> value != 4;
                            case GT -> value != 4 && value != 5;
                            case MASKED_EQ -> value == 0x5F;
                        };
                assertThat(verdict(policy, "read", 0, value).equals(EPERM))
                        .as("%s with %d", argument, value)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void aProfileThatIsTooLongIsRefused() {
        SeccompProfile profile = SeccompProfile.of(SeccompAction.ALLOW);
        for (int i = 0; i < 1500; i++) {
            profile = profile.rule(SeccompRule.of(SeccompAction.errno(1), "read")
                    .argument(SeccompArgument.of(0, SeccompArgument.Operator.EQ, i)));
        }
        SeccompProfile tooLong = profile;
        assertThatThrownBy(() -> policies(0, false).filter(tooLong))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("security.seccomp")
                .hasMessageContaining("4096");
    }
}
