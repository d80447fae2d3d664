package io.lxj.linux;

import java.util.Locale;

/** The processor architectures that lxj knows. Immutable and thread-safe. */
public enum Architecture {
    /** 64-bit x86, {@code EM_X86_64}. */
    X86_64("x86_64", 62),
    /** 64-bit Arm, {@code EM_AARCH64}. */
    AARCH64("aarch64", 183);

    private static final Architecture CURRENT = ofJvm(System.getProperty("os.arch"));

    private final String machine;
    private final int elfMachine;

    Architecture(String machine, int elfMachine) {
        this.machine = machine;
        this.elfMachine = elfMachine;
    }

    /**
     * The architecture that this JVM runs on.
     *
     * @return the architecture
     * @throws UnsupportedOperationException if lxj doesn't know it
     */
    public static Architecture current() {
        if (CURRENT == null) {
            throw new UnsupportedOperationException("lxj runs on x86_64 and aarch64, not on "
                    + System.getProperty("os.arch") + " (system property os.arch)");
        }
        return CURRENT;
    }

    private static Architecture ofJvm(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> X86_64;
            case "aarch64" -> AARCH64;
            default -> null;
        };
    }

    /**
     * The name as uname(2) gives it.
     *
     * @return for example {@code x86_64}
     */
    public String machine() {
        return machine;
    }

    /**
     * The {@code e_machine} field of an ELF header for this architecture, see elf(5).
     *
     * @return the number
     */
    public int elfMachine() {
        return elfMachine;
    }
}
