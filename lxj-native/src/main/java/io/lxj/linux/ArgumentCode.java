package io.lxj.linux;

import static io.lxj.linux.FilterInstruction.AND;
import static io.lxj.linux.FilterInstruction.JUMP_IF_AT_LEAST;
import static io.lxj.linux.FilterInstruction.JUMP_IF_EQUAL;
import static io.lxj.linux.FilterInstruction.JUMP_IF_GREATER;
import static io.lxj.linux.FilterInstruction.LOAD;

/**
 * The instructions that test an argument: the machine has words of 32 bits, so the upper half is compared first. They go on
 * at one of two places. Not thread-safe.
 */
record ArgumentCode(FilterCode code, int ifTrue, int ifFalse) {
    private static final int ARGUMENTS = 16;

    /** Writes the code of a test, and tells its place. */
    int of(ArgumentTest test) {
        return switch (test.comparison()) {
            case EQUAL -> masked(test, -1L);
            case MASKED_EQUAL -> masked(test, test.mask());
            case NOT_EQUAL -> new ArgumentCode(code, ifFalse, ifTrue).masked(test, -1L);
            case GREATER -> ordered(test, JUMP_IF_GREATER);
            case AT_LEAST -> ordered(test, JUMP_IF_AT_LEAST);
            case AT_MOST -> new ArgumentCode(code, ifFalse, ifTrue).ordered(test, JUMP_IF_GREATER);
            case LESS -> new ArgumentCode(code, ifFalse, ifTrue).ordered(test, JUMP_IF_AT_LEAST);
        };
    }

    private static int low(ArgumentTest test) {
        return ARGUMENTS + 8 * test.argument();
    }

    private static int high(ArgumentTest test) {
        return low(test) + 4;
    }

    private int masked(ArgumentTest test, long mask) {
        int lower = half(low(test), (int) mask, (int) test.value(), ifTrue);
        int upperMask = (int) (mask >>> 32);
        int upperValue = (int) (test.value() >>> 32);
        return upperMask == 0 && upperValue == 0 ? lower : half(high(test), upperMask, upperValue, lower);
    }

    private int half(int offset, int mask, int value, int ifEqual) {
        code.branch(JUMP_IF_EQUAL, value, ifEqual, ifFalse);
        if (mask != -1) {
            code.add(AND, mask);
        }
        return code.add(LOAD, offset);
    }

    private int ordered(ArgumentTest test, int jumpOnLow) {
        int highValue = (int) (test.value() >>> 32);
        code.branch(jumpOnLow, (int) test.value(), ifTrue, ifFalse);
        int lower = code.add(LOAD, low(test));
        int equal = code.branch(JUMP_IF_EQUAL, highValue, lower, ifFalse);
        code.branch(JUMP_IF_GREATER, highValue, ifTrue, equal);
        return code.add(LOAD, high(test));
    }
}
