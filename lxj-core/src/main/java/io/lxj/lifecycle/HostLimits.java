package io.lxj.lifecycle;

import io.lxj.config.Resource;
import io.lxj.config.ResourceLimit;
import io.lxj.error.InvalidConfigException;
import io.lxj.linux.Block;
import io.lxj.linux.Fd;
import io.lxj.linux.Kernel;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.Scratch;
import io.lxj.linux.Syscall;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** Which limits processes can have on this host, see setrlimit(2): more than that is refused before anything is made. */
final class HostLimits {
    private static final long CAP_SYS_RESOURCE = 1L << 24;
    private static final Path MOST_FILES = Path.of("/proc/sys/fs/nr_open");

    private HostLimits() {}

    /** What this process may at most have of a resource; only {@code CAP_SYS_RESOURCE} raises that. */
    static long hard(int resource) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block limit = scratch.zeroed(16);
            long result = Kernel.call(Syscall.PRLIMIT64, 0, resource, 0, limit.address());
            if (result < 0) {
                throw LinuxException.of(result, "prlimit64", 0, resource);
            }
            return limit.buffer().getLong(8);
        }
    }

    /**
     * Refuses limits that the kernel would refuse.
     *
     * @param limits the limits of a container
     * @param capabilities what this process has, as a bit mask
     */
    static void check(Map<Resource, ResourceLimit> limits, long capabilities) throws LinuxException {
        for (Map.Entry<Resource, ResourceLimit> entry : limits.entrySet()) {
            long wanted = entry.getValue().hard();
            if (entry.getKey() == Resource.NOFILE) {
                refuseAbove(mostFiles(), wanted, entry.getKey(), " of this host (fs.nr_open)");
            }
            if ((capabilities & CAP_SYS_RESOURCE) == 0) {
                refuseAbove(
                        hard(entry.getKey().number()),
                        wanted,
                        entry.getKey(),
                        " of this process, which has no CAP_SYS_RESOURCE");
            }
        }
    }

    private static void refuseAbove(long most, long wanted, Resource resource, String whose) {
        if (Long.compareUnsigned(wanted, most) > 0) {
            throw new InvalidConfigException(
                    "processes.limits." + resource,
                    wanted == ResourceLimit.UNLIMITED ? "unlimited" : wanted,
                    "at most " + most + ", the limit" + whose);
        }
    }

    private static long mostFiles() throws LinuxException {
        try (Fd file = Fd.open(MOST_FILES, Open.O_RDONLY, 0)) {
            return Long.parseLong(new String(file.readAll(32), StandardCharsets.US_ASCII).strip());
        }
    }
}
