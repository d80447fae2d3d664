package io.lxj.lifecycle;

import io.lxj.config.ClockOffsets;
import io.lxj.config.Config;
import io.lxj.config.IdMap;
import io.lxj.config.IdRange;
import io.lxj.error.InvalidConfigException;
import io.lxj.failure.Failures;
import io.lxj.linux.Deputy;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.Spawned;
import io.lxj.linux.Spawner;
import io.lxj.linux.UserNamespaces;
import io.lxj.plan.SettingsTrial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What processes of a container are to begin with that this host's kernel wouldn't take: refused before anything is made. A
 * score and settings are tried by a process that ends at once.
 */
final class ProcessChecks {
    private static final Path SCORE = Path.of("/proc/self/oom_score_adj");
    private static final Path UPTIME = Path.of("/proc/uptime");

    private static final Set<Errno> OF_VALUES =
            Set.of(Errno.EINVAL, Errno.ERANGE, Errno.E2BIG, Errno.ENAMETOOLONG, Errno.ENOENT);

    /** What is said of a setting of the host that new namespaces don't have, or only show. */
    private static final Set<Errno> OF_HOST_SETTINGS = Set.of(Errno.ENOENT, Errno.EACCES, Errno.EPERM);

    private ProcessChecks() {}

    /** What is the same whatever ids the container will get. */
    static void check(String action, Config config, Optional<Deputy> deputy) {
        try {
            checkClocks(config.clockOffsets());
            trySettings(config, deputy);
        } catch (IOException e) {
            throw Failures.exception(action, e);
        }
    }

    /** Refuses supplementary groups that don't exist in the container. */
    static void checkGroups(Config config, Optional<IdMap> ids) {
        if (ids.isEmpty()) {
            return;
        }
        for (long group : config.processes().groups()) {
            if (ids.get().hostGroup(group).isEmpty()) {
                throw new InvalidConfigException(
                        "processes.groups",
                        group,
                        "groups that the container has: "
                                + ids.get().groups().stream()
                                        .map(ProcessChecks::inside)
                                        .collect(Collectors.joining(", ")));
            }
        }
    }

    private static String inside(IdRange range) {
        return range.inside() + " to " + (range.inside() + range.count() - 1);
    }

    /** No clock is before its beginning, see time_namespaces(7). */
    private static void checkClocks(ClockOffsets offsets) throws IOException {
        checkClock("clockOffsets.monotonic", offsets.monotonic(), Duration.ofNanos(System.nanoTime()));
        if (offsets.boottime().isNegative()) {
            double uptime = Double.parseDouble(Files.readString(UPTIME).split(" ")[0]);
            checkClock("clockOffsets.boottime", offsets.boottime(), Duration.ofMillis((long) (uptime * 1000)));
        }
    }

    private static void checkClock(String field, Duration offset, Duration now) {
        if (offset.isNegative() && offset.plus(now).isNegative()) {
            throw new InvalidConfigException(
                    field, offset, "an offset from -" + now + " on, which is how long this host has been up");
        }
    }

    private static void trySettings(Config config, Optional<Deputy> deputy) throws IOException {
        OptionalInt score = OptionalInt.empty();
        Optional<Integer> wanted = config.processes().oomScoreAdjust();
        if (wanted.isPresent()
                && wanted.get() < Integer.parseInt(Files.readString(SCORE).strip())) {
            score = OptionalInt.of(wanted.get());
        }
        Map<String, String> sysctls = HostSysctls.withoutInterfaces(config.sysctls());
        if (score.isEmpty() && sysctls.isEmpty()) {
            return;
        }
        SettingsTrial trial = SettingsTrial.of(score, sysctls, deputy.isPresent());
        Map<String, Fd> fds = deputy.isPresent() && !sysctls.isEmpty()
                ? Map.of(SettingsTrial.USER_NAMESPACE, deputy.get().userNamespace())
                : Map.of();
        try (Spawned process = Spawner.spawn(trial.program(), fds)) {
            process.waitFor();
            long[] results = process.results();
            refuseHosts(trial.opened(results), deputy.isPresent());
            refuse(score, sysctls, trial.answers(results));
        }
    }

    /**
     * In the /proc of another user namespace, root is denied some that are its own in that of the container; but not those of
     * a network that is its own.
     */
    private static void refuseHosts(Map<String, Long> opened, boolean ofUser) {
        opened.forEach((name, result) -> {
            boolean own = ofUser ? name.startsWith("net.") : UserNamespaces.inFirst();
            Set<Errno> answers = own ? OF_HOST_SETTINGS : Set.of(Errno.ENOENT);
            if (Errno.of((int) -result).filter(answers::contains).isPresent()) {
                throw new InvalidConfigException(
                        "sysctls",
                        name,
                        "settings of a namespace of the container's own: that one is the whole host's, or not to be changed");
            }
        });
    }

    /** What kept the trial itself from being made keeps no container from it, or the start tells. */
    private static void refuse(OptionalInt score, Map<String, String> sysctls, Map<String, Long> answers) {
        if (score.isPresent() && Errno.EACCES.is(answers.getOrDefault(SettingsTrial.SCORE, 0L))) {
            throw new InvalidConfigException(
                    "processes.oomScoreAdjust",
                    score.getAsInt(),
                    "what this process has itself, or more: less than it was given needs CAP_SYS_RESOURCE");
        }
        sysctls.forEach((name, value) -> {
            Optional<Errno> answer =
                    Errno.of((int) -answers.getOrDefault(name, 0L)).filter(OF_VALUES::contains);
            if (answer.isPresent()) {
                throw new InvalidConfigException(
                        "sysctls." + name, value, "values that the kernel takes; it answers " + answer.get());
            }
        });
    }
}
