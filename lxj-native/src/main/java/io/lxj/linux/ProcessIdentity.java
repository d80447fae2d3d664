package io.lxj.linux;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Names one process for good: process ids are used again, but not with the same start time in the same boot. This is
 * what can be written to disk and looked up later. Immutable and thread-safe.
 *
 * @param pid the process id
 * @param startTime in clock ticks since boot, field 22 of proc_pid_stat(5)
 * @param bootId which boot of the machine, as /proc/sys/kernel/random/boot_id has it
 */
public record ProcessIdentity(int pid, long startTime, String bootId) {
    /**
     * Checks the fields.
     *
     * @param pid the process id
     * @param startTime in clock ticks since boot
     * @param bootId which boot of the machine
     * @throws IllegalArgumentException if the process id isn't positive
     */
    public ProcessIdentity {
        if (pid < 1) {
            throw new IllegalArgumentException("not a process id: " + pid);
        }
        Objects.requireNonNull(bootId, "bootId");
    }

    /**
     * Identifies a process that can't be replaced meanwhile: a child that isn't waited for yet, or the caller.
     *
     * @param proc where to look
     * @param pid the process id
     * @return the identity
     * @throws LinuxException ESRCH if there is no such process
     */
    public static ProcessIdentity of(ProcFs proc, int pid) throws LinuxException {
        OptionalLong startTime = proc.startTime(pid);
        if (startTime.isEmpty()) {
            throw LinuxException.of(-Errno.ESRCH.number(), "read", "/proc/" + pid + "/stat");
        }
        return new ProcessIdentity(pid, startTime.getAsLong(), proc.bootId());
    }

    /**
     * Finds the process again.
     *
     * @param proc where to look
     * @return a pidfd of exactly this process, or empty if it is gone; one that has ended but was not waited for by its
     *     parent is still found
     * @throws LinuxException if the kernel can't be asked
     */
    public Optional<Pidfd> open(ProcFs proc) throws LinuxException {
        if (!bootId.equals(proc.bootId())) {
            return Optional.empty();
        }
        Optional<Pidfd> found = Pidfd.find(pid);
        if (found.isEmpty()) {
            return found;
        }
        Pidfd pidfd = found.get();
        boolean same = false;
        try {
            OptionalLong now = proc.startTime(pid);
            // That it still exists now means that the number wasn't given away while the start time was read.
            same = now.isPresent() && now.getAsLong() == startTime && pidfd.exists();
        } finally {
            if (!same) {
                pidfd.close();
            }
        }
        return same ? found : Optional.empty();
    }
}
