package io.lxj.lifecycle;

import io.lxj.config.Capability;
import io.lxj.config.ClockOffsets;
import io.lxj.config.Config;
import io.lxj.config.ProcessSettings;
import io.lxj.config.Resource;
import io.lxj.config.Security;
import io.lxj.error.InvalidConfigException;
import io.lxj.failure.Failures;
import io.lxj.linux.Architecture;
import io.lxj.linux.Block;
import io.lxj.linux.Deputy;
import io.lxj.linux.Kernel;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Scratch;
import io.lxj.linux.SeccompFilter;
import io.lxj.linux.Syscall;
import io.lxj.plan.Confinement;
import io.lxj.plan.ProcessSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The privileges that lxj gives to containers, as far as the privileges of this process go. Filters of system calls are
 * compiled once. Thread-safe.
 */
final class Confinements {
    private static final long MAX_OPEN_FILES = 524_288;
    private static final long CAPABILITY_VERSION_3 = 0x20080522L;

    /** How many are remembered: whoever makes more profiles than that has them compiled again. */
    private static final int REMEMBERED = 64;

    private final long permitted;
    private final long openFiles;
    private final Optional<Deputy> deputy;
    private final Map<Key, Confinement> known = new ConcurrentHashMap<>();
    // Most containers have the default, whose rules need not be compared then.
    private final AtomicReferenceArray<Confinement> standard = new AtomicReferenceArray<>(4);

    private record Key(
            Security security,
            ProcessSettings processes,
            Map<String, String> sysctls,
            ClockOffsets clocks,
            boolean userNamespace,
            boolean cgroup) {
        static Key of(Config config, boolean userNamespace, boolean cgroup) {
            return new Key(
                    config.security(),
                    config.processes(),
                    config.sysctls(),
                    config.clockOffsets(),
                    userNamespace,
                    cgroup);
        }

        boolean isStandard() {
            return security == Security.DEFAULT
                    && processes == ProcessSettings.DEFAULT
                    && sysctls.isEmpty()
                    && clocks == ClockOffsets.NONE;
        }
    }

    private Confinements(long permitted, long openFiles, Optional<Deputy> deputy) {
        this.deputy = deputy;
        this.permitted = permitted;
        this.openFiles = openFiles;
    }

    static Confinements ofThisProcess(Optional<Deputy> deputy) throws LinuxException {
        long own = HostLimits.hard(Resource.NOFILE.number());
        // By that the kernel counts what a user has in flight, see unix(7), which a container that is this user must
        // not
        // use up.
        boolean shared = deputy.isPresent() && !deputy.get().hasSeveralIds();
        long most = shared ? own - own / 4 : own;
        return new Confinements(permitted(), Math.min(most, MAX_OPEN_FILES), deputy);
    }

    /** The privileges of a container, which has a cgroup or has none; a bad one is refused here. */
    Confinement of(Config config, boolean userNamespace, boolean cgroup) {
        Key key = Key.of(config, userNamespace, cgroup);
        if (key.isStandard()) {
            int index = (userNamespace ? 1 : 0) + (cgroup ? 2 : 0);
            Confinement made = standard.get(index);
            if (made == null) {
                made = make(key);
                standard.set(index, made);
            }
            return made;
        }
        if (known.size() > REMEMBERED) {
            known.clear();
        }
        return known.computeIfAbsent(key, this::make);
    }

    private Confinement make(Key key) {
        Security security = key.security();
        boolean userNamespace = key.userNamespace();
        // Root of a user namespace has all capabilities in it; the kernel leaves out those that it doesn't know.
        long owned = userNamespace ? -1 : permitted;
        List<Integer> dropped = new ArrayList<>();
        for (Capability capability : security.capabilities().allDropped(userNamespace)) {
            dropped.add(capability.number());
        }
        for (Capability capability : security.capabilities().kept()) {
            if ((owned >>> capability.number() & 1) == 0) {
                throw InvalidConfigException.problem(
                        "security.capabilities.keep",
                        capability + " can't be given to the container, as this process doesn't have it",
                        "capabilities that the process has that runs lxj");
            }
        }
        Confinement open = new Confinement(
                dropped,
                owned,
                openFiles,
                security.isNoNewPrivileges(),
                Optional.empty(),
                SecurityLabels.of(security),
                process(key));
        if (!security.seccomp().isFilter()) {
            return open;
        }
        Optional<SeccompFilter> ready = ReadyFilters.of(security, userNamespace, Architecture.current());
        if (ready.isPresent()) {
            return open.with(ready.get());
        }
        SeccompPolicies policies = new SeccompPolicies(
                open.remaining(), userNamespace, Architecture.current(), System.getProperty("os.version"));
        return open.with(policies.filter(security.seccomp()));
    }

    private ProcessSpec process(Key key) {
        ProcessSettings settings = key.processes();
        try {
            HostLimits.check(settings.limits(), permitted);
        } catch (LinuxException e) {
            throw Failures.exception("look at the limits of this host", e);
        }
        Map<Integer, ProcessSpec.Limit> limits = new HashMap<>();
        settings.limits()
                .forEach((resource, limit) ->
                        limits.put(resource.number(), new ProcessSpec.Limit(limit.soft(), limit.hard())));
        List<Integer> groups = new ArrayList<>();
        for (long gid : settings.groups()) {
            groups.add((int) gid);
        }
        OptionalInt score = settings.oomScoreAdjust().isPresent()
                ? OptionalInt.of(settings.oomScoreAdjust().get())
                : OptionalInt.empty();
        Optional<ProcessSpec.Clocks> clocks =
                key.clocks().monotonic().isZero() && key.clocks().boottime().isZero()
                        ? Optional.empty()
                        : Optional.of(new ProcessSpec.Clocks(
                                key.clocks().monotonic(), key.clocks().boottime()));
        return new ProcessSpec(
                limits, score, settings.umask(), groups, key.sysctls(), clocks, !key.userNamespace(), deputized(key));
    }

    private Optional<ProcessSpec.Deputized> deputized(Key key) {
        return deputy.map(own -> new ProcessSpec.Deputized(key.cgroup(), own.hasSeveralIds()));
    }

    private static long permitted() throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block header = scratch.zeroed(8);
            Block sets = scratch.zeroed(24);
            header.buffer().putLong(0, CAPABILITY_VERSION_3);
            long result = Kernel.call(Syscall.CAPGET, header.address(), sets.address());
            if (result < 0) {
                throw LinuxException.of(result, "capget", "_LINUX_CAPABILITY_VERSION_3", 0);
            }
            long low = sets.buffer().getInt(4) & 0xFFFFFFFFL;
            long high = sets.buffer().getInt(16) & 0xFFFFFFFFL;
            return low | (high << 32);
        }
    }
}
