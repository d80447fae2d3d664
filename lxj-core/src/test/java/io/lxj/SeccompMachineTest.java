package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Config;
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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The standard profile on whatever architecture this is, with real calls of a program that is the stage: without a compiler.
 * {@link SeccompTest} tries the other ways into the kernel of x86-64.
 */
@NeedsContainers
@NeedsRoot("starts a privileged container: some rules hold only there")
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(900)
class SeccompMachineTest {
    private static final long ENOSYS = -38;
    private static final SyscallNumbers NUMBERS =
            SyscallNumbers.of(SyscallAbi.of(Architecture.current()).get(0));

    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    private static Container start(SeccompProfile profile) {
        return host.start(Config.ofImage("alpine")
                .init("/bin/sleep", "1000000")
                .privileged()
                .security(Security.DEFAULT.seccomp(profile)));
    }

    /** The calls of a rule by their numbers, with arguments that it is about; the bits that don't count are set. */
    private static List<StagedCalls.Call> matching(SeccompRule rule) {
        long[] arguments = new long[6];
        for (SeccompArgument argument : rule.arguments()) {
            assertThat(argument.operator()).isEqualTo(SeccompArgument.Operator.MASKED_EQ);
            arguments[argument.index()] = argument.valueTwo() | ~argument.value();
        }
        return rule.calls().stream()
                .flatMapToLong(name -> NUMBERS.number(name).stream().asLongStream())
                .mapToObj(number -> new StagedCalls.Call(number, arguments))
                .toList();
    }

    @Test
    void everyRuleOfTheStandardProfileHolds() {
        MarkedRules<StagedCalls.Call> rules = MarkedRules.of(false, SeccompMachineTest::matching);
        assertThat(rules.calls())
                .hasSizeGreaterThan(SeccompProfile.standard().rules().size() / 2);
        assertThat(StagedCalls.in(start(rules.profile()), rules.calls())).isEqualTo(rules.marks());
        assertThat(StagedCalls.in(start(SeccompProfile.standard()), rules.calls()))
                .isEqualTo(rules.errors());
    }

    @Test
    void callsThatNobodyKnowsYetAreNotImplemented() {
        List<StagedCalls.Call> calls = new ArrayList<>();
        for (long number : new long[] {600, 100_000, 0x7FFFFFFFL}) {
            calls.add(new StagedCalls.Call(number));
        }
        assertThat(StagedCalls.in(start(SeccompProfile.standard()), calls)).containsOnly(ENOSYS);
    }
}
