package io.lxj.linux;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A filter that is written from its end to its beginning, as its machine only jumps forward: whatever an instruction jumps
 * to is there already. A place is the number of instructions from there to the end. Not thread-safe.
 */
final class FilterCode {
    private static final int LONGEST_JUMP = 255;

    private final List<FilterInstruction> reversed = new ArrayList<>();
    private final Map<Integer, Integer> returns = new HashMap<>();

    /** Goes on with what was written last. */
    int add(int code, int operand) {
        return add(FilterInstruction.of(code, operand));
    }

    private int add(FilterInstruction instruction) {
        reversed.add(instruction);
        return reversed.size();
    }

    /** The place of a return, which is there once for whoever reaches it. */
    int returning(SeccompVerdict verdict) {
        int known = returns.getOrDefault(verdict.value(), 0);
        // A branch that is written next may have to write two jumps first.
        if (known > 0 && reversed.size() + 2 - known <= LONGEST_JUMP) {
            return known;
        }
        int place = add(FilterInstruction.RETURN, verdict.value());
        returns.put(verdict.value(), place);
        return place;
    }

    /** Goes on at one of two places. */
    int branch(int condition, int operand, int ifTrue, int ifFalse) {
        int near = near(ifTrue, 1);
        int other = near(ifFalse, 0);
        return add(new FilterInstruction(condition, reversed.size() - near, reversed.size() - other, operand));
    }

    /** A place that can be reached by a branch even if so many more instructions are written before it. */
    private int near(int place, int more) {
        return reversed.size() + more - place <= LONGEST_JUMP ? place : jump(place);
    }

    private int jump(int place) {
        return add(FilterInstruction.JUMP, reversed.size() - place);
    }

    /** Begins with what is at a place, which need not have been written last. */
    void begin(int place) {
        if (place != reversed.size()) {
            jump(place);
        }
    }

    List<FilterInstruction> program() {
        List<FilterInstruction> program = new ArrayList<>(reversed);
        Collections.reverse(program);
        return List.copyOf(program);
    }
}
