package io.lxj.config;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Values as JSON. */
final class JsonForm {
    private JsonForm() {}

    static JsonElement text(Object value) {
        return new JsonPrimitive(value.toString());
    }

    static Optional<JsonElement> optional(Optional<?> value) {
        return value.isPresent() ? Optional.of(text(value.get())) : Optional.empty();
    }

    static JsonElement constant(Enum<?> value) {
        return new JsonPrimitive(Enums.text(value));
    }

    static <T> JsonElement list(Iterable<T> values, Function<T, JsonElement> form) {
        JsonArray array = new JsonArray();
        for (T value : values) {
            array.add(form.apply(value));
        }
        return array;
    }

    static JsonElement texts(List<String> values) {
        JsonArray array = new JsonArray();
        for (String value : values) {
            array.add(value);
        }
        return array;
    }

    static JsonElement texts(Map<String, String> values) {
        JsonObject object = new JsonObject();
        for (Map.Entry<String, String> entry : values.entrySet()) {
            object.addProperty(entry.getKey(), entry.getValue());
        }
        return object;
    }
}
