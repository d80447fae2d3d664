package io.lxj.linux;

import java.nio.ByteBuffer;

/**
 * An instruction of the kernel's BPF machine, see the kernel's {@code bpf/standardization/instruction-set}. Only what a
 * {@link DeviceFilter} needs can be made. Immutable and thread-safe.
 *
 * @param code operation
 * @param destination register, 0 to 10
 * @param source register, 0 to 10
 * @param offset of a jump in instructions after the next one, or of a memory access in bytes
 * @param immediate constant operand
 */
public record BpfInstruction(int code, int destination, int source, int offset, int immediate) {
    /** The length of an instruction in bytes. */
    public static final int SIZE = 8;

    static final int LOAD_WORD = 0x61; // BPF_LDX | BPF_MEM | BPF_W
    static final int MOVE = 0xB7; // BPF_ALU64 | BPF_MOV | BPF_K
    static final int MOVE_REGISTER = 0xBF; // BPF_ALU64 | BPF_MOV | BPF_X
    static final int AND = 0x57; // BPF_ALU64 | BPF_AND | BPF_K
    static final int SHIFT_RIGHT = 0x77; // BPF_ALU64 | BPF_RSH | BPF_K
    static final int JUMP_IF_NOT = 0x55; // BPF_JMP | BPF_JNE | BPF_K
    static final int EXIT = 0x95; // BPF_JMP | BPF_EXIT

    static BpfInstruction loadWord(int destination, int source, int offset) {
        return new BpfInstruction(LOAD_WORD, destination, source, offset, 0);
    }

    static BpfInstruction move(int destination, int value) {
        return new BpfInstruction(MOVE, destination, 0, 0, value);
    }

    static BpfInstruction moveRegister(int destination, int source) {
        return new BpfInstruction(MOVE_REGISTER, destination, source, 0, 0);
    }

    static BpfInstruction and(int destination, int value) {
        return new BpfInstruction(AND, destination, 0, 0, value);
    }

    static BpfInstruction shiftRight(int destination, int bits) {
        return new BpfInstruction(SHIFT_RIGHT, destination, 0, 0, bits);
    }

    static BpfInstruction jumpIfNot(int register, int value, int offset) {
        return new BpfInstruction(JUMP_IF_NOT, register, 0, offset, value);
    }

    static BpfInstruction exit() {
        return new BpfInstruction(EXIT, 0, 0, 0, 0);
    }

    // struct bpf_insn: code 8, dst 4, src 4, off 16, imm 32; both architectures are little-endian.
    void put(ByteBuffer buffer, int at) {
        buffer.put(at, (byte) code)
                .put(at + 1, (byte) (source << 4 | destination))
                .putShort(at + 2, (short) offset)
                .putInt(at + 4, immediate);
    }

    /** The instruction in the notation of the kernel's verifier. */
    @Override
    public String toString() {
        return switch (code) {
            case LOAD_WORD -> "r" + destination + " = *(u32 *)(r" + source + " +" + offset + ")";
            case MOVE -> "r" + destination + " = " + immediate;
            case MOVE_REGISTER -> "r" + destination + " = r" + source;
            case AND -> "r" + destination + " &= " + immediate;
            case SHIFT_RIGHT -> "r" + destination + " >>= " + immediate;
            case JUMP_IF_NOT -> "if r" + destination + " != 0x" + Integer.toHexString(immediate) + " goto pc+" + offset;
            case EXIT -> "exit";
            default -> "unknown 0x" + Integer.toHexString(code);
        };
    }
}
