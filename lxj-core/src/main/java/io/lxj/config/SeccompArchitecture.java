package io.lxj.config;

/**
 * A way into the kernel that has system calls of its own. On a 64-bit host a process can use the 32-bit way, too,
 * whatever program it runs. Immutable and thread-safe.
 */
public enum SeccompArchitecture {
    /** 64-bit x86. */
    X86_64,
    /** 32-bit x86. */
    X86,
    /** 64-bit x86 with 32-bit pointers. */
    X32,
    /** 64-bit Arm. */
    AARCH64,
    /** 32-bit Arm. */
    ARM;

    private static final String PREFIX = "SCMP_ARCH_";

    /** The name in JSON. */
    String oci() {
        return PREFIX + name();
    }
}
