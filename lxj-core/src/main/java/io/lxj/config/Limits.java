package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How much of the host a container may use, all of its processes together. An immutable value: every method that sets
 * something returns a new one. Thread-safe.
 *
 * <pre>{@code
 * config.limits(Limits.NONE.memory(ByteSize.mib(512)).cpus(1.5).pids(200))
 * }</pre>
 *
 * <p>Each limit is a file of the container's cgroup, see the kernel's {@code admin-guide/cgroup-v2}; what isn't set is as
 * the kernel makes it: no limit, or an equal share. A limit needs its controller: on a host whose cgroup v1 has taken that,
 * a configuration with the limit is refused.
 */
public final class Limits {
    /** No limits. */
    public static final Limits NONE = new Limits(Collections.emptySortedMap());

    private static final BigDecimal MICROS = BigDecimal.valueOf(1_000_000);

    private final SortedMap<String, String> files;

    private Limits(SortedMap<String, String> files) {
        this.files = files;
    }

    /**
     * Limits of any kind, in the kernel's own words.
     *
     * @param files contents by names of files, for example {@code 200} of {@code pids.max}
     * @return the limits
     * @throws InvalidConfigException if a name isn't that of a limit, or a content isn't one of its values
     */
    public static Limits of(Map<String, String> files) {
        SortedMap<String, String> all = new TreeMap<>();
        files.forEach((name, value) -> all.put(name, LimitFile.of(name).check(value)));
        refuseContradictions(all);
        return new Limits(Collections.unmodifiableSortedMap(all));
    }

    /**
     * The limits in the kernel's own words.
     *
     * @return the contents of the cgroup's files by their names, sorted; sizes in bytes, and the quota of the processors
     *     as microseconds in each period
     */
    public SortedMap<String, String> files() {
        return files;
    }

    /** {@return whether nothing is limited} */
    public boolean isEmpty() {
        return files.isEmpty();
    }

    private Limits with(LimitFile file, String value) {
        SortedMap<String, String> all = new TreeMap<>(files);
        all.put(file.file(), value);
        return of(all);
    }

    private Limits with(LimitFile file, ByteSize size) {
        return with(file, Long.toString(size.bytes()));
    }

    private Limits with(LimitFile file, long number) {
        return with(file, Long.toString(number));
    }

    /** {@return the most memory, if it is limited} */
    public Optional<ByteSize> memory() {
        return Optional.ofNullable(files.get(LimitFile.MEMORY_MAX.file()))
                .filter(value -> !value.equals(LimitFile.MAX))
                .map(value -> ByteSize.bytes(Long.parseLong(value)));
    }

    /**
     * The same with another limit of memory, {@code memory.max}. Processes that need more are killed.
     *
     * @param size at most this much, caches of files included. The kernel rounds it down to whole pages
     * @return the limits
     * @throws InvalidConfigException if it is less than what is {@link #memoryMin protected}
     */
    public Limits memory(ByteSize size) {
        return with(LimitFile.MEMORY_MAX, size);
    }

    /**
     * The same with another threshold of memory, {@code memory.high}. Processes that need more are slowed down, and their
     * memory is reclaimed.
     *
     * @param size the threshold
     * @return the limits
     */
    public Limits memoryHigh(ByteSize size) {
        return with(LimitFile.MEMORY_HIGH, size);
    }

    /**
     * The same with other memory that is reclaimed only when nobody else has any to spare, {@code memory.low}.
     *
     * @param size how much
     * @return the limits
     * @throws InvalidConfigException if it is more than the limit of memory
     */
    public Limits memoryLow(ByteSize size) {
        return with(LimitFile.MEMORY_LOW, size);
    }

    /**
     * The same with other memory that is never reclaimed, {@code memory.min}.
     *
     * @param size how much
     * @return the limits
     * @throws InvalidConfigException if it is more than the limit of memory
     */
    public Limits memoryMin(ByteSize size) {
        return with(LimitFile.MEMORY_MIN, size);
    }

    /**
     * The same with another limit of swap, {@code memory.swap.max}; it comes on top of that of memory.
     *
     * @param size at most this much
     * @return the limits
     */
    public Limits swap(ByteSize size) {
        return with(LimitFile.SWAP_MAX, size);
    }

    /**
     * The same with another limit of compressed swap, {@code memory.zswap.max}.
     *
     * @param size at most this much, as it is compressed
     * @return the limits
     */
    public Limits zswap(ByteSize size) {
        return with(LimitFile.ZSWAP_MAX, size);
    }

    /**
     * The same, but when memory is short either all processes of the container are killed or none, {@code
     * memory.oom.group}.
     *
     * @param all whether all are killed; false for the one that is worst
     * @return the limits
     */
    public Limits oomGroup(boolean all) {
        return with(LimitFile.OOM_GROUP, all ? 1 : 0);
    }

    /**
     * The same with another limit of processor time, {@code cpu.max}, in periods of 100 ms.
     *
     * @param processors how many processors' time, for example 1.5; at least 0.01
     * @return the limits
     * @throws InvalidConfigException if it is less, or isn't a number
     */
    public Limits cpus(double processors) {
        return cpus(processors, Duration.ofMillis(100));
    }

    /**
     * The same with another limit of processor time, {@code cpu.max}.
     *
     * @param processors how many processors' time in each period; at least a millisecond of it
     * @param period 1 ms to 1 s: a short one lets processes wait less at a time
     * @return the limits
     * @throws InvalidConfigException if one is outside of its range
     */
    public Limits cpus(double processors, Duration period) {
        String field = LimitFile.CPU_MAX.field();
        if (!Double.isFinite(processors) || processors <= 0 || processors > 1_000_000) {
            throw new InvalidConfigException(field, processors, "a number of processors above 0, for example 1.5");
        }
        BigDecimal micros = BigDecimal.valueOf(period.getSeconds())
                .multiply(MICROS)
                .add(BigDecimal.valueOf(period.getNano() / 1000));
        long quota = micros.multiply(BigDecimal.valueOf(processors)).longValue();
        return with(LimitFile.CPU_MAX, quota + " " + micros.longValue());
    }

    /**
     * The same with another share of processor time among the containers that compete for it, {@code cpu.weight}.
     *
     * @param weight 1 to 10000; all others have 100
     * @return the limits
     * @throws InvalidConfigException if it is outside of that range
     */
    public Limits cpuWeight(int weight) {
        return with(LimitFile.CPU_WEIGHT, weight);
    }

    /**
     * The same, but the container gets processor time only when nobody else wants it, {@code cpu.idle}.
     *
     * @param idle whether it is so
     * @return the limits
     */
    public Limits cpuIdle(boolean idle) {
        return with(LimitFile.CPU_IDLE, idle ? 1 : 0);
    }

    /**
     * The same with other time that may be saved up and spent above the limit, {@code cpu.max.burst}.
     *
     * @param time how much
     * @return the limits
     * @throws InvalidConfigException if it is negative or longer than an hour
     */
    public Limits cpuBurst(Duration time) {
        return with(LimitFile.CPU_BURST, time.toNanos() / 1000);
    }

    /**
     * The same with other processors to run on, {@code cpuset.cpus}.
     *
     * @param list numbers and ranges of processors, for example {@code 0-3,8}
     * @return the limits
     * @throws InvalidConfigException if it isn't such a list
     */
    public Limits cpuset(String list) {
        return with(LimitFile.CPUSET_CPUS, list);
    }

    /**
     * The same with other nodes of memory to use, {@code cpuset.mems}.
     *
     * @param list numbers and ranges of nodes, for example {@code 0}
     * @return the limits
     * @throws InvalidConfigException if it isn't such a list
     */
    public Limits memoryNodes(String list) {
        return with(LimitFile.CPUSET_MEMS, list);
    }

    /**
     * The same with another share of disk traffic among the containers that compete for it, {@code io.weight}.
     *
     * @param weight 1 to 10000; all others have 100
     * @return the limits
     * @throws InvalidConfigException if it is outside of that range
     */
    public Limits ioWeight(int weight) {
        return with(LimitFile.IO_WEIGHT, weight);
    }

    /**
     * The same with another limit of processes and threads, {@code pids.max}.
     *
     * @param number at most so many, 1 to 4194304
     * @return the limits
     * @throws InvalidConfigException if it is outside of that range
     */
    public Limits pids(long number) {
        return with(LimitFile.PIDS_MAX, number);
    }

    /**
     * The same with another limit of huge pages, {@code hugetlb.<size>.max}.
     *
     * @param page the size of the pages, 2 MiB or 1 GiB on x86-64
     * @param size at most this much in such pages
     * @return the limits
     * @throws InvalidConfigException if that isn't a size of pages
     */
    public Limits hugePages(ByteSize page, ByteSize size) {
        return with(LimitFile.hugePages(page), size);
    }

    private static void refuseContradictions(SortedMap<String, String> files) {
        refuseBadProcessorTime(files);
        long most = number(files, LimitFile.MEMORY_MAX, Long.MAX_VALUE);
        for (LimitFile file : new LimitFile[] {LimitFile.MEMORY_MIN, LimitFile.MEMORY_LOW}) {
            long least = number(files, file, 0);
            if (least > most) {
                throw new InvalidConfigException(
                        file.field(), least, "at most the limit of memory, memory.max, which is " + most);
            }
        }
    }

    private static void refuseBadProcessorTime(SortedMap<String, String> files) {
        if ("1".equals(files.get(LimitFile.CPU_IDLE.file())) && files.containsKey(LimitFile.CPU_WEIGHT.file())) {
            throw InvalidConfigException.problem(
                    LimitFile.CPU_WEIGHT.field(), "is set", "nothing beside cpu.idle, which is a weight of its own");
        }
        String burst = files.get(LimitFile.CPU_BURST.file());
        String quota = files.getOrDefault(LimitFile.CPU_MAX.file(), LimitFile.CPU_MAX.initial())
                .split(" ")[0];
        if (burst != null && (quota.equals(LimitFile.MAX) || Long.parseLong(burst) > Long.parseLong(quota))) {
            throw new InvalidConfigException(
                    LimitFile.CPU_BURST.field(), burst, "at most the quota of cpu.max, which is " + quota);
        }
    }

    /**
     * The limits in the kernel's own words, as they have to be written where others may have been in force.
     *
     * @param others the others
     * @return these limits, and for what only the others limit what a new cgroup has
     */
    public SortedMap<String, String> insteadOf(Limits... others) {
        SortedMap<String, String> all = new TreeMap<>();
        for (Limits other : others) {
            other.files
                    .keySet()
                    .forEach(name -> all.put(name, LimitFile.of(name).initial()));
        }
        all.putAll(files);
        return Collections.unmodifiableSortedMap(all);
    }

    private static long number(SortedMap<String, String> files, LimitFile file, long otherwise) {
        String value = files.get(file.file());
        return value == null || value.equals(LimitFile.MAX) ? otherwise : Long.parseLong(value);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Limits limits && files.equals(limits.files);
    }

    @Override
    public int hashCode() {
        return files.hashCode();
    }

    /** {@return the limits as files and their contents} */
    @Override
    public String toString() {
        return files.toString();
    }
}
