package io.lxj.config;

import com.google.gson.JsonObject;
import io.lxj.error.InvalidConfigException;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** The fields of a JSON object. It remembers which were asked for: after that, whatever else is there is refused. */
final class JsonFields {
    private final JsonObject object;
    private final String path;
    private final Set<String> known = new LinkedHashSet<>();

    JsonFields(JsonObject object, String path) {
        this.object = object;
        this.path = path;
    }

    Set<String> names() {
        return object.keySet();
    }

    JsonValue required(String name) {
        Optional<JsonValue> value = optional(name);
        if (value.isEmpty()) {
            throw InvalidConfigException.missing(JsonValue.key(path, name));
        }
        return value.get();
    }

    Optional<JsonValue> optional(String name) {
        known.add(name);
        return object.has(name)
                ? Optional.of(new JsonValue(object.get(name), JsonValue.key(path, name)))
                : Optional.empty();
    }

    String string(String name) {
        return required(name).string();
    }

    int integer(String name) {
        return required(name).integer();
    }

    int integer(String name, int otherwise) {
        Optional<JsonValue> value = optional(name);
        return value.isPresent() ? value.get().integer() : otherwise;
    }

    boolean bool(String name, boolean otherwise) {
        Optional<JsonValue> value = optional(name);
        return value.isPresent() ? value.get().bool() : otherwise;
    }

    <E extends Enum<E>> E constant(String name, E otherwise) {
        Optional<JsonValue> value = optional(name);
        return value.isPresent() ? value.get().constant(otherwise.getDeclaringClass()) : otherwise;
    }

    int mode(String name, int otherwise) {
        Optional<JsonValue> value = optional(name);
        return value.isPresent() ? FileMode.read(value.get()) : otherwise;
    }

    Optional<ByteSize> size(String name) {
        Optional<JsonValue> value = optional(name);
        return value.isPresent() ? Optional.of(value.get().parsed(ByteSize::parse)) : Optional.empty();
    }

    /** Refuses what nobody asked for: it is a typing error, or means something to a later version. */
    void refuseOthers() {
        for (String name : names()) {
            if (!known.contains(name)) {
                throw InvalidConfigException.unknown(JsonValue.key(path, name), known);
            }
        }
    }
}
