package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A file of a cgroup that sets a limit, and what can be written to it, as in the kernel's {@code admin-guide/cgroup-v2}.
 *
 * @param file its name, which begins with that of the controller
 * @param of what it sets the limit of
 * @param allowed what can be written, in words
 * @param test whether something can be
 */
record LimitFile(String file, Of of, String allowed, Predicate<String> test) {
    /** What a limit is of. */
    enum Of {
        /** Of the container: the file has one value. */
        ALL,
        /** Of a disk: the file has a line for each, and the configuration a path. */
        DISK,
        /** Of something else that the kernel has a name for. */
        NAME
    }

    static final String MAX = LimitValues.MAX;

    static final LimitFile MEMORY_MAX = memory("memory.max");
    static final LimitFile MEMORY_HIGH = memory("memory.high");
    static final LimitFile MEMORY_LOW = memory("memory.low");
    static final LimitFile MEMORY_MIN = memory("memory.min");
    static final LimitFile SWAP_MAX = bytes("memory.swap.max");
    static final LimitFile ZSWAP_MAX = bytes("memory.zswap.max");
    static final LimitFile OOM_GROUP = flag("memory.oom.group");
    static final LimitFile CPU_MAX = new LimitFile(
            "cpu.max",
            Of.ALL,
            "microseconds of processor time, 1000 to " + LimitValues.MOST_QUOTA
                    + ", or a percentage of all processors, and a period of 1000 to 1000000 microseconds,"
                    + " for example 150000 100000",
            LimitValues::isQuota);
    static final LimitFile CPU_WEIGHT = number("cpu.weight", Of.ALL, 1, 10_000);
    static final LimitFile CPU_IDLE = flag("cpu.idle");
    static final LimitFile CPU_BURST = number("cpu.max.burst", Of.ALL, 0, 3_600_000_000L);
    static final LimitFile CPUSET_CPUS = list("cpuset.cpus");
    static final LimitFile CPUSET_MEMS = list("cpuset.mems");
    static final LimitFile IO_MAX =
            pairs("io.max", Of.DISK, List.of("rbps", "wbps", "riops", "wiops"), 1, Long.MAX_VALUE);
    static final LimitFile IO_WEIGHT = number("io.weight", Of.ALL, 1, 10_000);
    static final LimitFile DISK_WEIGHT = number("io.weight", Of.DISK, 1, 10_000);
    static final LimitFile IO_LATENCY = new LimitFile(
            "io.latency",
            Of.DISK,
            "target= and microseconds, 1 to 3600000000",
            value -> value.startsWith("target=")
                    && LimitValues.isNumber(value.substring("target=".length()), 1, 3_600_000_000L));
    static final LimitFile PIDS_MAX = number("pids.max", Of.ALL, 1, 4_194_304);
    static final LimitFile RDMA_MAX =
            pairs("rdma.max", Of.NAME, List.of("hca_handle", "hca_object"), 0, Integer.MAX_VALUE);
    static final LimitFile MISC_MAX =
            new LimitFile("misc.max", Of.NAME, "a number from 0 on, or " + MAX, LimitValues::isBytes);

    private static final List<LimitFile> ALL = List.of(
            MEMORY_MAX,
            MEMORY_HIGH,
            MEMORY_LOW,
            MEMORY_MIN,
            SWAP_MAX,
            ZSWAP_MAX,
            OOM_GROUP,
            CPU_MAX,
            CPU_WEIGHT,
            CPU_IDLE,
            CPU_BURST,
            CPUSET_CPUS,
            CPUSET_MEMS,
            IO_MAX,
            IO_WEIGHT,
            DISK_WEIGHT,
            IO_LATENCY,
            PIDS_MAX,
            RDMA_MAX,
            MISC_MAX);
    private static final Pattern HUGE_PAGES = Pattern.compile("hugetlb\\.([1-9][0-9]{0,3}[KMG]B)\\.max");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.:-]{0,63}");

    /** The file of a limit: its name, and after a blank what of it is limited. */
    static LimitFile of(String limit) {
        int blank = limit.indexOf(' ');
        String name = blank < 0 ? limit : limit.substring(0, blank);
        Set<String> known = new LinkedHashSet<>();
        boolean there = false;
        for (LimitFile file : ALL) {
            known.add(file.file);
            there |= file.file.equals(name);
            if (file.file.equals(name) && (file.of == Of.ALL) == (blank < 0)) {
                file.checkSubject(limit.substring(blank + 1));
                return file;
            }
        }
        if (HUGE_PAGES.matcher(limit).matches()) {
            return bytes(limit);
        }
        if (there) {
            throw InvalidConfigException.problem(
                    "limits." + limit,
                    blank < 0 ? "doesn't say of what" : "is of something",
                    blank < 0 ? "the file, a blank, and a path or name" : "the file alone");
        }
        throw InvalidConfigException.unknown("limits." + limit, known);
    }

    private void checkSubject(String subject) {
        if (of == Of.DISK) {
            HostPath.check(field(), subject);
        } else if (of == Of.NAME && !NAME.matcher(subject).matches()) {
            throw new InvalidConfigException(field(), subject, "a name of letters, digits and . _ : -");
        }
    }

    /** The kernel writes sizes of pages in whole units. */
    static LimitFile hugePages(ByteSize page) {
        String text = page.toString();
        if (!text.matches("[1-9][0-9]{0,3}[KMG]iB")) {
            throw new InvalidConfigException("limits.hugetlb", page, "a size of huge pages, for example 2MiB");
        }
        return bytes("hugetlb." + text.replace("iB", "B") + ".max");
    }

    private static LimitFile memory(String file) {
        return new LimitFile(
                file,
                Of.ALL,
                "a number of bytes from 0 on, a percentage of the host's memory, or " + MAX,
                value -> LimitValues.isBytes(value) || Percent.isPercent(value));
    }

    private static LimitFile bytes(String file) {
        return new LimitFile(file, Of.ALL, "a number of bytes from 0 on, or " + MAX, LimitValues::isBytes);
    }

    private static LimitFile flag(String file) {
        return new LimitFile(file, Of.ALL, "0 or 1", LimitValues::isFlag);
    }

    private static LimitFile list(String file) {
        return new LimitFile(file, Of.ALL, "numbers and ranges, for example 0-3,8", LimitValues::isList);
    }

    private static LimitFile number(String file, Of of, long least, long most) {
        return new LimitFile(
                file, of, "a number from " + least + " to " + most, value -> LimitValues.isNumber(value, least, most));
    }

    private static LimitFile pairs(String file, Of of, List<String> keys, long least, long most) {
        return new LimitFile(
                file,
                of,
                "one or more of " + String.join("=, ", keys) + "=, in this order, each with a number from " + least
                        + " to " + most + " or " + MAX,
                value -> LimitValues.isPairs(
                        value, keys, number -> number.equals(MAX) || LimitValues.isNumber(number, least, most)));
    }

    /** Refuses what can't be written. The limit is what {@link #of} was asked for. */
    static void check(String limit, String value) {
        LimitFile file = of(limit);
        if (!file.test.test(value)) {
            throw new InvalidConfigException("limits." + limit, value, file.allowed);
        }
    }

    /** Its place in a configuration, for messages. */
    String field() {
        return "limits." + file;
    }
}
