package io.lxj.lifecycle;

import io.lxj.config.Limits;
import io.lxj.error.InvalidConfigException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Limits as the kernel takes them: for each file of a cgroup its lines, by what they begin with. That is the number of a
 * disk, the name of a device, or nothing in a file that has a single value. Immutable and thread-safe.
 *
 * @param files the lines of each file
 */
record KernelLimits(SortedMap<String, SortedMap<String, String>> files) {
    /** In a file with several lines, the one for what has no line of its own. */
    static final String DEFAULT = "default";

    /** The one file with a line for everything else. */
    static final String WEIGHT = "io.weight";
    /** The weight of everything that has no other. */
    static final String MEAN = "100";

    private static final String MAX = "max";
    private static final Map<String, List<String>> KEYS = Map.of(
            "io.max", List.of("rbps", "wbps", "riops", "wiops"),
            "rdma.max", List.of("hca_handle", "hca_object"),
            "io.latency", List.of("target"));
    /** What a new cgroup has; where it isn't {@code max}. */
    private static final Map<String, String> INITIAL = Map.ofEntries(
            Map.entry("memory.low", "0"),
            Map.entry("memory.min", "0"),
            Map.entry("memory.oom.group", "0"),
            Map.entry("cpu.max", "max 100000"),
            Map.entry("cpu.weight", MEAN),
            Map.entry("cpu.idle", "0"),
            Map.entry("cpu.max.burst", "0"),
            Map.entry("cpuset.cpus", ""),
            Map.entry("cpuset.mems", ""));

    private static final Set<String> UNLIMITED =
            Set.of("memory.max", "memory.high", "memory.swap.max", "memory.zswap.max", "pids.max");
    private static final Set<String> LINES = Set.of("io.max", "io.latency", "rdma.max", "misc.max");

    /** Limits without shares of anything. */
    static KernelLimits of(Limits limits, Disks disks) {
        SortedMap<String, SortedMap<String, String>> files = new TreeMap<>();
        Map<String, String> origins = new HashMap<>();
        limits.files().forEach((limit, value) -> {
            int blank = limit.indexOf(' ');
            String file = blank < 0 ? limit : limit.substring(0, blank);
            String subject = blank < 0 ? (file.equals(WEIGHT) ? DEFAULT : "") : limit.substring(blank + 1);
            if (blank >= 0 && file.startsWith("io.")) {
                subject = disks.number("limits." + file, subject);
            }
            String other = origins.put(file + " " + subject, limit);
            if (other != null) {
                throw InvalidConfigException.problem(
                        "limits." + limit, "is the same disk as that of " + other, "one limit for each disk");
            }
            files.computeIfAbsent(file, key -> new TreeMap<>()).put(subject, complete(file, value));
        });
        return new KernelLimits(Collections.unmodifiableSortedMap(files));
    }

    /** Whatever isn't said would stay as it was. */
    private static String complete(String file, String value) {
        List<String> keys = KEYS.get(file);
        if (keys == null) {
            return value;
        }
        List<String> said = List.of(value.split(" "));
        List<String> words = new ArrayList<>();
        for (String key : keys) {
            words.add(said.stream()
                    .filter(word -> word.startsWith(key + "="))
                    .findFirst()
                    .orElse(key + "=" + MAX));
        }
        return String.join(" ", words);
    }

    /** What a line says when nothing is limited. */
    static String unlimited(String file) {
        return file.equals(WEIGHT) ? DEFAULT : complete(file, KEYS.containsKey(file) ? "" : MAX);
    }

    /** The files that others may have written, with what they have when nothing is limited. */
    static SortedMap<String, SortedMap<String, String>> none(Set<String> others) {
        SortedMap<String, SortedMap<String, String>> files = new TreeMap<>();
        Set<String> plain = new TreeSet<>(UNLIMITED);
        others.stream().filter(name -> name.startsWith("hugetlb.")).forEach(plain::add);
        plain.forEach(file -> files.put(file, new TreeMap<>(Map.of("", MAX))));
        INITIAL.forEach((file, value) -> files.put(file, new TreeMap<>(Map.of("", value))));
        LINES.forEach(file -> files.put(file, new TreeMap<>()));
        files.put(WEIGHT, new TreeMap<>(Map.of(DEFAULT, MEAN)));
        return files;
    }

    /** The lines of such a file, by what they begin with. */
    static SortedMap<String, String> parse(String file, String content) {
        SortedMap<String, String> lines = new TreeMap<>();
        if (!LINES.contains(file) && !file.equals(WEIGHT)) {
            lines.put("", content);
            return lines;
        }
        content.lines().filter(line -> !line.isBlank()).forEach(line -> {
            int blank = line.indexOf(' ');
            lines.put(line.substring(0, blank), line.substring(blank + 1).strip());
        });
        return lines;
    }
}
