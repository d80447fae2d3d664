package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What the processes of a container begin with: its init and whatever is executed in it. An immutable value: every method
 * that sets something returns a new one. Thread-safe.
 *
 * <pre>{@code
 * config.processes(ProcessSettings.DEFAULT.umask(0027).limit(Resource.CORE, 0, 0).oomScoreAdjust(500))
 * }</pre>
 */
public final class ProcessSettings {
    static final Setting<Map<Resource, ResourceLimit>> LIMITS = Setting.of("limits", Map.of());
    static final Setting<Optional<Integer>> OOM_SCORE_ADJUST = Setting.optional("oomScoreAdjust");
    static final Setting<Integer> UMASK = Setting.of("umask", 0022);
    static final Setting<List<Long>> GROUPS = Setting.of("groups", List.of());

    static final List<Setting<?>> ALL = List.of(LIMITS, OOM_SCORE_ADJUST, UMASK, GROUPS);

    /** What holds unless something else is set. */
    public static final ProcessSettings DEFAULT = new ProcessSettings(Settings.NONE);

    private static final int LOWEST_SCORE = -1000;
    private static final int HIGHEST_SCORE = 1000;
    private static final int HIGHEST_UMASK = 0777;
    private static final int MOST_GROUPS = 1024;
    private static final int LEAST_FILES = 16;

    private final Settings settings;

    private ProcessSettings(Settings settings) {
        this.settings = settings;
    }

    private <T> ProcessSettings with(Setting<T> setting, T value) {
        return new ProcessSettings(settings.with(setting, value));
    }

    /**
     * What processes may use.
     *
     * @return the limits by resource. Of open files it is 1024, and up to 524288 if a process asks, unless set; of others
     *     what the JVM has
     */
    public Map<Resource, ResourceLimit> limits() {
        return settings.get(LIMITS);
    }

    /**
     * The same with another limit. If it is above what the JVM itself may use, a start needs CAP_SYS_RESOURCE.
     *
     * @param resource what is limited
     * @param soft what holds, in the unit of the resource; {@link ResourceLimit#UNLIMITED} for no limit
     * @param hard what a process can raise it to; {@link ResourceLimit#UNLIMITED} for no limit
     * @return the settings
     * @throws InvalidConfigException if one is negative, the soft limit is above the hard one, or that of open files is
     *     below 16
     */
    public ProcessSettings limit(Resource resource, long soft, long hard) {
        Map<Resource, ResourceLimit> all = new EnumMap<>(Resource.class);
        all.putAll(limits());
        try {
            all.put(resource, new ResourceLimit(soft, hard));
        } catch (InvalidConfigException e) {
            throw e.relocated("processes.limits." + resource);
        }
        if (resource == Resource.NOFILE && soft != ResourceLimit.UNLIMITED && soft < LEAST_FILES) {
            throw new InvalidConfigException(
                    "processes.limits." + resource,
                    soft,
                    "a number from " + LEAST_FILES + " on: a start needs as many");
        }
        return with(LIMITS, Collections.unmodifiableMap(all));
    }

    /** {@return what is added to the processes' score when memory is short, or empty if it is the JVM's own} */
    public Optional<Integer> oomScoreAdjust() {
        return settings.get(OOM_SCORE_ADJUST);
    }

    /**
     * The same with another chance to be killed when memory is short, see {@code oom_score_adj} in proc(5).
     *
     * @param score what is added to the score, from -1000 (never killed) to 1000 (first). Less than what the JVM has needs
     *     CAP_SYS_RESOURCE
     * @return the settings
     * @throws InvalidConfigException if it is outside of that range
     */
    public ProcessSettings oomScoreAdjust(int score) {
        if (score < LOWEST_SCORE || score > HIGHEST_SCORE) {
            throw new InvalidConfigException(
                    "processes.oomScoreAdjust", score, "a number from " + LOWEST_SCORE + " to " + HIGHEST_SCORE);
        }
        return with(OOM_SCORE_ADJUST, Optional.of(score));
    }

    /** {@return the permissions that new files don't get, see umask(2); 0022 unless set} */
    public int umask() {
        return settings.get(UMASK);
    }

    /**
     * The same with another umask.
     *
     * @param mask the permissions that new files don't get, 0 to 0777
     * @return the settings
     * @throws InvalidConfigException if it is outside of that range
     */
    public ProcessSettings umask(int mask) {
        if (mask < 0 || mask > HIGHEST_UMASK) {
            throw new InvalidConfigException(
                    "processes.umask", Integer.toOctalString(mask), "permissions from 0 to 777 in octal");
        }
        return with(UMASK, mask);
    }

    /** {@return the supplementary groups of the init; none unless set} */
    public List<Long> groups() {
        return settings.get(GROUPS);
    }

    /**
     * The same with these supplementary groups of the init, and no others. Those of a command are set with {@link
     * Command#groups}. Numbers only, as names would have to be looked up in files of the container.
     *
     * @param gids group ids in the container, 0 to 4294967294
     * @return the settings
     * @throws InvalidConfigException if one isn't a group id, or there are more than 1024
     */
    public ProcessSettings groups(long... gids) {
        TreeSet<Long> sorted = new TreeSet<>();
        for (long gid : gids) {
            sorted.add(Ids.check("processes.groups", gid));
        }
        if (sorted.size() > MOST_GROUPS) {
            throw new InvalidConfigException("processes.groups", sorted.size(), "at most " + MOST_GROUPS + " groups");
        }
        return with(GROUPS, List.copyOf(sorted));
    }

    @Override
    public boolean equals(Object other) {
        return this == other || other instanceof ProcessSettings process && settings.equals(process.settings);
    }

    @Override
    public int hashCode() {
        return Objects.hash(settings);
    }

    /** {@return what is set, in words} */
    @Override
    public String toString() {
        return "ProcessSettings" + settings.show(ALL);
    }
}
