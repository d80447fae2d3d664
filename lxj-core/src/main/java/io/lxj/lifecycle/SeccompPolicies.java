package io.lxj.lifecycle;

import io.lxj.config.Capability;
import io.lxj.config.SeccompAction;
import io.lxj.config.SeccompArchitecture;
import io.lxj.config.SeccompArgument;
import io.lxj.config.SeccompCondition;
import io.lxj.config.SeccompProfile;
import io.lxj.config.SeccompRule;
import io.lxj.error.InvalidConfigException;
import io.lxj.linux.Architecture;
import io.lxj.linux.ArgumentTest;
import io.lxj.linux.SeccompFilter;
import io.lxj.linux.SeccompPolicy;
import io.lxj.linux.SeccompVerdict;
import io.lxj.linux.SyscallAbi;
import io.lxj.linux.SyscallNumbers;
import io.lxj.linux.SyscallRule;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Compiles a profile for a container on a host. Immutable and thread-safe.
 *
 * @param capabilities what the container has at most, as a bit mask
 * @param userNamespace whether the container has one
 * @param architecture of the host
 * @param kernel the host's kernel version
 */
record SeccompPolicies(long capabilities, boolean userNamespace, Architecture architecture, String kernel) {
    private static final String FIELD = "security.seccomp";
    private static final SeccompVerdict FOREIGN = SeccompVerdict.errno(SeccompAction.ENOSYS);

    SeccompFilter filter(SeccompProfile profile) {
        SeccompPolicy policy = policy(profile);
        SyscallAbi own = SyscallAbi.of(architecture).get(0);
        if (!policy.alwaysAllows(own, "execve")) {
            throw InvalidConfigException.problem(
                    FIELD,
                    "keeps the container's init from being executed, as it doesn't always allow execve on "
                            + architecture.machine(),
                    "a profile that allows execve");
        }
        try {
            return SeccompFilter.of(policy, architecture);
        } catch (IllegalArgumentException e) {
            throw InvalidConfigException.problem(
                    FIELD,
                    "is too long: " + e.getMessage(),
                    "at most " + SeccompFilter.MAX_INSTRUCTIONS + " instructions");
        }
    }

    SeccompPolicy policy(SeccompProfile profile) {
        Set<SyscallAbi> abis = EnumSet.noneOf(SyscallAbi.class);
        for (SeccompArchitecture way : profile.architectures()) {
            abis.add(abi(way));
        }
        List<SyscallRule> rules = new ArrayList<>();
        for (SeccompRule rule : profile.rules()) {
            List<ArgumentTest> tests = new ArrayList<>();
            for (SeccompArgument argument : rule.arguments()) {
                tests.add(test(argument));
            }
            boolean holds = holds(rule.condition());
            for (String call : rule.calls()) {
                check(call);
                if (holds) {
                    rules.add(new SyscallRule(call, tests, verdict(rule.action())));
                }
            }
        }
        return new SeccompPolicy(
                abis, rules, verdict(profile.defaultAction()), verdict(profile.newerAction()), FOREIGN);
    }

    private static void check(String call) {
        if (!SyscallNumbers.isKnown(call)) {
            throw new InvalidConfigException(
                    FIELD + ".syscalls.names",
                    call,
                    "names of system calls as in section 2 of the manual, up to Linux 7.1");
        }
    }

    private boolean holds(SeccompCondition condition) {
        String host = architecture == Architecture.X86_64 ? "amd64" : "arm64";
        return (mask(condition.capabilities()) & ~capabilities) == 0
                && (mask(condition.withoutCapabilities()) & capabilities) == 0
                && (condition.architectures().isEmpty()
                        || condition.architectures().contains(host))
                && !condition.withoutArchitectures().contains(host)
                && (condition.minKernel().isEmpty()
                        || atLeast(condition.minKernel().get()))
                && (condition.belowKernel().isEmpty()
                        || !atLeast(condition.belowKernel().get()))
                && (condition.userNamespace().isEmpty()
                        || condition.userNamespace().get() == userNamespace);
    }

    private static long mask(Set<Capability> set) {
        long mask = 0;
        for (Capability capability : set) {
            mask |= 1L << capability.number();
        }
        return mask;
    }

    private boolean atLeast(String version) {
        int[] wanted = numbers(version);
        int[] actual = numbers(kernel);
        return actual[0] > wanted[0] || actual[0] == wanted[0] && actual[1] >= wanted[1];
    }

    private static int[] numbers(String version) {
        String[] parts = version.split("[^0-9]+", 3);
        return new int[] {Integer.parseInt(parts[0]), Integer.parseInt(parts[1])};
    }

    private static SyscallAbi abi(SeccompArchitecture way) {
        return switch (way) {
            case X86_64 -> SyscallAbi.X86_64;
            case X86 -> SyscallAbi.I386;
            case X32 -> SyscallAbi.X32;
            case AARCH64 -> SyscallAbi.AARCH64;
            case ARM -> SyscallAbi.ARM;
        };
    }

    private static SeccompVerdict verdict(SeccompAction action) {
        return switch (action.kind()) {
            case ALLOW -> SeccompVerdict.ALLOW;
            case LOG -> SeccompVerdict.LOG;
            case ERRNO -> SeccompVerdict.errno(action.errno());
            case TRAP -> SeccompVerdict.TRAP;
            case KILL_THREAD -> SeccompVerdict.KILL_THREAD;
            case KILL_PROCESS -> SeccompVerdict.KILL_PROCESS;
        };
    }

    private static ArgumentTest test(SeccompArgument argument) {
        int index = argument.index();
        long value = argument.value();
        return switch (argument.operator()) {
            case NE -> new ArgumentTest(index, ArgumentTest.Comparison.NOT_EQUAL, value, 0);
            case LT -> new ArgumentTest(index, ArgumentTest.Comparison.LESS, value, 0);
            case LE -> new ArgumentTest(index, ArgumentTest.Comparison.AT_MOST, value, 0);
            case EQ -> new ArgumentTest(index, ArgumentTest.Comparison.EQUAL, value, 0);
            case GE -> new ArgumentTest(index, ArgumentTest.Comparison.AT_LEAST, value, 0);
            case GT -> new ArgumentTest(index, ArgumentTest.Comparison.GREATER, value, 0);
            case MASKED_EQ -> new ArgumentTest(index, ArgumentTest.Comparison.MASKED_EQUAL, argument.valueTwo(), value);
        };
    }
}
