package io.lxj.lifecycle;

import io.lxj.config.Limits;
import io.lxj.error.InvalidConfigException;
import io.lxj.error.UnsupportedHostException;
import io.lxj.failure.Failures;
import io.lxj.linux.Cgroup;
import io.lxj.linux.LinuxException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Writes the limits of containers to their cgroups. What holds is what stands in lxj's own cgroup, which the container
 * doesn't see; the payload's has the same where programs look for it to find out how much there is for them. Thread-safe.
 */
final class ContainerLimits {
    /** What Java, Go and others read at the root of their cgroup namespace. */
    private static final Set<String> SHOWN = Set.of("memory.max", "memory.high", "memory.swap.max", "cpu.max");

    private static final List<String> PLACES = List.of("cpuset.cpus", "cpuset.mems");
    private static final String BURST = "cpu.max.burst";

    private final CgroupTree cgroups;

    ContainerLimits(CgroupTree cgroups) {
        this.cgroups = cgroups;
    }

    /** Refuses what this host can't limit, or doesn't have. Nothing is left of it. */
    void check(String action, Limits limits) {
        if (limits.isEmpty()) {
            return;
        }
        try {
            Set<String> missing = new TreeSet<>(controllers(limits.files().keySet()));
            missing.removeAll(cgroups.controllers());
            if (!missing.isEmpty()) {
                throw lacks(action, missing);
            }
            cgroups.look(controllers(limits.files().keySet()), cgroup -> check(action, cgroup, limits));
        } catch (LinuxException e) {
            throw Failures.exception(action, e);
        }
    }

    private UnsupportedHostException lacks(String action, Set<String> missing) throws LinuxException {
        String controllers = String.join(", ", missing) + (missing.size() == 1 ? " controller" : " controllers");
        return new UnsupportedHostException(
                action,
                controllers + " in " + cgroups.description(),
                "leave these limits out; or boot with systemd.unified_cgroup_hierarchy=1, or with cgroup_no_v1=all, if"
                        + " cgroup v1 has taken them, or have them delegated, if this isn't the top of the hierarchy: see"
                        + " Host.check()");
    }

    private static void check(String action, Cgroup cgroup, Limits limits) throws LinuxException {
        for (String file : limits.files().keySet()) {
            if (!cgroup.has(file)) {
                throw new UnsupportedHostException(
                        action, file, "leave this limit out: the kernel, or the hardware, doesn't have it");
            }
        }
        for (String file : PLACES) {
            String wanted = limits.files().get(file);
            if (wanted != null) {
                String available = cgroup.read(file + ".effective");
                if (!numbers(available).containsAll(numbers(wanted))) {
                    throw new InvalidConfigException("limits." + file, wanted, "what this host has: " + available);
                }
            }
        }
    }

    /** The numbers of a list as in cpuset(7). */
    private static Set<Integer> numbers(String list) {
        Set<Integer> numbers = new TreeSet<>();
        for (String range : list.split(",")) {
            String[] ends = range.split("-");
            int last = Integer.parseInt(ends[ends.length - 1]);
            for (int i = Integer.parseInt(ends[0]); i <= last; i++) {
                numbers.add(i);
            }
        }
        return numbers;
    }

    /** Limits a container that is about to start. */
    void apply(Cgroup container, Limits limits) throws LinuxException {
        if (!limits.isEmpty()) {
            cgroups.enable(container, controllers(limits.files().keySet()));
            writeAll(container, limits.files());
        }
    }

    /** Changes the limits of a container that runs: all, or none if one can't be changed. */
    void update(Cgroup container, SortedMap<String, String> changes) throws LinuxException {
        cgroups.enable(container, controllers(changes.keySet()));
        Map<String, String> old = new TreeMap<>();
        for (String file : changes.keySet()) {
            old.put(file, container.read(file));
        }
        try {
            // A quota can't be set that is less than what may be saved up.
            if (changes.containsKey(BURST)) {
                container.write(BURST, "0");
            }
            writeAll(container, changes);
        } catch (LinuxException e) {
            restore(container, old, e);
            throw e;
        }
    }

    private void restore(Cgroup container, Map<String, String> old, LinuxException failure) {
        for (Map.Entry<String, String> file : old.entrySet()) {
            try {
                writeAll(container, Map.of(file.getKey(), file.getValue()));
            } catch (LinuxException e) {
                failure.addSuppressed(e);
            }
        }
    }

    private void writeAll(Cgroup container, Map<String, String> files) throws LinuxException {
        try (Cgroup payload = container.open(CgroupTree.PAYLOAD)) {
            for (Map.Entry<String, String> file : files.entrySet()) {
                String value = file.getValue();
                if (value.isEmpty()) {
                    // Where there are processes, the kernel doesn't take "all" for an answer (ENOSPC): name them.
                    value = cgroups.read(file.getKey() + ".effective");
                }
                container.write(file.getKey(), value);
                if (SHOWN.contains(file.getKey())) {
                    payload.write(file.getKey(), value);
                }
            }
        }
    }

    private static Set<String> controllers(Collection<String> files) {
        List<String> names = new ArrayList<>();
        files.forEach(file -> names.add(file.substring(0, file.indexOf('.'))));
        return new TreeSet<>(names);
    }
}
