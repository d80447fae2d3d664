package io.lxj.linux;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which system calls are to be let through. The last rule that fits a call decides. Immutable and thread-safe.
 *
 * <p>Calls that are newer than the policy are a case of their own, because programs try a new call and go back to an old
 * one only when the new one fails with ENOSYS. These are numbers without a name in {@link SyscallNumbers}; and, where
 * calls without a rule are denied, those from 424 on (where all architectures have the same numbers, since Linux 5.1) that
 * are higher than all numbers that a rule names: who wrote the rules didn't know them.
 *
 * @param abis the ways into the kernel that may be used at all
 * @param rules the rules; a later one takes precedence
 * @param otherwise what becomes of a call for which there is no rule
 * @param newer what becomes of a call that is newer than the policy
 * @param foreign what becomes of all calls of the other ways into the kernel
 */
public record SeccompPolicy(
        Set<SyscallAbi> abis,
        List<SyscallRule> rules,
        SeccompVerdict otherwise,
        SeccompVerdict newer,
        SeccompVerdict foreign) {
    private static final int FIRST_COMMON_NUMBER = 424;
    /** 32-bit Arm has some calls of its own far above all others. */
    private static final int PRIVATE_NUMBERS = 0xF0000;

    /**
     * Takes copies of the collections.
     *
     * @param abis see {@link #abis()}
     * @param rules see {@link #rules()}
     * @param otherwise see {@link #otherwise()}
     * @param newer see {@link #newer()}
     * @param foreign see {@link #foreign()}
     */
    public SeccompPolicy {
        abis = Set.copyOf(abis);
        rules = List.copyOf(rules);
    }

    /**
     * What becomes of a call.
     *
     * @param abi the way into the kernel
     * @param number its number, without {@link SyscallAbi#bit()}
     * @param arguments its six arguments
     * @return the verdict
     */
    public SeccompVerdict verdict(SyscallAbi abi, int number, long... arguments) {
        if (!abis.contains(abi)) {
            return foreign;
        }
        return answers(abi).floorEntry(number).getValue().verdict(arguments);
    }

    /**
     * Whether a call is made whatever its arguments are.
     *
     * @param abi the way into the kernel
     * @param call the name of the call
     * @return whether it always is; false if there is no such call
     */
    public boolean alwaysAllows(SyscallAbi abi, String call) {
        if (!abis.contains(abi) || SyscallNumbers.of(abi).number(call).isEmpty()) {
            return false;
        }
        boolean allowed = otherwise.allows();
        for (SyscallRule rule : rules) {
            if (rule.call().equals(call)) {
                allowed = rule.verdict().allows() && (allowed || rule.tests().isEmpty());
            }
        }
        return allowed;
    }

    /** What becomes of all numbers from one on, up to the next one in the map. */
    TreeMap<Integer, SeccompAnswer> answers(SyscallAbi abi) {
        SyscallNumbers numbers = SyscallNumbers.of(abi);
        // One for each verdict, so that neighbours with the same can be told by identity: the equals method of a record
        // costs a fresh JVM more than all the rest of this.
        Map<Integer, SeccompAnswer> simple = new HashMap<>();
        SeccompAnswer unruled = simple(simple, otherwise);
        SeccompAnswer unknown = simple(simple, newer);
        Map<Integer, SeccompAnswer> ruled = new HashMap<>();
        int newest = FIRST_COMMON_NUMBER - 1;
        for (SyscallRule rule : rules) {
            OptionalInt number = numbers.number(rule.call());
            if (number.isPresent()) {
                int at = number.getAsInt();
                ruled.put(
                        at,
                        rule.tests().isEmpty()
                                ? simple(simple, rule.verdict())
                                : ruled.getOrDefault(at, unruled).with(rule));
                newest = at < PRIVATE_NUMBERS ? Math.max(newest, at) : newest;
            }
        }
        TreeMap<Integer, SeccompAnswer> answers = new TreeMap<>();
        int next = 0;
        SeccompAnswer last = null;
        for (int number : numbers.names().keySet()) {
            if (number > next && last != unknown) {
                answers.put(next, unknown);
                last = unknown;
            }
            boolean isNewer = !otherwise.allows() && number > newest && number < PRIVATE_NUMBERS;
            SeccompAnswer answer = ruled.getOrDefault(number, isNewer ? unknown : unruled);
            if (answer != last) {
                answers.put(number, answer);
                last = answer;
            }
            next = number + 1;
        }
        if (last != unknown) {
            answers.put(next, unknown);
        }
        return answers;
    }

    private static SeccompAnswer simple(Map<Integer, SeccompAnswer> known, SeccompVerdict verdict) {
        SeccompAnswer answer = known.get(verdict.value());
        if (answer == null) {
            answer = SeccompAnswer.of(verdict);
            known.put(verdict.value(), answer);
        }
        return answer;
    }

    /** The policy as a list of rules. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("calls of " + abis + ", of others " + foreign + "\n");
        rules.forEach(rule -> text.append(rule).append('\n'));
        return text.append("others: ").append(otherwise).append(", newer: ").append(newer) + "\n";
    }
}
