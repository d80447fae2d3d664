package io.lxj.storage;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.lxj.error.CorruptStateException;
import io.lxj.error.InvalidConfigException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The fields of a JSON object that lxj wrote. Whatever isn't as it was written is an error that names the file and the
 * field. A field that isn't asked for is ignored: a later version of lxj may have written it.
 */
final class JsonFields {
    private final String file;
    private final JsonObject object;

    private JsonFields(String file, JsonObject object) {
        this.file = file;
        this.object = object;
    }

    static JsonFields parse(String file, String text) {
        try {
            return new JsonFields(file, JsonParser.parseString(text).getAsJsonObject());
        } catch (JsonParseException | IllegalStateException e) {
            throw new CorruptStateException(file, "not a JSON object", e);
        }
    }

    <T> T object(String name, Function<JsonFields, T> make) {
        return read(name, element -> make.apply(new JsonFields(file, element.getAsJsonObject())));
    }

    <T> Optional<T> optionalObject(String name, Function<JsonFields, T> make) {
        return has(name) ? Optional.of(object(name, make)) : Optional.empty();
    }

    boolean has(String name) {
        return object.has(name) && !object.get(name).isJsonNull();
    }

    String string(String name) {
        return read(name, JsonElement::getAsString);
    }

    int integer(String name) {
        return read(name, JsonElement::getAsInt);
    }

    long number(String name) {
        return read(name, JsonElement::getAsLong);
    }

    Instant instant(String name) {
        return read(name, element -> Instant.parse(element.getAsString()));
    }

    <T> T parsed(String name, Function<String, T> parse) {
        return read(name, element -> parse.apply(element.getAsString()));
    }

    /** A list of texts. */
    <T> List<T> list(String name, Function<String, T> parse) {
        return read(name, element -> {
            List<T> values = new ArrayList<>();
            element.getAsJsonArray().forEach(value -> values.add(parse.apply(value.getAsString())));
            return values;
        });
    }

    /** A value of a form that is the caller's. */
    <T> T parsedElement(String name, Function<JsonElement, T> parse) {
        return read(name, parse);
    }

    /** A value as JSON text of its own. */
    String json(String name) {
        return read(name, JsonElement::toString);
    }

    private <T> T read(String name, Function<JsonElement, T> read) {
        if (!has(name)) {
            throw new CorruptStateException(file, name + " is missing", null);
        }
        try {
            return read.apply(object.get(name));
        } catch (InvalidConfigException
                | IllegalStateException
                | IllegalArgumentException
                | UnsupportedOperationException
                | DateTimeException e) {
            throw new CorruptStateException(file, name + " is not what lxj writes there", e);
        }
    }
}
