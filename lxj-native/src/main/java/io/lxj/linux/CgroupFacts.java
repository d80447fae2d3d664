package io.lxj.linux;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** What can be done with cgroups here. Immutable and thread-safe. */
final class CgroupFacts {
    private static final int W_OK = 2;
    private static final String TRIAL = "lxj-trial-";
    private static final AtomicInteger COUNTER = new AtomicInteger();

    private static final Map<ProbedFeature, String> CONTROLLERS = Map.of(
            ProbedFeature.CPU_CONTROLLER, "cpu",
            ProbedFeature.CPUSET_CONTROLLER, "cpuset",
            ProbedFeature.IO_CONTROLLER, "io",
            ProbedFeature.MEMORY_CONTROLLER, "memory",
            ProbedFeature.PIDS_CONTROLLER, "pids",
            ProbedFeature.HUGETLB_CONTROLLER, "hugetlb",
            ProbedFeature.RDMA_CONTROLLER, "rdma",
            ProbedFeature.MISC_CONTROLLER, "misc");
    private static final Map<ProbedFeature, String> FILES = Map.of(
            ProbedFeature.CGROUP_KILL, "cgroup.kill",
            ProbedFeature.CGROUP_FREEZE, "cgroup.freeze");

    private final List<MountInfo> mounts;
    private final Map<ProbedFeature, Outcome> outcomes;

    private CgroupFacts(List<MountInfo> mounts, Map<ProbedFeature, Outcome> outcomes) {
        this.mounts = mounts;
        this.outcomes = outcomes;
    }

    /**
     * Looks at the cgroups of the host.
     *
     * @return the cgroup that this process is in, or the uppermost that it sees; to be closed by the caller
     */
    static Optional<Cgroup> report(Map<ProbedFeature, Outcome> outcomes) throws LinuxException {
        try (ProcFs proc = ProcFs.open(Path.of("/proc"))) {
            List<MountInfo> mounts = MountInfo.own(proc);
            CgroupFacts facts = new CgroupFacts(mounts, outcomes);
            Optional<CgroupMount> mount = CgroupMount.find(mounts);
            if (mount.isEmpty()) {
                facts.without();
                return Optional.empty();
            }
            Cgroup own = own(proc, mount.get());
            try {
                facts.with(mount.get(), own);
                return Optional.of(own);
            } catch (LinuxException | RuntimeException | Error e) {
                own.close();
                throw e;
            }
        }
    }

    private static Cgroup own(ProcFs proc, CgroupMount mount) throws LinuxException {
        try {
            return mount.openOwn(proc);
        } catch (LinuxException e) {
            // Outside of what is mounted here, as in some containers.
            return mount.open();
        }
    }

    private void without() {
        String seen = mounts.stream()
                .filter(mount -> mount.type().equals("cgroup2"))
                .findFirst()
                .map(mount -> "the one at " + mount.mountPoint() + " is covered, or not accessible")
                .orElse(CgroupLayout.of(mounts).text());
        outcomes.put(ProbedFeature.CGROUP_HIERARCHY, Outcome.no(seen, CgroupMount.advice()));
        List<ProbedFeature> others = new ArrayList<>(CONTROLLERS.keySet());
        others.addAll(FILES.keySet());
        others.addAll(List.of(ProbedFeature.CGROUP_DELEGATION, ProbedFeature.CLONE_INTO_CGROUP));
        String name = ProbedFeature.CGROUP_HIERARCHY.title();
        others.forEach(feature -> outcomes.put(feature, Outcome.no("not there without " + name, "see " + name)));
    }

    private void with(CgroupMount mount, Cgroup own) throws LinuxException {
        outcomes.put(
                ProbedFeature.CGROUP_HIERARCHY,
                Outcome.yes(mount.path() + ", " + CgroupLayout.of(mounts).name().toLowerCase(Locale.ROOT)));
        boolean writable = isWritable(own);
        outcomes.put(
                ProbedFeature.CGROUP_DELEGATION,
                writable
                        ? Outcome.yes(own.path())
                        : Outcome.no(
                                own.path() + " can't be written",
                                Kernel.call(Syscall.GETEUID) == 0 ? "see place of cgroups" : ""));
        Set<String> available = own.controllers().available();
        CONTROLLERS.forEach((feature, name) -> outcomes.put(feature, controller(name, available.contains(name))));
        files(own, writable);
    }

    private Outcome controller(String name, boolean available) {
        if (available) {
            return Outcome.yes("");
        }
        return firstVersion(name)
                .map(mount -> Outcome.no(
                        "bound to cgroup v1, " + mount.mountPoint(),
                        "boot with systemd.unified_cgroup_hierarchy=1, or with cgroup_no_v1=all"))
                .orElseGet(() -> Outcome.no(
                        "not in cgroup.controllers",
                        "use a kernel with it, or have it delegated to this cgroup by the one above"));
    }

    private Optional<MountInfo> firstVersion(String controller) {
        String name = controller.equals("io") ? "blkio" : controller;
        return mounts.stream()
                .filter(mount ->
                        mount.type().equals("cgroup") && mount.superOptions().contains(name))
                .findFirst();
    }

    /** The root cgroup hasn't got these files, any other one has. */
    private void files(Cgroup own, boolean writable) throws LinuxException {
        if (own.has("cgroup.events")) {
            files(own);
            return;
        }
        for (String name : own.children()) {
            try (Cgroup child = own.open(name)) {
                files(child);
                return;
            } catch (LinuxException e) {
                if (!e.is(Errno.ENOENT) && !e.is(Errno.ENODEV)) {
                    throw e;
                }
            }
        }
        if (!writable) {
            FILES.keySet().forEach(feature -> outcomes.put(feature, Outcome.no("no cgroup to look at", "run as root")));
            return;
        }
        trial(own);
    }

    /** A host that has no cgroup but the root. */
    private void trial(Cgroup own) throws LinuxException {
        String name = TRIAL + ProcessHandle.current().pid() + "-" + COUNTER.incrementAndGet();
        try (Cgroup child = own.create(name)) {
            try {
                files(child);
            } finally {
                own.removeEmpty(name);
            }
        }
    }

    private void files(Cgroup cgroup) throws LinuxException {
        for (Map.Entry<ProbedFeature, String> file : FILES.entrySet()) {
            outcomes.put(
                    file.getKey(), cgroup.has(file.getValue()) ? Outcome.yes("") : Outcome.no("not in this kernel"));
        }
    }

    private static boolean isWritable(Cgroup cgroup) {
        try (Scratch scratch = Scratch.open()) {
            return cgroup.fd().call(Syscall.FACCESSAT2, scratch.string(""), W_OK, Open.AT_EMPTY_PATH | Open.AT_EACCESS)
                    == 0;
        }
    }
}
