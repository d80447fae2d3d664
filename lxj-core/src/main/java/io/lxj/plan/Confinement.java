package io.lxj.plan;

import io.lxj.linux.SeccompFilter;
import java.util.List;
import java.util.Optional;

/**
 * The privileges that every process of a container has: its init and whatever is executed in it. Immutable and
 * thread-safe.
 *
 * @param droppedCapabilities numbers of the capabilities that leave the bounding set, see capabilities(7)
 * @param permitted the capabilities of the process that launches, as a bit mask; what is dropped leaves it
 * @param maxOpenFiles hard limit of RLIMIT_NOFILE; the soft limit is 1024, or this if it is lower
 * @param noNewPrivileges whether no program that is executed may gain privileges, see PR_SET_NO_NEW_PRIVS in prctl(2)
 * @param filter of system calls, if there is one
 * @param label of a security module, if it is to have one
 * @param process what a process begins with besides
 */
public record Confinement(
        List<Integer> droppedCapabilities,
        long permitted,
        long maxOpenFiles,
        boolean noNewPrivileges,
        Optional<SeccompFilter> filter,
        Optional<SecurityLabel> label,
        ProcessSpec process) {
    private static final long CAP_SYS_ADMIN = 1L << 21;

    /** Takes a copy of the list. */
    public Confinement {
        droppedCapabilities = List.copyOf(droppedCapabilities);
    }

    /**
     * The capabilities that are left.
     *
     * @return a bit mask
     */
    public long remaining() {
        long remaining = permitted;
        for (int capability : droppedCapabilities) {
            remaining &= ~(1L << capability);
        }
        return remaining;
    }

    /**
     * The same with a filter of system calls.
     *
     * @param calls the filter
     * @return the confinement
     */
    public Confinement with(SeccompFilter calls) {
        return new Confinement(
                droppedCapabilities, permitted, maxOpenFiles, noNewPrivileges, Optional.of(calls), label, process);
    }

    /**
     * What a process has to keep that installs the filter, see seccomp(2), until it executes its program.
     *
     * @return a bit mask; 0 if nothing is needed
     */
    long neededForFilter() {
        return filter.isPresent() && !noNewPrivileges ? CAP_SYS_ADMIN : 0;
    }
}
