package io.lxj.lifecycle;

import io.lxj.config.Config;
import io.lxj.config.Security;
import io.lxj.linux.Architecture;
import io.lxj.linux.Block;
import io.lxj.linux.Kernel;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Scratch;
import io.lxj.linux.SeccompFilter;
import io.lxj.linux.Syscall;
import io.lxj.plan.Confinement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The privileges that lxj gives to containers, as far as the privileges of this process go. Filters of system calls are
 * compiled once. Thread-safe.
 */
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

    /** How many are remembered: whoever makes more profiles than that has them compiled again. */
    private static final int REMEMBERED = 64;

    private final long permitted;
    private final long openFiles;
    private final Map<Security, Confinement> known = new ConcurrentHashMap<>();
    // Most containers have the default, whose rules need not be compared then.
    private volatile Confinement standard;

    private Confinements(long permitted, long openFiles) {
        this.permitted = permitted;
        this.openFiles = openFiles;
    }

    static Confinements ofThisProcess() throws LinuxException {
        return new Confinements(permitted(), Math.min(hardOpenFiles(), MAX_OPEN_FILES));
    }

    Confinement of(Config config) {
        Security security = config.security();
        if (security == Security.DEFAULT) {
            Confinement made = standard;
            if (made == null) {
                made = make(security);
                standard = made;
            }
            return made;
        }
        if (known.size() > REMEMBERED) {
            known.clear();
        }
        return known.computeIfAbsent(security, this::make);
    }

    private Confinement make(Security security) {
        Confinement open = new Confinement(DROPPED, permitted, openFiles, false, Optional.empty());
        if (!security.seccomp().isFilter()) {
            return open;
        }
        SeccompPolicies policies =
                new SeccompPolicies(open.remaining(), false, Architecture.current(), System.getProperty("os.version"));
        SeccompFilter filter = policies.filter(security.seccomp());
        return new Confinement(DROPPED, permitted, openFiles, false, Optional.of(filter));
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
