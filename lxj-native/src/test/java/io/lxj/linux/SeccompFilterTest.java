package io.lxj.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.linux.ArgumentTest.Comparison;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.RawCalls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SeccompFilterTest {
    private static final SeccompVerdict ENOSYS = SeccompVerdict.errno(38);
    private static final SeccompVerdict EPERM = SeccompVerdict.errno(1);
    private static final long[] VALUES = {
        0, 1, 5, 0x7FFFFFFFL, 0x80000000L, 0xFFFFFFFFL, 0x100000000L, 0x100000005L, Long.MIN_VALUE, -1L, -2L
    };

    private static SyscallRule rule(String call, SeccompVerdict verdict, ArgumentTest... tests) {
        return new SyscallRule(call, List.of(tests), verdict);
    }

    private static SeccompPolicy denying(SyscallRule... rules) {
        return new SeccompPolicy(
                Set.of(SyscallAbi.values()), List.of(rules), SeccompVerdict.ALLOW, ENOSYS, SeccompVerdict.TRAP);
    }

    private static SeccompVerdict run(SeccompFilter filter, SyscallAbi abi, int number, long... arguments) {
        return ClassicBpf.run(filter.program(), abi.auditArch(), number | abi.bit(), arguments);
    }

    /** A random one: all comparisons, several rules for a call, every verdict, any set of ways into the kernel. */
    private static SeccompPolicy random(Random random) {
        List<String> names = new ArrayList<>(SyscallNumbers.of(SyscallAbi.values()[random.nextInt(5)])
                .names()
                .values());
        Collections.shuffle(names, random);
        List<SeccompVerdict> verdicts = List.of(
                SeccompVerdict.ALLOW,
                SeccompVerdict.LOG,
                SeccompVerdict.KILL_PROCESS,
                ENOSYS,
                EPERM,
                SeccompVerdict.TRAP);
        List<SyscallRule> rules = new ArrayList<>();
        int count = random.nextInt(200);
        for (int i = 0; i < count; i++) {
            List<ArgumentTest> tests = new ArrayList<>();
            for (int j = random.nextInt(4); j > 0; j--) {
                Comparison comparison = Comparison.values()[random.nextInt(7)];
                long mask = comparison == Comparison.MASKED_EQUAL ? value(random) : 0;
                tests.add(new ArgumentTest(random.nextInt(6), comparison, value(random), mask));
            }
            rules.add(new SyscallRule(
                    names.get(random.nextInt(Math.min(names.size(), 80))),
                    tests,
                    verdicts.get(random.nextInt(verdicts.size()))));
        }
        Set<SyscallAbi> abis = EnumSet.noneOf(SyscallAbi.class);
        for (SyscallAbi abi : SyscallAbi.values()) {
            if (random.nextInt(4) > 0) {
                abis.add(abi);
            }
        }
        return new SeccompPolicy(
                abis,
                rules,
                verdicts.get(random.nextInt(verdicts.size())),
                ENOSYS,
                verdicts.get(random.nextInt(verdicts.size())));
    }

    private static long value(Random random) {
        return VALUES[random.nextInt(VALUES.length)];
    }

    @ParameterizedTest
    @EnumSource
    void theProgramAnswersAsThePolicySays(Architecture architecture) {
        Random random = new Random(7);
        for (int round = 0; round < 15; round++) {
            SeccompPolicy policy = random(random);
            SeccompFilter filter = SeccompFilter.of(policy, architecture);
            for (SyscallAbi abi : SyscallAbi.of(architecture)) {
                for (int number = 0; number < 600; number++) {
                    long[] arguments = new long[6];
                    for (int i = 0; i < 6; i++) {
                        arguments[i] = value(random);
                    }
                    assertThat(run(filter, abi, number, arguments))
                            .as("%s %d of\n%s", abi, number, policy)
                            .isEqualTo(policy.verdict(abi, number, arguments));
                }
            }
        }
    }

    @Test
    void everyComparisonIsRightAroundEveryValue() {
        for (Comparison comparison : Comparison.values()) {
            for (long value : VALUES) {
                for (long mask : comparison == Comparison.MASKED_EQUAL ? VALUES : new long[1]) {
                    ArgumentTest test = new ArgumentTest(2, comparison, value, mask);
                    SeccompFilter filter = SeccompFilter.of(denying(rule("read", EPERM, test)), Architecture.X86_64);
                    for (long actual : VALUES) {
                        assertThat(run(filter, SyscallAbi.X86_64, 0, 0, 0, actual, 0, 0, 0))
                                .as("%s with 0x%x", test, actual)
                                .isEqualTo(test.holds(actual) ? EPERM : SeccompVerdict.ALLOW);
                    }
                }
            }
        }
    }

    @Test
    @NeedsCommand("gcc")
    void theKernelAnswersAsThePolicySays(@TempDir Path folder) throws IOException {
        Random random = new Random(11);
        List<SyscallAbi> ways = RawCalls.ways(folder);
        for (int round = 0; round < 8; round++) {
            SeccompPolicy marked = marked(random(random));
            List<RawCalls.Call> calls = new ArrayList<>();
            List<Long> expected = new ArrayList<>();
            for (SyscallAbi abi : ways) {
                int exitGroup = SyscallNumbers.of(abi).number("exit_group").orElseThrow();
                for (int number = 0; number < 560; number++) {
                    // uretprobe and uprobe pass every filter, and kill whoever calls them without reason.
                    if (number == exitGroup || abi == SyscallAbi.X86_64 && (number == 335 || number == 336)) {
                        continue;
                    }
                    List<Long> arguments = new ArrayList<>();
                    for (int i = 0; i < 6; i++) {
                        // An int 0x80 passes 32 bits each, and its sixth argument in a register of the compiler's.
                        arguments.add(abi == SyscallAbi.I386 ? value(random) & 0xFFFFFFFFL : value(random));
                    }
                    if (abi == SyscallAbi.I386 && marked.toString().contains("args[5]")) {
                        continue;
                    }
                    calls.add(new RawCalls.Call(abi == SyscallAbi.I386, number | abi.bit(), arguments));
                    long[] array = arguments.stream().mapToLong(Long::longValue).toArray();
                    expected.add(-(long) (marked.verdict(abi, number, array).value() & 0xFFFF));
                }
            }
            SeccompFilter filter = SeccompFilter.of(marked, Architecture.current());
            assertThat(new RawCalls(filter.bytes(), calls).run(folder)).isEqualTo(expected);
        }
    }

    /** The same with an error number of its own for each verdict, so that no call is made and each can be told. */
    private static SeccompPolicy marked(SeccompPolicy policy) {
        List<SyscallRule> rules = new ArrayList<>();
        policy.rules().forEach(rule -> rules.add(new SyscallRule(rule.call(), rule.tests(), marked(rule.verdict()))));
        rules.add(rule("exit_group", SeccompVerdict.ALLOW));
        Set<SyscallAbi> abis = EnumSet.of(SyscallAbi.of(Architecture.current()).get(0));
        abis.addAll(policy.abis());
        return new SeccompPolicy(
                abis, rules, marked(policy.otherwise()), marked(policy.newer()), marked(policy.foreign()));
    }

    private static SeccompVerdict marked(SeccompVerdict verdict) {
        return SeccompVerdict.errno(4000 + Math.floorMod(verdict.value() >> 16, 50) + (verdict.value() & 63));
    }

    @Test
    void theLastRuleThatFitsDecides() {
        ArgumentTest one = new ArgumentTest(0, Comparison.EQUAL, 1, 0);
        SeccompPolicy policy = denying(rule("ioctl", EPERM), rule("ioctl", SeccompVerdict.ALLOW, one));
        assertThat(policy.verdict(SyscallAbi.X86_64, 16, 1, 0, 0, 0, 0, 0)).isEqualTo(SeccompVerdict.ALLOW);
        assertThat(policy.verdict(SyscallAbi.X86_64, 16, 2, 0, 0, 0, 0, 0)).isEqualTo(EPERM);
        SeccompPolicy reversed = denying(rule("ioctl", SeccompVerdict.ALLOW, one), rule("ioctl", EPERM));
        assertThat(reversed.verdict(SyscallAbi.X86_64, 16, 1, 0, 0, 0, 0, 0)).isEqualTo(EPERM);
    }

    @Test
    void callsThatAreNewerThanThePolicyAreToldFromThoseThatItDenies() {
        SeccompPolicy policy = new SeccompPolicy(
                Set.of(SyscallAbi.X86_64),
                List.of(rule("read", SeccompVerdict.ALLOW), rule("openat2", SeccompVerdict.ALLOW)),
                EPERM,
                ENOSYS,
                SeccompVerdict.TRAP);
        assertThat(policy.verdict(SyscallAbi.X86_64, 0, 0)).isEqualTo(SeccompVerdict.ALLOW);
        assertThat(policy.verdict(SyscallAbi.X86_64, 1, 0)).as("write").isEqualTo(EPERM);
        assertThat(policy.verdict(SyscallAbi.X86_64, 436, 0)).as("close_range").isEqualTo(EPERM);
        assertThat(policy.verdict(SyscallAbi.X86_64, 438, 0)).as("pidfd_getfd").isEqualTo(ENOSYS);
        assertThat(policy.verdict(SyscallAbi.X86_64, 400, 0)).as("no name").isEqualTo(ENOSYS);
        assertThat(policy.verdict(SyscallAbi.X86_64, 9999, 0)).as("no name").isEqualTo(ENOSYS);
        assertThat(policy.verdict(SyscallAbi.I386, 3, 0)).as("read of i386").isEqualTo(SeccompVerdict.TRAP);
    }

    @Test
    void aCallNeedsFewInstructionsHoweverManyRulesThereAre() {
        List<SyscallRule> rules = new ArrayList<>();
        SyscallNumbers.of(SyscallAbi.X86_64).names().forEach((number, name) -> {
            if (number % 2 == 0) {
                rules.add(rule(name, EPERM));
            }
        });
        SeccompFilter filter = SeccompFilter.of(denying(rules.toArray(new SyscallRule[0])), Architecture.X86_64);
        for (int number = 0; number < 480; number++) {
            assertThat(ClassicBpf.steps(filter.program(), SyscallAbi.X86_64.auditArch(), number))
                    .isLessThan(24);
        }
        assertThat(SeccompFilter.of(denying(rule("reboot", EPERM)), Architecture.X86_64)
                        .program())
                .hasSizeLessThan(200);
    }

    /** A jump over more than 255 instructions takes one of its own. */
    @Test
    void conditionsMayBeFarFromWhatFollows() {
        List<ArgumentTest> tests = new ArrayList<>();
        List<SyscallRule> rules = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            tests.add(new ArgumentTest(i % 6, Comparison.NOT_EQUAL, 7, 0));
            rules.add(rule("read", SeccompVerdict.errno(100 + i), new ArgumentTest(0, Comparison.EQUAL, 1000 + i, 0)));
        }
        rules.add(rule("write", EPERM, tests.toArray(new ArgumentTest[0])));
        SeccompPolicy policy = denying(rules.toArray(new SyscallRule[0]));
        SeccompFilter filter = SeccompFilter.of(policy, Architecture.X86_64);
        assertThat(filter.length()).isGreaterThan(1000);
        for (long value : new long[] {6, 7, 1000, 1050, 1099, 1100}) {
            for (int call : new int[] {0, 1, 2, 16, 400, 470, 600}) {
                assertThat(run(filter, SyscallAbi.X86_64, call, value, 0, 0, 0, 0, 0))
                        .as("call %s with %s", call, value)
                        .isEqualTo(policy.verdict(SyscallAbi.X86_64, call, value, 0, 0, 0, 0, 0));
            }
        }
    }

    @Test
    void whatIsReturnedIsThereOnce() {
        SeccompFilter filter =
                SeccompFilter.of(denying(rule("reboot", EPERM), rule("kexec_load", EPERM)), Architecture.X86_64);
        assertThat(filter.disassembly().lines().filter(line -> line.contains("return")))
                .as(filter.disassembly())
                .hasSize(4);
    }

    @Test
    void tooLongAFilterIsRefused() {
        List<SyscallRule> rules = new ArrayList<>();
        for (int i = 0; i < 1100; i++) {
            rules.add(rule("read", EPERM, new ArgumentTest(0, Comparison.GREATER, i, 0)));
        }
        assertThatThrownBy(() -> SeccompFilter.of(denying(rules.toArray(new SyscallRule[0])), Architecture.AARCH64))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4096");
    }

    @Test
    void theProgramCanBeRead() {
        SeccompPolicy policy = new SeccompPolicy(
                Set.of(SyscallAbi.AARCH64),
                List.of(rule("ioctl", EPERM, new ArgumentTest(1, Comparison.MASKED_EQUAL, 0x5412, 0xFFFFFFFFL))),
                SeccompVerdict.ALLOW,
                ENOSYS,
                SeccompVerdict.KILL_PROCESS);
        List<String> lines = SeccompFilter.of(policy, Architecture.AARCH64)
                .disassembly()
                .lines()
                .toList();
        assertThat(lines)
                .as(String.join("\n", lines))
                .startsWith("   0: A = arch", "   1: if A == 0xc00000b7 goto 2 else 14", "   2: A = nr")
                .containsSequence(
                        "   5: if A == 0x1d goto 6 else 12",
                        "   6: A = args[1].low",
                        "   7: if A == 0x5412 goto 8 else 12",
                        "   8: return errno EPERM")
                .containsSequence("  12: return allow", "  13: return errno ENOSYS")
                .endsWith("  16: return kill process");
        assertThat(policy.toString()).contains("ioctl if (args[1] & 0xffffffff) == 0x5412: errno EPERM\n");
    }
}
