package io.lxj.config;

import java.time.Instant;
import java.util.List;

/**
 * Something that the kernel has told of a container's cgroup while it happened, see {@code admin-guide/cgroup-v2}.
 * Immutable and thread-safe.
 *
 * <p>What the host doesn't count, because cgroup v1 has taken the controller, isn't told.
 */
public sealed interface ContainerEvent {
    /**
     * When it was heard of.
     *
     * @return the time
     */
    Instant time();

    /**
     * Processes were killed because memory had run out: that of the container, of a cgroup in it, or of the host; {@code
     * oom_kill} in {@code memory.events}. What ends for another reason is neither counted nor named: where all of a group
     * are killed, the init is among them, and what the kernel ends together with the init before it comes to it is no victim.
     *
     * @param time see {@link ContainerEvent#time()}
     * @param count how many processes since the last such event; where all of a group are killed, the kernel counts the first
     *     of them twice
     * @param victims which ones, each of them once, from the kernel's log; fewer than {@code count} if one was counted twice,
     *     if this process may not read the log, or if the kernel left a line out because there were so many
     */
    record OomKill(Instant time, long count, List<Victim> victims) implements ContainerEvent {
        /**
         * Takes a copy of the list.
         *
         * @param time see {@link #time()}
         * @param count see {@link #count()}
         * @param victims see {@link #victims()}
         */
        public OomKill {
            victims = List.copyOf(victims);
        }
    }

    /**
     * A process that was killed.
     *
     * @param pid its id, as the host sees it
     * @param name its name, at most 15 bytes, which it may have chosen itself
     * @param cgroup the cgroup that it was in, as the container sees it: {@code /}, or for example {@code
     *     /system.slice/nginx.service}; empty if that isn't known
     */
    record Victim(long pid, String name, String cgroup) {}

    /**
     * The container used more memory than {@link Limits#memoryHigh} and was slowed down; {@code high} in {@code
     * memory.events.local}.
     *
     * @param time see {@link ContainerEvent#time()}
     * @param count how often since the last such event
     */
    record MemoryHigh(Instant time, long count) implements ContainerEvent {}

    /**
     * A process couldn't be made because of {@link Limits#pids}; {@code max} in {@code pids.events.local}. Before Linux
     * 6.11 that is counted where the process was to be made, and told only if that wasn't in a cgroup that the container
     * itself has made; a smaller limit in the container counts then, too.
     *
     * @param time see {@link ContainerEvent#time()}
     * @param count how often since the last such event
     */
    record PidsMax(Instant time, long count) implements ContainerEvent {}

    /**
     * Processes had to wait for longer than a threshold. Told at most once in each window.
     *
     * @param time see {@link ContainerEvent#time()}
     * @param threshold which threshold
     */
    record Pressure(Instant time, PressureThreshold threshold) implements ContainerEvent {}

    /**
     * Whether there are processes in the container's cgroup; {@code populated} in {@code cgroup.events}. The first event
     * of each run and the last one.
     *
     * @param time see {@link ContainerEvent#time()}
     * @param populated false when the last one has ended
     */
    record Populated(Instant time, boolean populated) implements ContainerEvent {}

    /**
     * Whether all of the container's processes are suspended; {@code frozen} in {@code cgroup.events}. Also told when
     * another process than this one does that.
     *
     * @param time see {@link ContainerEvent#time()}
     * @param frozen false when they go on
     */
    record Frozen(Instant time, boolean frozen) implements ContainerEvent {}
}
