package io.lxj.plan;

import io.lxj.linux.Arg;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.SeccompFilter;
import io.lxj.linux.Syscall;

/** The privileges of a container's process: the same steps for its init and for every program executed in it. */
final class ConfinementSteps {
    private static final int PR_CAPBSET_DROP = 24;
    private static final int PR_CAP_AMBIENT = 47;
    private static final int PR_CAP_AMBIENT_CLEAR_ALL = 4;
    private static final int RLIMIT_NOFILE = 7;
    private static final int PR_SET_KEEPCAPS = 8;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int SECCOMP_SET_MODE_FILTER = 1;
    private static final int SECCOMP_FILTER_FLAG_SPEC_ALLOW = 4;
    private static final long SOFT_OPEN_FILES = 1024;
    static final long CAPABILITY_VERSION_3 = 0x20080522L;

    private final ProgramBuilder program;

    ConfinementSteps(ProgramBuilder program) {
        this.program = program;
    }

    void limits(Confinement confinement) {
        confinement.process().limits().forEach(this::limit);
        if (confinement.process().limits().containsKey(RLIMIT_NOFILE)) {
            return;
        }
        long hard = confinement.maxOpenFiles();
        // The JVM raises its own soft limit to the hard one; programs that use select(2) break on that.
        Arg limit = program.words(
                "{" + Math.min(SOFT_OPEN_FILES, hard) + ", " + hard + "}", Math.min(SOFT_OPEN_FILES, hard), hard);
        program.step("limit open files", Syscall.PRLIMIT64, 0, Arg.of(RLIMIT_NOFILE, "RLIMIT_NOFILE"), limit, 0);
    }

    private void limit(int resource, ProcessSpec.Limit limit) {
        Arg struct = program.words("{" + limit.soft() + ", " + limit.hard() + "}", limit.soft(), limit.hard());
        program.step("limit resource " + resource, Syscall.PRLIMIT64, 0, resource, struct, 0);
    }

    void umask(Confinement confinement) {
        int umask = confinement.process().umask();
        program.step("set the umask", Syscall.UMASK, Arg.octal(umask));
    }

    /**
     * Drops capabilities from the bounding set, and clears the ambient one: what isn't in the bounding set can't come back
     * with execve(2).
     */
    void bound(Confinement confinement) {
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
    }

    /**
     * Leaves the capabilities that the program is to have, and until it is executed the one that the filter needs: for
     * root execve(2) makes the sets anew of the bounding set, for others it clears them. The inheritable set is cleared,
     * which would otherwise be left over (CVE-2022-27650, CVE-2022-29162).
     */
    void capabilities(Confinement confinement, boolean root) {
        keep(confinement.neededForFilter() | (root ? confinement.remaining() : 0));
    }

    private void keep(long left) {
        Arg header = program.words("{_LINUX_CAPABILITY_VERSION_3, 0}", CAPABILITY_VERSION_3);
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

    /** Lets a change from root to another user keep what the filter needs; execve(2) ends it. */
    void keepAcrossChangeOfUser(Confinement confinement) {
        if (confinement.neededForFilter() != 0) {
            program.step(
                    "keep privileges for the filter",
                    Syscall.PRCTL,
                    Arg.of(PR_SET_KEEPCAPS, "PR_SET_KEEPCAPS"),
                    1,
                    0,
                    0,
                    0);
        }
    }

    /**
     * Nothing but execve(2) comes after it, so that a filter needs to allow only what the program itself does; or the few
     * steps of a process that stays as it is.
     */
    void filter(Confinement confinement) {
        if (confinement.noNewPrivileges()) {
            program.step(
                    "gain no privileges ever",
                    Syscall.PRCTL,
                    Arg.of(PR_SET_NO_NEW_PRIVS, "PR_SET_NO_NEW_PRIVS"),
                    1,
                    0,
                    0,
                    0);
        }
        if (confinement.filter().isEmpty()) {
            return;
        }
        SeccompFilter filter = confinement.filter().get();
        Arg instructions = program.bytes(filter.bytes(), "[" + filter + "]");
        int length = filter.length();
        // Mitigations of speculative execution stay as the host has them: before Linux 5.16 a filter turned more on,
        // which made every program in the container slower.
        program.step(
                "filter system calls",
                Syscall.SECCOMP,
                Arg.of(SECCOMP_SET_MODE_FILTER, "SECCOMP_SET_MODE_FILTER"),
                Arg.of(SECCOMP_FILTER_FLAG_SPEC_ALLOW, "SECCOMP_FILTER_FLAG_SPEC_ALLOW"),
                program.words("{" + length + ", " + instructions + "}", length, instructions));
    }
}
