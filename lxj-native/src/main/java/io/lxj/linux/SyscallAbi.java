package io.lxj.linux;

import java.util.List;

/**
 * A way into the kernel, with system call numbers of its own. A process isn't bound to one: a 64-bit program can make
 * 32-bit calls with {@code int 0x80}, and x32 calls with a bit in the number, so that a filter has to know all of them.
 * Immutable and thread-safe.
 */
public enum SyscallAbi {
    /** 64-bit x86. */
    X86_64(0xC000003E, 0),
    /** 64-bit x86 with 32-bit pointers: the same entry as {@link #X86_64}, told apart by __X32_SYSCALL_BIT. */
    X32(0xC000003E, 0x40000000),
    /** 32-bit x86. */
    I386(0x40000003, 0),
    /** 64-bit Arm. */
    AARCH64(0xC00000B7, 0),
    /** 32-bit Arm. */
    ARM(0x40000028, 0);

    private final int auditArch;
    private final int bit;

    SyscallAbi(int auditArch, int bit) {
        this.auditArch = auditArch;
        this.bit = bit;
    }

    /**
     * The ways into the kernel of an architecture, its own first.
     *
     * @param architecture the architecture
     * @return an immutable list
     */
    public static List<SyscallAbi> of(Architecture architecture) {
        return architecture == Architecture.X86_64 ? List.of(X86_64, X32, I386) : List.of(AARCH64, ARM);
    }

    /**
     * The value of the field {@code arch} of {@code struct seccomp_data}, see seccomp(2).
     *
     * @return an AUDIT_ARCH_ constant of {@code linux/audit.h}
     */
    public int auditArch() {
        return auditArch;
    }

    /**
     * The bit that the numbers of this way have besides those in its table.
     *
     * @return the bit, or 0
     */
    public int bit() {
        return bit;
    }
}
