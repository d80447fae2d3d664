package io.lxj.config;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.lxj.error.InvalidConfigException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A {@link Config} as JSON text and back. What is read passes through the same methods that a program would call, so
 * that there is one place for the rules of each field. Plain switches and no table of lambdas, because each of those is
 * a class that a fresh JVM has to spin before its first container starts.
 */
final class ConfigCodec {
    private static final int FORMAT = 1;
    private static final String FORMAT_KEY = "format";

    private ConfigCodec() {}

    static String write(Config config) {
        JsonObject object = new JsonObject();
        object.addProperty(FORMAT_KEY, FORMAT);
        for (Setting<?> setting : ConfigSettings.ALL) {
            Optional<JsonElement> element = element(config, setting.name());
            if (element.isPresent()) {
                object.add(setting.name(), element.get());
            }
        }
        return JsonOutput.print(object);
    }

    static Config read(String text) {
        JsonFields fields = JsonInput.parse(text).fields();
        JsonValue format = fields.required(FORMAT_KEY);
        if (format.integer() != FORMAT) {
            throw format.notAllowed(FORMAT + "; another was written by another version of lxj");
        }
        fields.required(ConfigSettings.IMAGE.name());
        Config config = Config.empty();
        for (Setting<?> setting : ConfigSettings.ALL) {
            Optional<JsonValue> value = fields.optional(setting.name());
            if (value.isPresent()) {
                config = with(config, setting.name(), value.get());
            }
        }
        fields.refuseOthers();
        return config;
    }

    /** A setting of a configuration as JSON, or nothing if it is left out. */
    private static Optional<JsonElement> element(Config config, String setting) {
        switch (setting) {
            case "image":
                return Optional.of(JsonForm.text(config.image()));
            case "hostname":
                return JsonForm.optional(config.hostname());
            case "init":
                return config.init().isEmpty() ? Optional.empty() : Optional.of(JsonForm.texts(config.init()));
            case "environment":
                return Optional.of(JsonForm.texts(config.environment()));
            case "credentials":
                return config.credentials().isEmpty()
                        ? Optional.empty()
                        : Optional.of(JsonForm.texts(config.credentials()));
            case "listen":
                return config.listen().isEmpty() ? Optional.empty() : Optional.of(addresses(config));
            case "workingDirectory":
                return Optional.of(JsonForm.text(config.workingDirectory()));
            case "mounts":
                return Optional.of(JsonForm.list(config.mounts(), MountForm::write));
            case "devices":
                return Optional.of(JsonForm.list(config.devices(), DeviceForm::write));
            case "security":
                return SecurityForm.write(config.security());
            case "processes":
                return ProcessForm.write(config.processes());
            case "limits":
                return LimitsForm.write(config.limits());
            case "sysctls":
                return config.sysctls().isEmpty() ? Optional.empty() : Optional.of(JsonForm.texts(config.sysctls()));
            case "clockOffsets":
                return clockOffsets(config.clockOffsets());
            case "privileged":
                return config.isPrivileged() ? Optional.of(new JsonPrimitive(true)) : Optional.empty();
            case "idMap":
                return config.idMap().map(IdMapForm::write);
            case "nesting":
                return config.nesting() == 0 ? Optional.empty() : Optional.of(new JsonPrimitive(config.nesting()));
            case "storage":
                return Optional.of(JsonForm.constant(config.storage()));
            case "console":
                return Optional.of(ConsoleForm.write(config.console()));
            case "ttys":
                return config.ttys() == 0 ? Optional.empty() : Optional.of(new JsonPrimitive(config.ttys()));
            case "stopSignal":
                return JsonForm.optional(config.stopSignal());
            case "rebootSignal":
                return JsonForm.optional(config.rebootSignal());
            case "stopTimeout":
                return Optional.of(JsonForm.text(config.stopTimeout()));
            case "onExit":
                return Optional.of(JsonForm.constant(config.onExit()));
            case "labels":
                return Optional.of(JsonForm.texts(config.labels()));
            default:
                throw new IllegalStateException(setting + " has no JSON form");
        }
    }

    private static Config with(Config config, String setting, JsonValue value) {
        switch (setting) {
            case "image":
                return config.image(value.parsed(Names::image));
            case "hostname":
                return config.hostname(value.string());
            case "init":
                return withInit(config, value.list(JsonValue::string));
            case "environment":
                return config.environment(value.strings());
            case "credentials":
                return config.credentials(value.strings());
            case "listen":
                return config.listen(addresses(value.fields()));
            case "workingDirectory":
                return config.workingDirectory(value.string());
            case "mounts":
                return config.mounts(value.list(MountForm::read));
            case "devices":
                return config.devices(value.list(DeviceForm::read));
            case "security":
                return config.security(SecurityForm.read(value));
            case "processes":
                return config.processes(ProcessForm.read(value));
            case "limits":
                return config.limits(LimitsForm.read(value));
            case "sysctls":
                return config.sysctls(value.strings());
            case "clockOffsets":
                return config.clockOffsets(clockOffsets(value.fields()));
            case "privileged":
                return value.bool() ? config.privileged() : config;
            case "idMap":
                return withIdMap(config, value);
            case "nesting":
                return withNesting(config, value);
            case "storage":
                return config.storage(value.constant(Storage.class));
            case "console":
                return config.console(ConsoleForm.read(value));
            case "ttys":
                return config.ttys(value.integer());
            case "stopSignal":
                return config.stopSignal(value.parsed(Signal::parse));
            case "rebootSignal":
                return config.rebootSignal(value.parsed(Signal::parse));
            case "stopTimeout":
                return config.stopTimeout(duration(value));
            case "onExit":
                return config.onExit(value.constant(OnExit.class));
            case "labels":
                return config.labels(value.strings());
            default:
                throw new IllegalStateException(setting + " has no JSON form");
        }
    }

    private static JsonElement addresses(Config config) {
        JsonObject object = new JsonObject();
        config.listen().forEach((name, address) -> object.addProperty(name, ListenAddress.text(address)));
        return object;
    }

    private static Map<String, InetSocketAddress> addresses(JsonFields fields) {
        Map<String, InetSocketAddress> addresses = new LinkedHashMap<>();
        for (String name : fields.names()) {
            addresses.put(name, fields.required(name).parsed(ListenAddress::parse));
        }
        return addresses;
    }

    private static Optional<JsonElement> clockOffsets(ClockOffsets offsets) {
        if (offsets.equals(ClockOffsets.NONE)) {
            return Optional.empty();
        }
        JsonObject object = new JsonObject();
        object.add("monotonic", JsonForm.text(offsets.monotonic()));
        object.add("boottime", JsonForm.text(offsets.boottime()));
        return Optional.of(object);
    }

    private static ClockOffsets clockOffsets(JsonFields fields) {
        Duration monotonic = duration(fields.required("monotonic"));
        Duration boottime = duration(fields.required("boottime"));
        fields.refuseOthers();
        return new ClockOffsets(monotonic, boottime);
    }

    private static Config withIdMap(Config config, JsonValue value) {
        if (config.isPrivileged()) {
            throw InvalidConfigException.problem("idMap", "is set", "nothing beside privileged");
        }
        return config.idMap(IdMapForm.read(value));
    }

    private static Config withNesting(Config config, JsonValue value) {
        if (config.isPrivileged() || config.idMap().isPresent()) {
            throw InvalidConfigException.problem("nesting", "is set", "nothing beside privileged or idMap");
        }
        return config.nesting(value.integer());
    }

    private static Config withInit(Config config, List<String> init) {
        if (init.isEmpty()) {
            return config;
        }
        return config.init(init.get(0), init.subList(1, init.size()).toArray(new String[0]));
    }

    private static Duration duration(JsonValue value) {
        try {
            return Duration.parse(value.string());
        } catch (DateTimeParseException malformed) {
            throw value.notAllowed("a duration as in ISO 8601, for example PT30S");
        }
    }
}
