package io.lxj.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * The program that runs a plan: a static executable of a few hundred bytes that maps the plan (fd 0) at a fixed address
 * and makes its system calls one after the other. It has no heap, no libraries and no decisions of its own; everything
 * that it does stands in the {@link SyscallProgram}. Its assembly is {@code src/main/asm/stage-*.S}; a test assembles it
 * again and compares. Immutable and thread-safe.
 */
public final class Stage {
    private static final long LOAD_ADDRESS = 0x400000;
    private static final int ELF_HEADER = 64;
    private static final int PROGRAM_HEADER = 56;
    private static final int PT_LOAD = 1;
    private static final int PT_GNU_STACK = 0x6474e551;
    private static final int READ_EXECUTE = 5;
    private static final int READ_WRITE = 6;

    private static final String CODE_X86_64 = """
            b80900000048bf0000000010000000be00000001ba0300000041ba1100000045
            31c04531c90f054885c0787a488b184c8b5b38488b7b0841f6c3017403488b3f
            488b731041f6c3027403488b36488b531841f6c3047403488b124c8b532041f6
            c30874034d8b124c8b432841f6c31074034d8b004c8b4b3041f6c32074034d8b
            09488b030f05488943404885c0780e7406488b5b48eb98488b5b50eb92488b5b
            584885db7589bf7e000000b8e70000000f05
            """;

    private static final String CODE_AARCH64 = """
            c81b80d20002c0d20120a0d2620080d2230280d2040080d2050080d2010000d4
            0004f8b7130040f9741e40f9600640f954000036000040f9610a40f954000836
            210040f9620e40f954001036420040f9631240f954001836630040f9641640f9
            54002036840040f9651a40f954002836a50040f9680240f9010000d4602200f9
            c000f8b7600000b4732640f9e7ffff17732a40f9e5ffff17732e40f973fcffb5
            c00f80d2c80b80d2010000d4
            """;

    private Stage() {}

    /**
     * The machine code, without the ELF header.
     *
     * @param architecture the processor
     * @return the code, position independent
     */
    public static byte[] code(Architecture architecture) {
        String hex = architecture == Architecture.X86_64 ? CODE_X86_64 : CODE_AARCH64;
        return HexFormat.of().parseHex(hex.replace("\n", ""));
    }

    /**
     * The whole executable, see elf(5): an ELF header, one segment that is the file itself, and the note that the stack
     * isn't executable.
     *
     * @param architecture the processor
     * @return the bytes of the file
     */
    public static byte[] executable(Architecture architecture) {
        byte[] code = code(architecture);
        int headers = ELF_HEADER + 2 * PROGRAM_HEADER;
        int size = headers + code.length;
        ByteBuffer file = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        // e_ident: magic, 64 bit, little endian, version 1
        file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        file.putShort((short) 2).putShort((short) architecture.elfMachine()).putInt(1); // ET_EXEC
        file.putLong(LOAD_ADDRESS + headers).putLong(ELF_HEADER).putLong(0).putInt(0); // entry, phoff, shoff, flags
        file.putShort((short) ELF_HEADER).putShort((short) PROGRAM_HEADER).putShort((short) 2);
        file.putShort((short) 0).putShort((short) 0).putShort((short) 0); // no sections
        file.putInt(PT_LOAD)
                .putInt(READ_EXECUTE)
                .putLong(0)
                .putLong(LOAD_ADDRESS)
                .putLong(LOAD_ADDRESS);
        file.putLong(size).putLong(size).putLong(0x10000);
        file.putInt(PT_GNU_STACK).putInt(READ_WRITE).putLong(0).putLong(0).putLong(0);
        file.putLong(0).putLong(0).putLong(16);
        file.put(code);
        return file.array();
    }
}
