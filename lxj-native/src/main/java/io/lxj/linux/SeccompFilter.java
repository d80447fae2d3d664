package io.lxj.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A program for the kernel's classic BPF machine that decides on each system call, for SECCOMP_SET_MODE_FILTER of
 * seccomp(2). Data until a process installs it. Immutable and thread-safe.
 */
public final class SeccompFilter {
    /** The most instructions that the kernel takes, BPF_MAXINSNS. */
    public static final int MAX_INSTRUCTIONS = 4096;

    private final List<FilterInstruction> program;

    private SeccompFilter(List<FilterInstruction> program) {
        this.program = program;
    }

    /**
     * Compiles a policy.
     *
     * @param policy which calls are to be let through
     * @param architecture where the filter is to run
     * @return the filter
     * @throws IllegalArgumentException if it has more than {@link #MAX_INSTRUCTIONS}, or one rule too many conditions
     */
    public static SeccompFilter of(SeccompPolicy policy, Architecture architecture) {
        List<FilterInstruction> program = FilterCompiler.compile(policy, architecture);
        if (program.size() > MAX_INSTRUCTIONS) {
            throw new IllegalArgumentException("the filter has " + program.size() + " instructions; the kernel takes "
                    + MAX_INSTRUCTIONS + " at most");
        }
        for (FilterInstruction instruction : program) {
            if (instruction.ifTrue() > 255 || instruction.ifFalse() > 255) {
                throw new IllegalArgumentException("a rule has too many conditions");
            }
        }
        return new SeccompFilter(program);
    }

    /**
     * The instructions.
     *
     * @return an immutable list
     */
    public List<FilterInstruction> program() {
        return program;
    }

    /**
     * The instructions as the kernel takes them.
     *
     * @return an array of {@code struct sock_filter}
     */
    public byte[] bytes() {
        ByteBuffer bytes =
                ByteBuffer.allocate(program.size() * FilterInstruction.SIZE).order(ByteOrder.LITTLE_ENDIAN);
        for (FilterInstruction instruction : program) {
            instruction.put(bytes);
        }
        return bytes.array();
    }

    /**
     * The program as text.
     *
     * @return a line for each instruction
     */
    public String disassembly() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < program.size(); i++) {
            text.append(String.format("%4d: %s%n", i, program.get(i).show(i)));
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return "seccomp filter of " + program.size() + " instructions";
    }
}
