package io.lxj.plan;

import java.util.List;
import java.util.Map;
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
 */
public record ProcessSpec(
        Map<Integer, Limit> limits,
        OptionalInt oomScoreAdjust,
        int umask,
        List<Integer> groups,
        Map<String, String> sysctls) {
    /** Takes copies of the collections. */
    public ProcessSpec {
        limits = new TreeMap<>(limits);
        groups = List.copyOf(groups);
        sysctls = new TreeMap<>(sysctls);
    }

    /**
     * A limit.
     *
     * @param soft what holds
     * @param hard what it can be raised to
     */
    public record Limit(long soft, long hard) {}
}
