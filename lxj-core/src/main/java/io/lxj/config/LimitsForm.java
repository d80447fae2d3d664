package io.lxj.config;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.lxj.error.InvalidConfigException;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@link Limits} as JSON: by their names; those that may be dropped are in an object of their own. */
final class LimitsForm {
    private static final String IF_SUPPORTED = "ifSupported";

    private LimitsForm() {}

    static Optional<JsonElement> write(Limits limits) {
        if (limits.isEmpty()) {
            return Optional.empty();
        }
        SortedMap<String, String> required = new TreeMap<>(limits.files());
        required.keySet().removeAll(limits.optional());
        JsonObject object = JsonForm.texts(required).getAsJsonObject();
        if (!limits.optional().isEmpty()) {
            SortedMap<String, String> optional = new TreeMap<>(limits.files());
            optional.keySet().retainAll(limits.optional());
            object.add(IF_SUPPORTED, JsonForm.texts(optional));
        }
        return Optional.of(object);
    }

    static Limits read(JsonValue value) {
        JsonFields fields = value.fields();
        Map<String, String> limits = new TreeMap<>();
        Map<String, String> optional = new TreeMap<>();
        for (String name : fields.names()) {
            if (name.equals(IF_SUPPORTED)) {
                optional.putAll(fields.required(name).strings());
            } else {
                limits.put(name, fields.required(name).string());
            }
        }
        for (String name : optional.keySet()) {
            if (limits.containsKey(name)) {
                throw InvalidConfigException.problem(
                        "limits." + name, "is there twice", "either with the others or in " + IF_SUPPORTED);
            }
        }
        limits.putAll(optional);
        return Limits.of(limits, optional.keySet());
    }
}
