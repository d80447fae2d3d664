package io.lxj.linux;

import java.nio.ByteBuffer;

/**
 * An instruction of the classic BPF machine, {@code struct sock_filter} of {@code linux/filter.h}: the one that
 * seccomp(2) takes. Its accumulator is called A. Only what a {@link SeccompFilter} needs can be made. Immutable and
 * thread-safe.
 *
 * @param code operation
 * @param ifTrue how many instructions a jump skips when its condition holds, 0 to 255
 * @param ifFalse how many it skips when the condition doesn't hold, 0 to 255
 * @param operand constant
 */
public record FilterInstruction(int code, int ifTrue, int ifFalse, int operand) {
    /** The length of an instruction in bytes. */
    public static final int SIZE = 8;

    static final int LOAD = 0x20; // BPF_LD | BPF_W | BPF_ABS
    static final int AND = 0x54; // BPF_ALU | BPF_AND | BPF_K
    static final int JUMP = 0x05; // BPF_JMP | BPF_JA
    static final int JUMP_IF_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
    static final int JUMP_IF_GREATER = 0x25; // BPF_JMP | BPF_JGT | BPF_K
    static final int JUMP_IF_AT_LEAST = 0x35; // BPF_JMP | BPF_JGE | BPF_K
    static final int RETURN = 0x06; // BPF_RET | BPF_K

    static FilterInstruction of(int code, int operand) {
        return new FilterInstruction(code, 0, 0, operand);
    }

    // struct sock_filter: code 16, jt 8, jf 8, k 32; both architectures are little-endian.
    void put(ByteBuffer buffer) {
        buffer.putShort((short) code).put((byte) ifTrue).put((byte) ifFalse).putInt(operand);
    }

    static FilterInstruction get(ByteBuffer buffer) {
        return new FilterInstruction(
                buffer.getShort() & 0xFFFF, buffer.get() & 0xFF, buffer.get() & 0xFF, buffer.getInt());
    }

    String show(int at) {
        return switch (code) {
            case LOAD -> "A = " + field(operand);
            case AND -> "A &= " + hex(operand);
            case JUMP -> "goto " + (at + 1 + operand);
            case JUMP_IF_EQUAL -> condition("==", at);
            case JUMP_IF_GREATER -> condition(">", at);
            case JUMP_IF_AT_LEAST -> condition(">=", at);
            case RETURN -> "return " + new SeccompVerdict(operand);
            default -> "unknown " + hex(code);
        };
    }

    private String condition(String operator, int at) {
        return "if A " + operator + " " + hex(operand) + " goto " + (at + 1 + ifTrue) + " else " + (at + 1 + ifFalse);
    }

    private static String hex(int value) {
        return "0x" + Integer.toHexString(value);
    }

    // struct seccomp_data: nr 4, arch 4, instruction_pointer 8, args 6 * 8.
    private static String field(int offset) {
        return switch (offset) {
            case 0 -> "nr";
            case 4 -> "arch";
            default -> "args[" + (offset - 16) / 8 + (offset % 8 == 0 ? "].low" : "].high");
        };
    }

    /** The instruction with its jumps as numbers of instructions from here. */
    @Override
    public String toString() {
        return show(-1);
    }
}
