package io.lxj.config;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.lxj.error.InvalidConfigException;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigInteger;
import java.util.regex.Pattern;

/**
 * Reads JSON text into a tree. It is strict, because the text may be hostile: it must be JSON to the letter, of limited
 * size and depth, and no key may be there twice, since two readers could then see two different values.
 */
final class JsonInput {
    /** The longest text, in characters. */
    static final int LONGEST = 1 << 20;

    private static final int DEEPEST = 8;
    private static final String DOCUMENT = "JSON";
    private static final Pattern WHOLE_NUMBER = Pattern.compile("-?(0|[1-9][0-9]{0,17})");
    private static final Pattern LENIENCY = Pattern.compile("^Use JsonReader\\S+ to accept malformed JSON");
    /** What only values of 64 bits without a sign need. */
    private static final Pattern LONGER_NUMBER = Pattern.compile("[1-9][0-9]{18,19}");

    private JsonInput() {}

    static JsonValue parse(String text) {
        if (text.length() > LONGEST) {
            throw InvalidConfigException.problem(
                    DOCUMENT, "has " + text.length() + " characters", "at most " + LONGEST);
        }
        try (JsonReader reader = new JsonReader(new StringReader(text))) {
            reader.setStrictness(Strictness.STRICT);
            reader.setNestingLimit(DEEPEST);
            JsonElement root = read(reader, JsonValue.ROOT);
            reader.peek(); // in strict mode anything after the end is an error
            return new JsonValue(root, JsonValue.ROOT);
        } catch (IOException malformed) {
            // The first line says what and where, or that leniency would help; the second is a link to the parser's
            // manual.
            String reason =
                    String.valueOf(malformed.getMessage()).lines().findFirst().orElse("");
            reason = LENIENCY.matcher(reason).replaceFirst("it is malformed");
            throw InvalidConfigException.problem(
                    DOCUMENT, "can't be read: " + reason, "one object in strict JSON, at most " + DEEPEST + " deep");
        }
    }

    private static JsonElement read(JsonReader reader, String path) throws IOException {
        JsonToken token = reader.peek();
        switch (token) {
            case BEGIN_OBJECT:
                return readObject(reader, path);
            case BEGIN_ARRAY:
                return readArray(reader, path);
            case STRING:
                return new JsonPrimitive(reader.nextString());
            case NUMBER:
                return readNumber(reader, path);
            case BOOLEAN:
                return new JsonPrimitive(reader.nextBoolean());
            case NULL:
                reader.nextNull();
                return JsonNull.INSTANCE;
            default:
                throw new IllegalStateException("no value can begin with " + token);
        }
    }

    private static JsonElement readNumber(JsonReader reader, String path) throws IOException {
        String digits = reader.nextString();
        if (LONGER_NUMBER.matcher(digits).matches()) {
            return new JsonPrimitive(new BigInteger(digits));
        }
        if (!WHOLE_NUMBER.matcher(digits).matches()) {
            throw new InvalidConfigException(path, digits, "a whole number of at most 20 digits");
        }
        return new JsonPrimitive(Long.parseLong(digits));
    }

    private static JsonElement readObject(JsonReader reader, String path) throws IOException {
        JsonObject object = new JsonObject();
        reader.beginObject();
        while (reader.hasNext()) {
            String key = reader.nextName();
            String keyPath = JsonValue.key(path, key);
            if (object.has(key)) {
                throw InvalidConfigException.problem(keyPath, "is there twice", "each key once");
            }
            object.add(key, read(reader, keyPath));
        }
        reader.endObject();
        return object;
    }

    private static JsonElement readArray(JsonReader reader, String path) throws IOException {
        JsonArray array = new JsonArray();
        reader.beginArray();
        while (reader.hasNext()) {
            array.add(read(reader, JsonValue.index(path, array.size())));
        }
        reader.endArray();
        return array;
    }
}
