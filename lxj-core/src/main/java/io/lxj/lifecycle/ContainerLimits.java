package io.lxj.lifecycle;

import io.lxj.config.Limits;
import io.lxj.error.InvalidConfigException;
import io.lxj.error.UnsupportedHostException;
import io.lxj.failure.Failures;
import io.lxj.linux.Cgroup;
import io.lxj.linux.LinuxException;
import io.lxj.linux.ProcFs;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives containers their limits. What holds is what stands in lxj's own cgroup, which the container doesn't see.
 * Thread-safe.
 */
final class ContainerLimits {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerLimits.class);
    private static final Set<String> PLACES = Set.of("cpuset.cpus", "cpuset.mems");
    private static final Set<String> NAMED = Set.of("rdma.max", "misc.max");

    private final CgroupTree cgroups;
    private final Disks disks;
    private final ProcFs proc;

    ContainerLimits(CgroupTree cgroups, ProcFs proc) {
        this.cgroups = cgroups;
        this.disks = new Disks(proc);
        this.proc = proc;
    }

    /** Refuses what this host can't limit, or doesn't have. Nothing is left of it. */
    void check(String action, Limits limits) {
        try {
            Limits controlled = limits.without(uncontrolled(action, limits));
            if (!controlled.isEmpty()) {
                cgroups.look(
                        controllers(controlled.files().keySet()),
                        cgroup -> checkValues(cgroup, kernel(kept(action, cgroup, controlled))));
            }
        } catch (LinuxException e) {
            throw Failures.exception(action, e);
        }
    }

    private KernelLimits kernel(Limits limits) throws LinuxException {
        HostCapacity capacity = new HostCapacity(proc, Path.of(cgroups.path("container")));
        return KernelLimits.of(capacity.absolute(limits), disks);
    }

    /** Those that may be dropped, and have to be as their controller isn't there. */
    private Set<String> uncontrolled(String action, Limits limits) throws LinuxException {
        if (limits.isEmpty()) {
            return Set.of();
        }
        Set<String> available = cgroups.controllers();
        Set<String> lacking = new TreeSet<>();
        Set<String> missing = new TreeSet<>();
        for (String limit : limits.files().keySet()) {
            String controller = controller(limit);
            if (!available.contains(controller)) {
                lacking.add(limit);
                if (!limits.optional().contains(limit)) {
                    missing.add(controller);
                }
            }
        }
        if (!missing.isEmpty()) {
            throw lacks(action, missing);
        }
        return lacking;
    }

    private UnsupportedHostException lacks(String action, Set<String> missing) throws LinuxException {
        if (!cgroups.isThere()) {
            return new UnsupportedHostException(
                    action,
                    "cgroup of this user's, which limits need",
                    CgroupTree.ADVICE + "; or leave these limits out, or have them dropped by ifSupported()");
        }
        String controllers = String.join(", ", missing) + (missing.size() == 1 ? " controller" : " controllers");
        return new UnsupportedHostException(
                action,
                controllers + " in " + cgroups.description(),
                "leave these limits out, or have them dropped by ifSupported(); or boot with"
                        + " systemd.unified_cgroup_hierarchy=1, or with cgroup_no_v1=all, if cgroup v1 has taken them, or"
                        + " have them delegated, if this isn't the top of the hierarchy: see Host.check()");
    }

    /** The limits that have a file: of those that may be dropped, not all need to. */
    private static Limits kept(String action, Cgroup cgroup, Limits limits) throws LinuxException {
        Set<String> lacking = new TreeSet<>();
        for (String limit : limits.files().keySet()) {
            if (!cgroup.has(file(limit))) {
                if (!limits.optional().contains(limit)) {
                    throw new UnsupportedHostException(
                            action,
                            file(limit),
                            "leave this limit out, or have it dropped by ifSupported(): the kernel, or the hardware,"
                                    + " doesn't have it");
                }
                lacking.add(limit);
            }
        }
        return limits.without(lacking);
    }

    private static void checkValues(Cgroup cgroup, KernelLimits limits) throws LinuxException {
        for (Map.Entry<String, SortedMap<String, String>> file : limits.files().entrySet()) {
            String name = file.getKey();
            if (PLACES.contains(name)) {
                String wanted = file.getValue().get("");
                String available = cgroup.read(name + ".effective");
                if (!CpuLists.numbers(available).containsAll(CpuLists.numbers(wanted))) {
                    throw new InvalidConfigException("limits." + name, wanted, "what this host has: " + available);
                }
            } else if (NAMED.contains(name)) {
                Set<String> known = KernelLimits.parse(name, cgroup.read(name)).keySet();
                for (String subject : file.getValue().keySet()) {
                    if (!known.contains(subject)) {
                        String allowed = known.isEmpty() ? "nothing, as this host has none" : String.join(", ", known);
                        throw new InvalidConfigException("limits." + name, subject, allowed);
                    }
                }
            }
        }
    }

    /** Limits a container that is about to start. */
    void apply(String action, Optional<Cgroup> container, Limits limits) throws LinuxException {
        Set<String> lacking = new TreeSet<>(uncontrolled(action, limits));
        Limits controlled = limits.without(lacking);
        if (!controlled.isEmpty()) {
            Cgroup own = container.orElseThrow();
            cgroups.enable(own, controllers(controlled.files().keySet()));
            // A file that has to be there was there when the container was configured.
            Limits kept = controlled.optional().isEmpty() ? controlled : kept(action, own, controlled);
            lacking.addAll(controlled.without(kept.files().keySet()).files().keySet());
            new LimitWriter(cgroups, own).write(kernel(kept).files());
        }
        warn(action, lacking);
    }

    private static void warn(String action, Set<String> lacking) {
        if (!lacking.isEmpty()) {
            LOG.warn("{}: without the limits {}, which this host can't keep; see Host.check()", action, lacking);
        }
    }

    /** Changes the limits of a container that runs, whatever they are: all, or none if one can't be changed. */
    void update(String action, Cgroup container, Limits limits, Collection<Limits> before) throws LinuxException {
        Set<String> lacking = new TreeSet<>(uncontrolled(action, limits));
        Limits controlled = limits.without(lacking);
        cgroups.enable(container, controllers(controlled.files().keySet()));
        Limits kept = kept(action, container, controlled);
        lacking.addAll(controlled.without(kept.files().keySet()).files().keySet());
        Set<String> others = new TreeSet<>();
        before.forEach(earlier -> others.addAll(earlier.files().keySet()));
        SortedMap<String, SortedMap<String, String>> wanted = KernelLimits.none(others);
        wanted.putAll(kernel(kept).files());
        wanted.get(KernelLimits.WEIGHT).putIfAbsent(KernelLimits.DEFAULT, KernelLimits.MEAN);
        LimitWriter writer = new LimitWriter(cgroups, container);
        SortedMap<String, SortedMap<String, String>> old = writer.read(wanted.keySet());
        wanted.keySet().retainAll(old.keySet());
        try {
            writer.change(old, wanted);
        } catch (LinuxException e) {
            writer.restore(old, e);
            throw e;
        }
        warn(action, lacking);
    }

    private static Set<String> controllers(Collection<String> limits) {
        Set<String> names = new TreeSet<>();
        limits.forEach(limit -> names.add(controller(limit)));
        return names;
    }

    private static String controller(String limit) {
        return limit.substring(0, limit.indexOf('.'));
    }

    private static String file(String limit) {
        int blank = limit.indexOf(' ');
        return blank < 0 ? limit : limit.substring(0, blank);
    }
}
