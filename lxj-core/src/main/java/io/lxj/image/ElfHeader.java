package io.lxj.image;

import java.util.Map;
import java.util.Optional;

/** The machine that a program is for, from the first bytes of its file, see elf(5). */
final class ElfHeader {
    /** How much of a file is needed. */
    static final int SIZE = 20;

    // e_machine of linux/elf-em.h, for little-endian programs of 64 bits unless noted.
    private static final Map<Integer, String> MACHINES = Map.of(
            62, "x86_64",
            183, "aarch64",
            3, "i686",
            40, "armv7l",
            243, "riscv64",
            21, "ppc64le",
            22, "s390x",
            258, "loongarch64",
            8, "mips64");

    private ElfHeader() {}

    /** The machine as uname(2) calls it, or empty if the bytes aren't an ELF header. */
    static Optional<String> machine(byte[] head) {
        if (head.length < SIZE || !ForeignFormat.has(head, 0, 0x7F, 'E', 'L', 'F')) {
            return Optional.empty();
        }
        boolean bigEndian = head[5] == 2;
        int low = head[18] & 0xFF;
        int high = head[19] & 0xFF;
        int machine = bigEndian ? low << 8 | high : high << 8 | low;
        // The x32 ABI is a 32-bit class with the number of x86-64; the kernel runs both.
        return Optional.of(MACHINES.getOrDefault(machine, "elf-machine-" + machine));
    }
}
