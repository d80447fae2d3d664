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
 * @param deputized how an ordinary user launches; empty for root
 */
public record ProcessSpec(
        Map<Integer, Limit> limits,
        OptionalInt oomScoreAdjust,
        int umask,
        List<Integer> groups,
        Map<String, String> sysctls,
        Optional<Clocks> clocks,
        boolean hostRoot,
        Optional<Deputized> deputized) {
    /** Takes copies of the collections. */
    public ProcessSpec {
        limits = new TreeMap<>(limits);
        groups = List.copyOf(groups);
        sysctls = new TreeMap<>(sysctls);
    }

    /**
     * A launch by root of the host.
     *
     * @param limits see {@link #limits()}
     * @param oomScoreAdjust see {@link #oomScoreAdjust()}
     * @param umask see {@link #umask()}
     * @param groups see {@link #groups()}
     * @param sysctls see {@link #sysctls()}
     * @param clocks see {@link #clocks()}
     * @param hostRoot see {@link #hostRoot()}
     */
    public ProcessSpec(
            Map<Integer, Limit> limits,
            OptionalInt oomScoreAdjust,
            int umask,
            List<Integer> groups,
            Map<String, String> sysctls,
            Optional<Clocks> clocks,
            boolean hostRoot) {
        this(limits, oomScoreAdjust, umask, groups, sysctls, clocks, hostRoot, Optional.empty());
    }

    /** Whether processes are born into a cgroup of the container's. */
    boolean hasCgroup() {
        return deputized.isEmpty() || deputized.get().cgroup();
    }

    /**
     * Whether the container has a cgroup namespace, in which it can mount what is below its root. Without a cgroup of its own
     * that would be the one that the JVM is in, and a container of a single id is, for the kernel, the user that owns what is
     * in there.
     */
    boolean hasCgroupNamespace() {
        return hasCgroup() || hasGroups();
    }

    /**
     * Whether groups can be changed: who has a single id in a user namespace has to keep the user's.
     *
     * @return false for an ordinary user without ids
     */
    public boolean hasGroups() {
        return deputized.isEmpty() || deputized.get().severalIds();
    }

    /**
     * A launch by an ordinary user: the stage becomes root of a user namespace that is the user's before it does anything
     * else.
     *
     * @param cgroup whether there are cgroups that the user may use
     * @param severalIds whether there is more than one id in the namespace
     */
    public record Deputized(boolean cgroup, boolean severalIds) {}

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
