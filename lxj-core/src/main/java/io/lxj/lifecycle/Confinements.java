package io.lxj.lifecycle;

import io.lxj.linux.Block;
import io.lxj.linux.Kernel;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Scratch;
import io.lxj.linux.Syscall;
import io.lxj.plan.Confinement;
import java.util.List;

/** The privileges that lxj gives to containers, as far as the privileges of this process go. */
final class Confinements {
    /**
     * What a container without a user namespace must not have, see capabilities(7): kernel modules, raw I/O, the clock,
     * mandatory access control, the audit system, the system log, waking the machine, loading BPF programs and
     * profiling the kernel. CAP_SYS_BOOT stays: reboot(2) in a PID namespace only ends its init.
     */
    private static final List<Integer> DROPPED = List.of(16, 17, 25, 29, 30, 32, 33, 34, 35, 37, 38, 39);

    private static final int RLIMIT_NOFILE = 7;
    private static final long MAX_OPEN_FILES = 524_288;
    private static final long CAPABILITY_VERSION_3 = 0x20080522L;

    private Confinements() {}

    static Confinement ofThisProcess() throws LinuxException {
        return new Confinement(DROPPED, permitted(), Math.min(hardOpenFiles(), MAX_OPEN_FILES));
    }

    private static long permitted() throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block header = scratch.zeroed(8);
            Block sets = scratch.zeroed(24);
            header.buffer().putLong(0, CAPABILITY_VERSION_3);
            long result = Kernel.call(Syscall.CAPGET, header.address(), sets.address());
            if (result < 0) {
                throw LinuxException.of(result, "capget", "_LINUX_CAPABILITY_VERSION_3", 0);
            }
            long low = sets.buffer().getInt(4) & 0xFFFFFFFFL;
            long high = sets.buffer().getInt(16) & 0xFFFFFFFFL;
            return low | (high << 32);
        }
    }

    private static long hardOpenFiles() throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block limit = scratch.zeroed(16);
            long result = Kernel.call(Syscall.PRLIMIT64, 0, RLIMIT_NOFILE, 0, limit.address());
            if (result < 0) {
                throw LinuxException.of(result, "prlimit64", 0, "RLIMIT_NOFILE");
            }
            return limit.buffer().getLong(8);
        }
    }
}
