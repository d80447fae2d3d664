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

    private final byte[] bytes;

    private SeccompFilter(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Compiles a policy.
     *
     * @param policy which calls are to be let through
     * @param architecture where the filter is to run
     * @return the filter
     * @throws IllegalArgumentException if it has more than {@link #MAX_INSTRUCTIONS}
     */
    public static SeccompFilter of(SeccompPolicy policy, Architecture architecture) {
        List<FilterInstruction> program = FilterCompiler.compile(policy, architecture);
        if (program.size() > MAX_INSTRUCTIONS) {
            throw new IllegalArgumentException("the filter has " + program.size() + " instructions; the kernel takes "
                    + MAX_INSTRUCTIONS + " at most");
        }
        ByteBuffer buffer =
                ByteBuffer.allocate(program.size() * FilterInstruction.SIZE).order(ByteOrder.LITTLE_ENDIAN);
        for (FilterInstruction instruction : program) {
            instruction.put(buffer);
        }
        return new SeccompFilter(buffer.array());
    }

    /**
     * A filter that was compiled before.
     *
     * @param bytes as {@link #bytes()} gave them
     * @return the filter
     * @throws IllegalArgumentException if these are no whole instructions, or more than {@link #MAX_INSTRUCTIONS}
     */
    public static SeccompFilter ofBytes(byte[] bytes) {
        int count = bytes.length / FilterInstruction.SIZE;
        if (count == 0 || count > MAX_INSTRUCTIONS || bytes.length % FilterInstruction.SIZE != 0) {
            throw new IllegalArgumentException("no filter: " + bytes.length + " bytes");
        }
        return new SeccompFilter(bytes.clone());
    }

    /**
     * The instructions.
     *
     * @return an immutable list
     */
    public List<FilterInstruction> program() {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        FilterInstruction[] program = new FilterInstruction[length()];
        for (int i = 0; i < program.length; i++) {
            program[i] = FilterInstruction.get(buffer);
        }
        return List.of(program);
    }

    /**
     * How many instructions there are.
     *
     * @return their number
     */
    public int length() {
        return bytes.length / FilterInstruction.SIZE;
    }

    /**
     * The instructions as the kernel takes them.
     *
     * @return an array of {@code struct sock_filter}
     */
    public byte[] bytes() {
        return bytes.clone();
    }

    /**
     * The program as text.
     *
     * @return a line for each instruction
     */
    public String disassembly() {
        List<FilterInstruction> program = program();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < program.size(); i++) {
            text.append(String.format("%4d: %s%n", i, program.get(i).show(i)));
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return "seccomp filter of " + length() + " instructions";
    }
}
