package io.lxj.plan;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * What the processes of a container begin with. Immutable and thread-safe.
 *
 * @param limits by the number of the RLIMIT_
 * @param oomScoreAdjust see proc(5); empty to leave it
 * @param umask for new files
 * @param groups supplementary groups of the init
 * @param sysctls of the container's namespaces, by their names with dots; an init sets them
 * @param clocks of a time namespace, if the container has one
 * @param hostRoot whether root of the container is the host's
 */
public record ProcessSpec(
        Map<Integer, Limit> limits,
        OptionalInt oomScoreAdjust,
        int umask,
        List<Integer> groups,
        Map<String, String> sysctls,
        Optional<Clocks> clocks,
        boolean hostRoot) {
    /** Takes copies of the collections. */
    public ProcessSpec {
        limits = new TreeMap<>(limits);
        groups = List.copyOf(groups);
        sysctls = new TreeMap<>(sysctls);
    }

    /**
     * By how much clocks are ahead of the host's.
     *
     * @param monotonic of CLOCK_MONOTONIC
     * @param boottime of CLOCK_BOOTTIME
     */
    public record Clocks(Duration monotonic, Duration boottime) {}

    /**
     * A limit.
     *
     * @param soft what holds
     * @param hard what it can be raised to
     */
    public record Limit(long soft, long hard) {}
}
