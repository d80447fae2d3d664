package io.lxj.lifecycle;

import io.lxj.linux.Cgroup;
import io.lxj.linux.LinuxException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Writes limits to a container's cgroup. What Java, Go and others read at the root of their cgroup namespace to find out
 * how much there is for them is written to the payload's cgroup, too.
 */
final class LimitWriter {
    private static final Set<String> SHOWN = Set.of("memory.max", "memory.high", "memory.swap.max", "cpu.max");
    private static final String IDLE = "cpu.idle";
    private static final String WEIGHT = "cpu.weight";
    private static final Set<String> LAST = Set.of(IDLE, "cpu.max.burst");
    private static final String MAX = "max";
    private static final Pattern IS_NUMBER = Pattern.compile("[0-9]{1,18}");

    private final CgroupTree cgroups;
    private final Cgroup container;

    LimitWriter(CgroupTree cgroups, Cgroup container) {
        this.cgroups = cgroups;
        this.container = container;
    }

    /** A line for a file. */
    private record Line(String file, String subject, String value) {
        String text() {
            return subject.isEmpty() ? value : subject + " " + value;
        }
    }

    /** Writes the limits of a container that has none. */
    void write(SortedMap<String, SortedMap<String, String>> files) throws LinuxException {
        List<Line> lines = new ArrayList<>();
        files.forEach(
                (file, content) -> content.forEach((subject, value) -> lines.add(new Line(file, subject, value))));
        write(lines);
    }

    /** What the files say now that the cgroup has. */
    SortedMap<String, SortedMap<String, String>> read(Set<String> files) throws LinuxException {
        SortedMap<String, SortedMap<String, String>> contents = new TreeMap<>();
        for (String file : files) {
            if (container.has(file)) {
                contents.put(file, KernelLimits.parse(file, container.read(file)));
            }
        }
        return contents;
    }

    /** Makes the files say something else. */
    void change(SortedMap<String, SortedMap<String, String>> from, SortedMap<String, SortedMap<String, String>> to)
            throws LinuxException {
        write(changes(from, to));
    }

    /** Takes a change back, as far as that goes: a disk can be gone by now. */
    void restore(SortedMap<String, SortedMap<String, String>> old, LinuxException failure) {
        try {
            for (Line line : changes(read(old.keySet()), old)) {
                try {
                    write(List.of(line));
                } catch (LinuxException e) {
                    failure.addSuppressed(e);
                }
            }
        } catch (LinuxException e) {
            failure.addSuppressed(e);
        }
    }

    /**
     * The lines to write, in an order in which the kernel takes them, and in which nothing is short of memory meanwhile that
     * has enough of it before and after.
     */
    private static List<Line> changes(
            SortedMap<String, SortedMap<String, String>> from, SortedMap<String, SortedMap<String, String>> to) {
        List<Line> lines = new ArrayList<>();
        Map<Line, Integer> ranks = new HashMap<>();
        // sched_group_set_shares() of the kernel refuses a weight then.
        boolean idle = to.containsKey(IDLE) && to.get(IDLE).containsValue("1");
        for (String file : to.keySet()) {
            SortedMap<String, String> now = from.getOrDefault(file, Collections.emptySortedMap());
            Set<String> subjects = new TreeSet<>(now.keySet());
            subjects.addAll(to.get(file).keySet());
            for (String subject : subjects) {
                String old = now.getOrDefault(subject, KernelLimits.unlimited(file));
                String value = to.get(file).getOrDefault(subject, KernelLimits.unlimited(file));
                if (!old.equals(value) && !(idle && file.equals(WEIGHT))) {
                    Line line = new Line(file, subject, value);
                    lines.add(line);
                    ranks.put(line, rank(file, isMore(value, old)));
                }
            }
        }
        lines.sort(Comparator.comparing(ranks::get));
        return lines;
    }

    /** Idle containers have no weight, and what may be saved up has to fit into the quota, before and after. */
    private static int rank(String file, boolean more) {
        if (LAST.contains(file)) {
            return more ? 3 : 0;
        }
        return more && file.startsWith("memory.") ? 1 : 2;
    }

    private static boolean isMore(String value, String old) {
        if (value.equals(MAX) || old.equals(MAX)) {
            return value.equals(MAX);
        }
        return IS_NUMBER.matcher(value).matches()
                && IS_NUMBER.matcher(old).matches()
                && Long.parseLong(value) > Long.parseLong(old);
    }

    private void write(List<Line> lines) throws LinuxException {
        try (Cgroup payload = container.open(CgroupTree.PAYLOAD)) {
            for (Line line : lines) {
                String text = line.text();
                if (text.isEmpty()) {
                    // Where there are processes, the kernel doesn't take "all" for an answer (ENOSPC): name them.
                    text = cgroups.read(line.file() + ".effective");
                }
                container.write(line.file(), text);
                if (SHOWN.contains(line.file())) {
                    payload.write(line.file(), text);
                }
            }
        }
    }
}
