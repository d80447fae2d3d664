package io.lxj.linux;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes a filter of a policy: first by the way into the kernel, then by the number, in a tree over ranges of numbers with the
 * same answer, then by the arguments. Nothing is loaded but the way and the number unless an answer depends on arguments:
 * so the kernel can find out when the filter is installed which calls are always allowed, and doesn't run it for those
 * (since Linux 5.11, see SECCOMP_CACHE in the kernel's {@code kernel/seccomp.c}). It does so by trying each number, and
 * translates each instruction: what is short is installed fast.
 */
final class FilterCompiler {
    private static final int NUMBER = 0;
    private static final int ARCHITECTURE = 4;
    /** A range isn't asked for more often because it is wide, beyond this. */
    private static final int WIDE = 64;

    private final SeccompPolicy policy;
    private final FilterCode code = new FilterCode();
    private final Map<SeccompAnswer, Integer> answers = new IdentityHashMap<>();

    private FilterCompiler(SeccompPolicy policy) {
        this.policy = policy;
    }

    static List<FilterInstruction> compile(SeccompPolicy policy, Architecture architecture) {
        return new FilterCompiler(policy).compile(SyscallAbi.of(architecture));
    }

    private List<FilterInstruction> compile(List<SyscallAbi> abis) {
        Map<Integer, TreeMap<Integer, SeccompAnswer>> byArchitecture = new LinkedHashMap<>();
        for (SyscallAbi abi : abis) {
            TreeMap<Integer, SeccompAnswer> numbers =
                    byArchitecture.computeIfAbsent(abi.auditArch(), unused -> new TreeMap<>());
            if (policy.abis().contains(abi)) {
                policy.answers(abi).forEach((number, answer) -> numbers.put(number + abi.bit(), answer));
            } else {
                numbers.put(abi.bit(), SeccompAnswer.of(policy.foreign()));
            }
        }
        List<Integer> architectures = new ArrayList<>(byArchitecture.keySet());
        int next = code.returning(policy.foreign());
        // The first one is asked for last, so that it comes first.
        for (int i = architectures.size() - 1; i >= 0; i--) {
            int tree = tree(Range.of(byArchitecture.get(architectures.get(i))));
            code.begin(tree);
            int number = code.add(FilterInstruction.LOAD, NUMBER);
            next = code.branch(FilterInstruction.JUMP_IF_EQUAL, architectures.get(i), number, next);
        }
        code.add(FilterInstruction.LOAD, ARCHITECTURE);
        return code.program();
    }

    /** Numbers with the same answer. */
    private record Range(int first, int width, SeccompAnswer answer) {
        static List<Range> of(TreeMap<Integer, SeccompAnswer> answers) {
            List<Range> ranges = new ArrayList<>();
            answers.forEach((first, answer) -> {
                Integer next = answers.higherKey(first);
                ranges.add(new Range(first, next == null ? 1 : Math.min(next - first, WIDE), answer));
            });
            return ranges;
        }
    }

    /** A tree in which about as many numbers are on either side. */
    private int tree(List<Range> ranges) {
        if (ranges.size() == 1) {
            return answer(ranges.get(0).answer());
        }
        if (isOneAmongOthers(ranges)) {
            int one = answer(ranges.get(1).answer());
            int others = answer(ranges.get(0).answer());
            return code.branch(FilterInstruction.JUMP_IF_EQUAL, ranges.get(1).first(), one, others);
        }
        int pivot = middle(ranges);
        int above = tree(ranges.subList(pivot, ranges.size()));
        int below = tree(ranges.subList(0, pivot));
        return code.branch(FilterInstruction.JUMP_IF_AT_LEAST, ranges.get(pivot).first(), above, below);
    }

    private static boolean isOneAmongOthers(List<Range> ranges) {
        return ranges.size() == 3
                && ranges.get(1).width() == 1
                && ranges.get(0).answer() == ranges.get(2).answer();
    }

    private static int middle(List<Range> ranges) {
        int all = 0;
        for (Range range : ranges) {
            all += range.width();
        }
        int before = ranges.get(0).width();
        int middle = 1;
        while (middle < ranges.size() - 1 && 2 * before + ranges.get(middle).width() <= all) {
            before += ranges.get(middle++).width();
        }
        return middle;
    }

    private int answer(SeccompAnswer answer) {
        if (answer.rules().isEmpty()) {
            return code.returning(answer.otherwise());
        }
        Integer known = answers.get(answer);
        if (known != null) {
            return known;
        }
        int next = code.returning(answer.otherwise());
        for (int i = answer.rules().size() - 1; i >= 0; i--) {
            next = rule(answer.rules().get(i), next);
        }
        answers.put(answer, next);
        return next;
    }

    private int rule(SyscallRule rule, int otherwise) {
        int place = code.returning(rule.verdict());
        for (int i = rule.tests().size() - 1; i >= 0; i--) {
            place = new ArgumentCode(code, place, otherwise).of(rule.tests().get(i));
        }
        return place;
    }
}
