package io.lxj.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes a filter of a policy: first by the way into the kernel, then by the number, in a balanced tree over ranges of
 * numbers with the same answer, then by the arguments. Nothing is loaded but the way and the number unless an answer
 * depends on arguments: so the kernel can find out when the filter is installed which calls are always allowed, and
 * doesn't run it for those (since Linux 5.11, see SECCOMP_CACHE in the kernel's {@code kernel/seccomp.c}).
 */
final class FilterCompiler {
    private static final int NUMBER = 0;
    private static final int ARCHITECTURE = 4;
    private static final int LONGEST_JUMP = 255;

    private final SeccompPolicy policy;

    private FilterCompiler(SeccompPolicy policy) {
        this.policy = policy;
    }

    static List<FilterInstruction> compile(SeccompPolicy policy, Architecture architecture) {
        return List.copyOf(new FilterCompiler(policy).compile(SyscallAbi.of(architecture)));
    }

    private List<FilterInstruction> compile(List<SyscallAbi> abis) {
        Map<Integer, TreeMap<Integer, SeccompAnswer>> byArchitecture = new TreeMap<>();
        List<Integer> order = new ArrayList<>();
        for (SyscallAbi abi : abis) {
            TreeMap<Integer, SeccompAnswer> answers = byArchitecture.get(abi.auditArch());
            if (answers == null) {
                answers = new TreeMap<>();
                byArchitecture.put(abi.auditArch(), answers);
                order.add(abi.auditArch());
            }
            if (policy.abis().contains(abi)) {
                for (Map.Entry<Integer, SeccompAnswer> entry :
                        policy.answers(abi).entrySet()) {
                    answers.put(entry.getKey() + abi.bit(), entry.getValue());
                }
            } else {
                answers.put(abi.bit(), SeccompAnswer.of(policy.foreign()));
            }
        }
        List<FilterInstruction> program = new ArrayList<>();
        program.add(FilterInstruction.of(FilterInstruction.LOAD, ARCHITECTURE));
        for (int architecture : order) {
            List<Map.Entry<Integer, SeccompAnswer>> ranges =
                    new ArrayList<>(byArchitecture.get(architecture).entrySet());
            List<FilterInstruction> tree = tree(ranges);
            tree.add(0, FilterInstruction.of(FilterInstruction.LOAD, NUMBER));
            // Over the tree when it is another architecture.
            program.add(new FilterInstruction(FilterInstruction.JUMP_IF_EQUAL, 1, 0, architecture));
            program.add(FilterInstruction.of(FilterInstruction.JUMP, tree.size()));
            program.addAll(tree);
        }
        program.add(
                FilterInstruction.of(FilterInstruction.RETURN, policy.foreign().value()));
        return program;
    }

    private static List<FilterInstruction> tree(List<Map.Entry<Integer, SeccompAnswer>> ranges) {
        if (ranges.size() == 1) {
            return answer(ranges.get(0).getValue());
        }
        int middle = ranges.size() / 2;
        List<FilterInstruction> below = tree(ranges.subList(0, middle));
        int pivot = ranges.get(middle).getKey();
        List<FilterInstruction> code = new ArrayList<>();
        if (below.size() <= LONGEST_JUMP) {
            code.add(new FilterInstruction(FilterInstruction.JUMP_IF_AT_LEAST, below.size(), 0, pivot));
        } else {
            code.add(new FilterInstruction(FilterInstruction.JUMP_IF_AT_LEAST, 0, 1, pivot));
            code.add(FilterInstruction.of(FilterInstruction.JUMP, below.size()));
        }
        code.addAll(below);
        code.addAll(tree(ranges.subList(middle, ranges.size())));
        return code;
    }

    private static List<FilterInstruction> answer(SeccompAnswer answer) {
        List<FilterInstruction> code = new ArrayList<>();
        for (SyscallRule rule : answer.rules()) {
            code.addAll(rule(rule));
        }
        code.add(FilterInstruction.of(
                FilterInstruction.RETURN, answer.otherwise().value()));
        return code;
    }

    /** From the end to the beginning, so that each test knows how far it is to the next rule. */
    private static List<FilterInstruction> rule(SyscallRule rule) {
        List<FilterInstruction> code = new ArrayList<>();
        code.add(FilterInstruction.of(FilterInstruction.RETURN, rule.verdict().value()));
        for (int i = rule.tests().size() - 1; i >= 0; i--) {
            code.addAll(0, ArgumentCode.of(rule.tests().get(i), code.size()));
        }
        return code;
    }
}
