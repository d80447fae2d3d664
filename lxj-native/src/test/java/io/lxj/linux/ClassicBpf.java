package io.lxj.linux;

import java.util.List;

/** The kernel's classic BPF machine, as far as filters of system calls use it. */
final class ClassicBpf {
    private ClassicBpf() {}

    static SeccompVerdict run(List<FilterInstruction> program, int architecture, int number, long... arguments) {
        return new SeccompVerdict((int) (execute(program, architecture, number, arguments) >>> 32));
    }

    /** How many instructions it takes. */
    static int steps(List<FilterInstruction> program, int architecture, int number, long... arguments) {
        return (int) execute(program, architecture, number, arguments);
    }

    /** What is returned, and in the lower 32 bits after how many instructions. */
    private static long execute(List<FilterInstruction> program, int architecture, int number, long... arguments) {
        int accumulator = 0;
        int at = 0;
        int steps = 0;
        while (true) {
            FilterInstruction i = program.get(at++);
            steps++;
            int order = Integer.compareUnsigned(accumulator, i.operand());
            switch (i.code()) {
                case FilterInstruction.LOAD -> accumulator = load(i.operand(), architecture, number, arguments);
                case FilterInstruction.AND -> accumulator &= i.operand();
                case FilterInstruction.JUMP -> at += i.operand();
                case FilterInstruction.JUMP_IF_EQUAL -> at += order == 0 ? i.ifTrue() : i.ifFalse();
                case FilterInstruction.JUMP_IF_GREATER -> at += order > 0 ? i.ifTrue() : i.ifFalse();
                case FilterInstruction.JUMP_IF_AT_LEAST -> at += order >= 0 ? i.ifTrue() : i.ifFalse();
                case FilterInstruction.RETURN -> {
                    return (long) i.operand() << 32 | steps;
                }
                default -> throw new AssertionError(i);
            }
        }
    }

    private static int load(int offset, int architecture, int number, long... arguments) {
        if (offset < 16) {
            return offset == 0 ? number : architecture;
        }
        long argument = arguments[(offset - 16) / 8];
        return (int) (offset % 8 == 0 ? argument : argument >>> 32);
    }
}
