package io.lxj.plan;

import io.lxj.linux.Arg;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Syscall;

/** The privileges of a container's process: the same steps for its init and for every program executed in it. */
final class ConfinementSteps {
    private static final int PR_CAPBSET_DROP = 24;
    private static final int PR_CAP_AMBIENT = 47;
    private static final int PR_CAP_AMBIENT_CLEAR_ALL = 4;
    private static final int RLIMIT_NOFILE = 7;
    private static final long SOFT_OPEN_FILES = 1024;
    private static final long CAPABILITY_VERSION_3 = 0x20080522L;

    private final ProgramBuilder program;

    ConfinementSteps(ProgramBuilder program) {
        this.program = program;
    }

    void limits(Confinement confinement) {
        long hard = confinement.maxOpenFiles();
        // The JVM raises its own soft limit to the hard one; programs that use select(2) break on that.
        Arg limit = program.words(
                "{" + Math.min(SOFT_OPEN_FILES, hard) + ", " + hard + "}", Math.min(SOFT_OPEN_FILES, hard), hard);
        program.step("limit open files", Syscall.PRLIMIT64, 0, Arg.of(RLIMIT_NOFILE, "RLIMIT_NOFILE"), limit, 0);
    }

    /**
     * Drops capabilities from the bounding set, and clears the ambient and inheritable sets: what isn't in the bounding
     * set can't come back with execve(2), and an inheritable set that is left over could (CVE-2022-29162).
     */
    void capabilities(Confinement confinement) {
        for (int capability : confinement.droppedCapabilities()) {
            program.step(
                    "drop capability " + capability,
                    Syscall.PRCTL,
                    Arg.of(PR_CAPBSET_DROP, "PR_CAPBSET_DROP"),
                    capability);
        }
        program.step(
                "clear the ambient capabilities",
                Syscall.PRCTL,
                Arg.of(PR_CAP_AMBIENT, "PR_CAP_AMBIENT"),
                Arg.of(PR_CAP_AMBIENT_CLEAR_ALL, "PR_CAP_AMBIENT_CLEAR_ALL"),
                0,
                0,
                0);
        Arg header = program.words("{_LINUX_CAPABILITY_VERSION_3, 0}", CAPABILITY_VERSION_3);
        long left = confinement.remaining();
        long low = left & 0xFFFFFFFFL;
        long high = left >>> 32;
        // Two structs of three 32-bit words: effective, permitted, inheritable.
        Arg sets = program.words(
                "{effective=permitted=0x" + Long.toHexString(left) + ", inheritable=0}",
                low | (low << 32),
                high << 32,
                high);
        program.step("keep only these capabilities", Syscall.CAPSET, header, sets);
    }
}
