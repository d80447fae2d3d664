package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

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
 * a configuration with the limit is refused, unless it was set with {@link #ifSupported()}.
 */
public final class Limits {
    /** No limits. */
    public static final Limits NONE = new Limits(Collections.emptySortedMap(), Collections.emptySortedSet());

    private static final Duration PERIOD = Duration.ofMillis(100);

    private final SortedMap<String, String> files;
    private final SortedSet<String> optional;

    private Limits(SortedMap<String, String> files, SortedSet<String> optional) {
        this.files = files;
        this.optional = optional;
    }

    /**
     * Limits of any kind, in the kernel's own words.
     *
     * @param files contents by names of files, as {@link #files()} has them
     * @return the limits
     * @throws InvalidConfigException if a name isn't that of a limit, or a content isn't one of its values
     */
    public static Limits of(Map<String, String> files) {
        return of(files, List.of());
    }

    static Limits of(Map<String, String> files, Collection<String> optional) {
        SortedMap<String, String> all = new TreeMap<>(files);
        all.forEach(LimitFile::check);
        LimitRules.check(all);
        SortedSet<String> names = new TreeSet<>(optional);
        names.retainAll(all.keySet());
        return new Limits(Collections.unmodifiableSortedMap(all), Collections.unmodifiableSortedSet(names));
    }

    /**
     * The limits in the kernel's own words, for example {@code 200} by {@code pids.max}. Where a file has limits of several
     * things, each has a name of its own: the file's, a blank, and the path of a disk or the kernel's name of something
     * else, for example {@code rbps=1048576} by {@code io.max /dev/sda}. What is relative is a percentage.
     *
     * @return the contents of the cgroup's files by their names, sorted; sizes in bytes, and the quota of the processors
     *     as microseconds in each period
     */
    public SortedMap<String, String> files() {
        return files;
    }

    /** {@return those of {@link #files()} that may be dropped, see {@link #ifSupported()}} */
    public SortedSet<String> optional() {
        return optional;
    }

    /** {@return whether nothing is limited} */
    public boolean isEmpty() {
        return files.isEmpty();
    }

    /**
     * The same, but all limits that are set so far may be dropped: on a host that lacks the controller or the file of one,
     * a container starts without it, and a warning is logged. Limits that are set after this are to be kept as ever.
     *
     * @return the limits
     */
    public Limits ifSupported() {
        return new Limits(files, Collections.unmodifiableSortedSet(new TreeSet<>(files.keySet())));
    }

    /**
     * The same without some of its limits.
     *
     * @param names their names, as {@link #files()} has them; those that aren't set don't matter
     * @return the limits
     * @throws InvalidConfigException if what is left contradicts itself, as saved processor time without a quota does
     */
    public Limits without(Collection<String> names) {
        SortedMap<String, String> others = new TreeMap<>(files);
        others.keySet().removeAll(names);
        return of(others, optional);
    }

    private Limits with(String name, String value) {
        SortedMap<String, String> all = new TreeMap<>(files);
        all.put(name, value);
        SortedSet<String> others = new TreeSet<>(optional);
        others.remove(name);
        return of(all, others);
    }

    private Limits with(LimitFile file, String value) {
        return with(file.file(), value);
    }

    private Limits with(LimitFile file, Path path, String value) {
        return with(file.file() + " " + HostPath.of(file.field(), path), value);
    }

    private Limits with(LimitFile file, MemoryAmount amount) {
        return with(file, amount instanceof ByteSize size ? Long.toString(size.bytes()) : amount.toString());
    }

    private Limits with(LimitFile file, long number) {
        return with(file, Long.toString(number));
    }

    /** {@return the most memory, if it is limited to a size; a share of the host's is among {@link #files()} only} */
    public Optional<ByteSize> memory() {
        return Optional.ofNullable(files.get(LimitFile.MEMORY_MAX.file()))
                .filter(LimitValues::isNumber)
                .map(value -> ByteSize.bytes(Long.parseLong(value)));
    }

    /**
     * The same with another limit of memory, {@code memory.max}. Processes that need more are killed.
     *
     * @param size at most this much, caches of files included. The kernel rounds it down to whole pages
     * @return the limits
     * @throws InvalidConfigException if it is less than what is {@link #memoryMin protected}
     */
    public Limits memory(MemoryAmount size) {
        return with(LimitFile.MEMORY_MAX, size);
    }

    /**
     * The same with another threshold of memory, {@code memory.high}. Processes that need more are slowed down, and their
     * memory is reclaimed.
     *
     * @param size the threshold
     * @return the limits
     */
    public Limits memoryHigh(MemoryAmount size) {
        return with(LimitFile.MEMORY_HIGH, size);
    }

    /**
     * The same with other memory that is reclaimed only when nobody else has any to spare, {@code memory.low}.
     *
     * @param size how much
     * @return the limits
     * @throws InvalidConfigException if it is more than the limit of memory
     */
    public Limits memoryLow(MemoryAmount size) {
        return with(LimitFile.MEMORY_LOW, size);
    }

    /**
     * The same with other memory that is never reclaimed, {@code memory.min}.
     *
     * @param size how much
     * @return the limits
     * @throws InvalidConfigException if it is more than the limit of memory
     */
    public Limits memoryMin(MemoryAmount size) {
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
        return cpus(processors, PERIOD);
    }

    /**
     * The same with a share of all processors that the host has as another limit of processor time, {@code cpu.max}, in
     * periods of 100 ms.
     *
     * @param share how much of all processors' time
     * @return the limits
     */
    public Limits cpus(Percent share) {
        return with(LimitFile.CPU_MAX, share + " " + PERIOD.toMillis() * 1000);
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
        return with(LimitFile.CPU_MAX, LimitValues.quota(LimitFile.CPU_MAX.field(), processors, period));
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
     * The same with another share of the traffic of a disk, {@code io.weight}.
     *
     * @param path of the disk, of one of its partitions, or of something stored on it
     * @param weight 1 to 10000; all others have 100
     * @return the limits
     * @throws InvalidConfigException if it is outside of that range
     */
    public Limits ioWeight(Path path, int weight) {
        return with(LimitFile.DISK_WEIGHT, path, Integer.toString(weight));
    }

    /**
     * The same with another limit of the traffic of a disk, {@code io.max}.
     *
     * @param limit the limit
     * @return the limits
     * @throws InvalidConfigException if it doesn't limit anything
     */
    public Limits io(IoLimit limit) {
        return with(LimitFile.IO_MAX.file() + " " + limit.path(), limit.toString());
    }

    /**
     * The same with another time that requests to a disk should take at most, {@code io.latency}: if they take longer,
     * those of others with a longer time, or none, are held up.
     *
     * @param path of the disk, of one of its partitions, or of something stored on it
     * @param time how long, on average; a microsecond to an hour
     * @return the limits
     * @throws InvalidConfigException if it is outside of that range
     */
    public Limits ioLatency(Path path, Duration time) {
        return with(LimitFile.IO_LATENCY, path, "target=" + time.toNanos() / 1000);
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

    /**
     * The same with another limit of what is used of a device for remote direct memory access, {@code rdma.max}.
     *
     * @param device the kernel's name of it, for example {@code mlx5_0}
     * @param handles at most so many contexts, 0 to 2147483647
     * @param objects at most so many objects, 0 to 2147483647
     * @return the limits
     * @throws InvalidConfigException if a number is negative, or the name isn't one
     */
    public Limits rdma(String device, int handles, int objects) {
        return with(LimitFile.RDMA_MAX.file() + " " + device, "hca_handle=" + handles + " hca_object=" + objects);
    }

    /**
     * The same with another limit of something that the host has only so many of, {@code misc.max}: keys for encrypted
     * virtual machines, for example.
     *
     * @param resource the kernel's name of it, for example {@code sev}
     * @param number at most so many
     * @return the limits
     * @throws InvalidConfigException if the number is negative, or the name isn't one
     */
    public Limits misc(String resource, long number) {
        return with(LimitFile.MISC_MAX.file() + " " + resource, Long.toString(number));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Limits limits && files.equals(limits.files) && optional.equals(limits.optional);
    }

    @Override
    public int hashCode() {
        return Objects.hash(files, optional);
    }

    /** {@return the limits as files and their contents} */
    @Override
    public String toString() {
        return optional.isEmpty() ? files.toString() : files + " if supported: " + optional;
    }
}
