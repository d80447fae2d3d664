package io.lxj.linux;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Finds out what the kernel and the setup of this host offer to this process, by trying it. Nothing is derived from
 * version numbers: distributions backport features, and seccomp filters, security modules and containers take them away.
 * Thread-safe.
 */
public final class KernelFeatures {
    private final Map<ProbedFeature, Outcome> outcomes = new EnumMap<>(ProbedFeature.class);
    private final HostFacts facts = new HostFacts();

    private KernelFeatures() {}

    /**
     * Tries everything. Namespaces and mounts are tried in a process that ends with them, so nothing stays; a cgroup is
     * made, and removed, only where the host has none yet to look at. The kernel may load the module of a file system
     * that is tried. Without CAP_SYS_ADMIN, namespaces and mounts are tried in a user namespace. This takes some
     * milliseconds, and never fails: what can't be found out is reported as not available.
     *
     * @return all features, always the same ones in the same order; unmodifiable
     */
    public static List<KernelFeature> probe() {
        KernelFeatures features = new KernelFeatures();
        features.run();
        return Arrays.stream(ProbedFeature.values())
                .map(feature -> feature.report(features.outcomes.getOrDefault(feature, Outcome.NOT_FOUND_OUT)))
                .toList();
    }

    private void run() {
        facts.report(outcomes);
        HostServices.report(outcomes);
        executableMemfd();
        deviceFilter();
        try (Cgroup cgroup = cgroup().orElse(null)) {
            trial(Optional.ofNullable(cgroup));
        }
        for (ProbedFeature feature : List.of(ProbedFeature.DEVICE_FILTER, ProbedFeature.CLONE_INTO_CGROUP)) {
            outcomes.computeIfPresent(feature, (key, outcome) -> outcome.notByUserNamespace());
        }
        if (!UserNamespaces.inFirst()) {
            outcomes.computeIfPresent(
                    ProbedFeature.DEVICE_FILTER,
                    (key, outcome) -> outcome.available()
                            ? outcome
                            : outcome.advised("not needed: the container around decides which devices there are"));
        }
        Outcome own = outcomes.get(ProbedFeature.CGROUP_DELEGATION);
        if (own != null && !own.available()) {
            outcomes.computeIfPresent(
                    ProbedFeature.CLONE_INTO_CGROUP,
                    (key, outcome) -> outcome.available() || outcome.detail().startsWith("not there")
                            ? outcome
                            : outcome.advised("see " + ProbedFeature.CGROUP_DELEGATION.title()));
        }
        Outcome user = outcomes.get(ProbedFeature.USER_NAMESPACE);
        if (user != null && !user.available()) {
            String name = ProbedFeature.USER_NAMESPACE.title();
            outcomes.put(ProbedFeature.IDMAPPED_MOUNT, Outcome.no("not tried without " + name, "see " + name));
            if (!facts.isPrivileged()) {
                outcomes.put(ProbedFeature.USER_NAMESPACE, user.advised(UserNamespaces.advice(user)));
            }
        }
        if (!facts.isPrivileged()) {
            // Then both were tried there anyway.
            Outcome proc = outcomes.getOrDefault(ProbedFeature.PROC, Outcome.NOT_FOUND_OUT);
            Outcome sysfs = outcomes.getOrDefault(ProbedFeature.SYSFS, Outcome.NOT_FOUND_OUT);
            outcomes.put(ProbedFeature.OF_CONTAINERS, proc.available() ? sysfs : proc);
        }
        Map<ProbedFeature, Supplier<String>> visible = Map.of(
                ProbedFeature.PROC, () -> FullyVisible.advice("proc"),
                ProbedFeature.SYSFS, () -> FullyVisible.advice("sysfs"),
                ProbedFeature.OF_CONTAINERS, FullyVisible::advice);
        visible.forEach((feature, advice) -> outcomes.computeIfPresent(
                feature,
                (key, outcome) -> outcome.detail().equals("fsmount: EPERM") ? outcome.advised(advice.get()) : outcome));
    }

    private Optional<Cgroup> cgroup() {
        try {
            return CgroupFacts.report(outcomes);
        } catch (LinuxException e) {
            outcomes.put(ProbedFeature.CGROUP_HIERARCHY, Outcome.failed(e, facts.isPrivileged()));
            return Optional.empty();
        }
    }

    private void executableMemfd() {
        String setting = HostFacts.read("/proc/sys/vm/memfd_noexec")
                .map(value -> "vm.memfd_noexec=" + value)
                .orElse("");
        try (Fd memfd = StageFile.memfd().orElse(null)) {
            outcomes.put(ProbedFeature.EXECUTABLE_MEMFD, memfd == null ? Outcome.no(setting) : Outcome.yes(setting));
        } catch (LinuxException e) {
            outcomes.put(ProbedFeature.EXECUTABLE_MEMFD, Outcome.failed(e, facts.isPrivileged()));
        }
    }

    private void deviceFilter() {
        try (Fd program = BpfDevices.load(DeviceFilter.of(List.of()).program())) {
            outcomes.put(ProbedFeature.DEVICE_FILTER, program.isOpen() ? Outcome.yes("") : Outcome.no(""));
        } catch (LinuxException e) {
            outcomes.put(ProbedFeature.DEVICE_FILTER, Outcome.failed(e, facts.isPrivileged()));
        }
    }

    private void trial(Optional<Cgroup> cgroup) {
        TrialProgram trial =
                TrialProgram.of(facts.isPrivileged(), cgroup.isPresent(), (int) Kernel.call(Syscall.GETEUID), (int)
                        Kernel.call(Syscall.GETGID));
        Map<String, Fd> fds =
                cgroup.map(own -> Map.of(TrialProgram.CGROUP, own.fd())).orElse(Map.of());
        try (Spawned spawned = Spawner.spawn(trial.program(), fds)) {
            outcomes.put(ProbedFeature.STAGE, Outcome.yes(StageFile.form()));
            WaitStatus end = spawned.waitFor();
            int sibling = (int) spawned.readLong(trial.sibling());
            if (sibling > 0) {
                try (Pidfd process = Pidfd.open(sibling)) {
                    process.waitFor();
                }
            }
            outcomes.putAll(trial.trials().outcomes(spawned, end, facts.isPrivileged()));
        } catch (LinuxException e) {
            String advice = Outcome.failed(e, true).advice();
            outcomes.putIfAbsent(
                    ProbedFeature.STAGE, Outcome.no(e.getMessage(), e.hint().orElse(advice)));
        }
    }
}
