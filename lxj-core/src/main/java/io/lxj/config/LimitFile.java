package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of a cgroup that sets a limit, and what can be written to it, as in the kernel's {@code admin-guide/cgroup-v2}.
 *
 * @param file its name, which begins with that of the controller
 * @param initial what it holds when nothing is set
 * @param allowed what can be written, in words
 * @param test whether something can be
 */
record LimitFile(String file, String initial, String allowed, Predicate<String> test) {
    static final String MAX = "max";

    static final LimitFile MEMORY_MAX = bytes("memory.max", MAX);
    static final LimitFile MEMORY_HIGH = bytes("memory.high", MAX);
    static final LimitFile MEMORY_LOW = bytes("memory.low", "0");
    static final LimitFile MEMORY_MIN = bytes("memory.min", "0");
    static final LimitFile SWAP_MAX = bytes("memory.swap.max", MAX);
    static final LimitFile ZSWAP_MAX = bytes("memory.zswap.max", MAX);
    static final LimitFile OOM_GROUP = flag("memory.oom.group");
    static final LimitFile CPU_MAX = new LimitFile(
            "cpu.max",
            "max 100000",
            "microseconds of processor time, 1000 or more, and a period of 1000 to 1000000 microseconds,"
                    + " for example 150000 100000",
            LimitFile::isQuota);
    static final LimitFile CPU_WEIGHT = number("cpu.weight", "100", 1, 10_000);
    static final LimitFile CPU_IDLE = flag("cpu.idle");
    static final LimitFile CPU_BURST = number("cpu.max.burst", "0", 0, 3_600_000_000L);
    static final LimitFile CPUSET_CPUS = list("cpuset.cpus");
    static final LimitFile CPUSET_MEMS = list("cpuset.mems");
    static final LimitFile IO_WEIGHT = number("io.weight", "100", 1, 10_000);
    static final LimitFile PIDS_MAX = number("pids.max", MAX, 1, 4_194_304);

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
            IO_WEIGHT,
            PIDS_MAX);
    private static final Pattern HUGE_PAGES = Pattern.compile("hugetlb\\.([1-9][0-9]{0,3}[KMG]B)\\.max");
    private static final Pattern LIST = Pattern.compile("[0-9]{1,5}(-[0-9]{1,5})?(,[0-9]{1,5}(-[0-9]{1,5})?)*");
    private static final Pattern QUOTA = Pattern.compile("(max|[0-9]{1,15}) ([0-9]{1,7})");
    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,18}");
    private static final int LONGEST_LIST = 4000;
    private static final int LEAST_QUOTA = 1000;
    private static final int LONGEST_PERIOD = 1_000_000;

    /** The file of that name. */
    static LimitFile of(String name) {
        for (LimitFile limit : ALL) {
            if (limit.file.equals(name)) {
                return limit;
            }
        }
        if (HUGE_PAGES.matcher(name).matches()) {
            return bytes(name, MAX);
        }
        List<String> known = ALL.stream().map(LimitFile::file).toList();
        throw InvalidConfigException.unknown("limits." + name, known);
    }

    /** The kernel writes sizes of pages in whole units. */
    static LimitFile hugePages(ByteSize page) {
        String text = page.toString();
        if (!text.matches("[1-9][0-9]{0,3}[KMG]iB")) {
            throw new InvalidConfigException("limits.hugetlb", page, "a size of huge pages, for example 2MiB");
        }
        return bytes("hugetlb." + text.replace("iB", "B") + ".max", MAX);
    }

    private static LimitFile bytes(String file, String initial) {
        return new LimitFile(
                file, initial, "a number of bytes from 0 on, or " + MAX, value -> value.equals(MAX) || isNumber(value));
    }

    private static LimitFile flag(String file) {
        return new LimitFile(file, "0", "0 or 1", value -> value.equals("0") || value.equals("1"));
    }

    private static LimitFile list(String file) {
        return new LimitFile(
                file,
                "",
                "numbers and ranges, for example 0-3,8",
                value -> value.length() <= LONGEST_LIST && LIST.matcher(value).matches());
    }

    private static LimitFile number(String file, String initial, long least, long most) {
        return new LimitFile(
                file,
                initial,
                "a number from " + least + " to " + most,
                value -> isNumber(value) && Long.parseLong(value) >= least && Long.parseLong(value) <= most);
    }

    private static boolean isNumber(String value) {
        // Numbers of 19 digits may still be too large.
        return NUMBER.matcher(value).matches()
                && (value.length() < 19 || value.compareTo(Long.toString(Long.MAX_VALUE)) <= 0);
    }

    private static boolean isQuota(String value) {
        Matcher matcher = QUOTA.matcher(value);
        if (!matcher.matches()) {
            return false;
        }
        boolean enough = matcher.group(1).equals(MAX) || Long.parseLong(matcher.group(1)) >= LEAST_QUOTA;
        long period = Long.parseLong(matcher.group(2));
        return enough && period >= LEAST_QUOTA && period <= LONGEST_PERIOD;
    }

    String check(String value) {
        if (!test.test(value)) {
            throw new InvalidConfigException(field(), value, allowed);
        }
        return value;
    }

    /** Its place in a configuration, for messages. */
    String field() {
        return "limits." + file;
    }
}
