package io.lxj.linux;

import static io.lxj.linux.FilterInstruction.AND;
import static io.lxj.linux.FilterInstruction.JUMP_IF_AT_LEAST;
import static io.lxj.linux.FilterInstruction.JUMP_IF_EQUAL;
import static io.lxj.linux.FilterInstruction.JUMP_IF_GREATER;
import static io.lxj.linux.FilterInstruction.LOAD;

import java.util.ArrayList;
import java.util.List;

/**
 * The instructions that test an argument: the machine has words of 32 bits, so the upper half is compared first. When
 * the condition holds they go on behind themselves, else they skip a given number of instructions.
 */
final class ArgumentCode {
    private static final int ARGUMENTS = 16;

    private final int low;
    private final int high;
    private final int lowValue;
    private final int highValue;
    private final int skip;

    private ArgumentCode(ArgumentTest test, int skip) {
        this.low = ARGUMENTS + 8 * test.argument();
        this.high = low + 4;
        this.lowValue = (int) test.value();
        this.highValue = (int) (test.value() >>> 32);
        this.skip = skip;
    }

    /** The code of a test that skips so many instructions behind itself when it fails. */
    static List<FilterInstruction> of(ArgumentTest test, int skip) {
        ArgumentCode code = new ArgumentCode(test, skip);
        return switch (test.comparison()) {
            case EQUAL -> code.masked(-1L);
            case MASKED_EQUAL -> code.masked(test.mask());
            case NOT_EQUAL -> code.notEqual();
            case GREATER -> code.above(JUMP_IF_GREATER);
            case AT_LEAST -> code.above(JUMP_IF_AT_LEAST);
            case AT_MOST -> code.below(JUMP_IF_GREATER);
            case LESS -> code.below(JUMP_IF_AT_LEAST);
        };
    }

    private List<FilterInstruction> masked(long mask) {
        List<FilterInstruction> lower = half(low, (int) mask, lowValue, skip);
        int upperMask = (int) (mask >>> 32);
        if (upperMask == 0 && highValue == 0) {
            return lower;
        }
        List<FilterInstruction> code = half(high, upperMask, highValue, lower.size() + skip);
        code.addAll(lower);
        return code;
    }

    private static List<FilterInstruction> half(int offset, int mask, int value, int skip) {
        List<FilterInstruction> code = new ArrayList<>();
        code.add(FilterInstruction.of(LOAD, offset));
        if (mask != -1) {
            code.add(FilterInstruction.of(AND, mask));
        }
        code.add(new FilterInstruction(JUMP_IF_EQUAL, 0, skip, value));
        return code;
    }

    private List<FilterInstruction> notEqual() {
        return List.of(
                FilterInstruction.of(LOAD, high),
                new FilterInstruction(JUMP_IF_EQUAL, 0, 2, highValue),
                FilterInstruction.of(LOAD, low),
                new FilterInstruction(JUMP_IF_EQUAL, skip, 0, lowValue));
    }

    private List<FilterInstruction> above(int jumpOnLow) {
        return List.of(
                FilterInstruction.of(LOAD, high),
                new FilterInstruction(JUMP_IF_GREATER, 3, 0, highValue),
                new FilterInstruction(JUMP_IF_EQUAL, 0, skip + 2, highValue),
                FilterInstruction.of(LOAD, low),
                new FilterInstruction(jumpOnLow, 0, skip, lowValue));
    }

    private List<FilterInstruction> below(int jumpOnLow) {
        return List.of(
                FilterInstruction.of(LOAD, high),
                new FilterInstruction(JUMP_IF_GREATER, skip + 3, 0, highValue),
                new FilterInstruction(JUMP_IF_EQUAL, 0, 2, highValue),
                FilterInstruction.of(LOAD, low),
                new FilterInstruction(jumpOnLow, skip, 0, lowValue));
    }
}
