package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** All that a {@link Config} has, in the order in which it is shown and stored, with its initial values. */
final class ConfigSettings {
    static final Setting<String> IMAGE = Setting.of("image", "");
    static final Setting<Optional<String>> HOSTNAME = Setting.optional("hostname");
    static final Setting<List<String>> INIT = Setting.of("init", List.of());
    static final Setting<Map<String, String>> ENVIRONMENT = Setting.secrets("environment");
    static final Setting<Map<String, String>> CREDENTIALS = Setting.secrets("credentials");
    static final Setting<Map<String, InetSocketAddress>> LISTEN = Setting.of("listen", Map.of());
    static final Setting<String> WORKING_DIRECTORY = Setting.of("workingDirectory", "/");
    static final Setting<List<Mount>> MOUNTS = Setting.of("mounts", List.of());
    static final Setting<List<Device>> DEVICES = Setting.of("devices", List.of());
    static final Setting<Security> SECURITY = Setting.of("security", Security.DEFAULT);
    static final Setting<ProcessSettings> PROCESSES = Setting.of("processes", ProcessSettings.DEFAULT);
    static final Setting<Limits> LIMITS = Setting.of("limits", Limits.NONE);
    static final Setting<Map<String, String>> SYSCTLS = Setting.of("sysctls", Map.of());
    static final Setting<ClockOffsets> CLOCK_OFFSETS = Setting.of("clockOffsets", ClockOffsets.NONE);
    static final Setting<Boolean> PRIVILEGED = Setting.of("privileged", false);
    static final Setting<Optional<IdMap>> ID_MAP = Setting.optional("idMap");
    static final Setting<Integer> NESTING = Setting.of("nesting", 0);
    static final Setting<Storage> STORAGE = Setting.of("storage", Storage.OVERLAY);
    static final Setting<ConsoleSettings> CONSOLE = Setting.of("console", ConsoleSettings.DEFAULT);
    static final Setting<Integer> TTYS = Setting.of("ttys", 0);
    static final Setting<Optional<Signal>> STOP_SIGNAL = Setting.optional("stopSignal");
    static final Setting<Optional<Signal>> REBOOT_SIGNAL = Setting.optional("rebootSignal");
    static final Setting<Duration> STOP_TIMEOUT = Setting.of("stopTimeout", Duration.ofSeconds(30));
    static final Setting<OnExit> ON_EXIT = Setting.of("onExit", OnExit.KILL);
    static final Setting<Map<String, String>> LABELS = Setting.of("labels", Map.of());

    static final List<Setting<?>> ALL = List.of(
            IMAGE,
            HOSTNAME,
            INIT,
            ENVIRONMENT,
            CREDENTIALS,
            LISTEN,
            WORKING_DIRECTORY,
            MOUNTS,
            DEVICES,
            SECURITY,
            PROCESSES,
            LIMITS,
            SYSCTLS,
            CLOCK_OFFSETS,
            PRIVILEGED,
            ID_MAP,
            NESTING,
            STORAGE,
            CONSOLE,
            TTYS,
            STOP_SIGNAL,
            REBOOT_SIGNAL,
            STOP_TIMEOUT,
            ON_EXIT,
            LABELS);

    private ConfigSettings() {}

    /** The setting of a name that can be taken back: all but the image, without which there is no container. */
    static Setting<?> optional(String name) {
        Objects.requireNonNull(name, "name");
        for (Setting<?> setting : ALL) {
            if (setting != IMAGE && setting.name().equals(name)) {
                return setting;
            }
        }
        List<Setting<?>> others = ALL.subList(1, ALL.size());
        throw new InvalidConfigException("without", name, "one of " + others);
    }
}
