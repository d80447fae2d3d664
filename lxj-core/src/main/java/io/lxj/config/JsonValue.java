package io.lxj.config;

import com.google.gson.JsonElement;
import io.lxj.error.InvalidConfigException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A value in a JSON document that knows its path, so that whatever is wrong with it can be said by name. What it is
 * instead of the wanted type is told by type only, since the value itself may be a secret.
 */
final class JsonValue {
    /** The path of the document itself. */
    static final String ROOT = "";

    private final JsonElement element;
    private final String path;

    JsonValue(JsonElement element, String path) {
        this.element = element;
        this.path = path;
    }

    static String key(String path, String key) {
        return path.equals(ROOT) ? key : path + "." + key;
    }

    static String index(String path, int index) {
        return path + "[" + index + "]";
    }

    String string() {
        if (!element.isJsonPrimitive() || !element.getAsJsonPrimitive().isString()) {
            throw wrongType("text");
        }
        return element.getAsString();
    }

    boolean bool() {
        if (!element.isJsonPrimitive() || !element.getAsJsonPrimitive().isBoolean()) {
            throw wrongType("true or false");
        }
        return element.getAsBoolean();
    }

    int integer() {
        BigInteger number = whole();
        if (number.bitLength() > 31) {
            throw notAllowed("a whole number from " + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE);
        }
        return number.intValue();
    }

    /** A number of 64 bits without a sign. */
    long unsignedLong() {
        BigInteger number = whole();
        if (number.signum() < 0 || number.bitLength() > 64) {
            throw notAllowed("a whole number from 0 to 18446744073709551615");
        }
        return number.longValue();
    }

    boolean isNull() {
        return element.isJsonNull();
    }

    boolean isText() {
        return element.isJsonPrimitive() && element.getAsJsonPrimitive().isString();
    }

    /** A number of 64 bits. */
    long number() {
        BigInteger number = whole();
        if (number.bitLength() > 63) {
            throw notAllowed("a whole number from " + Long.MIN_VALUE + " to " + Long.MAX_VALUE);
        }
        return number.longValue();
    }

    private BigInteger whole() {
        if (!element.isJsonPrimitive() || !element.getAsJsonPrimitive().isNumber()) {
            throw wrongType("a whole number");
        }
        return element.getAsBigInteger();
    }

    <E extends Enum<E>> E constant(Class<E> type) {
        String text = string();
        StringJoiner names = new StringJoiner(", ");
        for (E constant : type.getEnumConstants()) {
            if (Enums.text(constant).equals(text)) {
                return constant;
            }
            names.add(Enums.text(constant));
        }
        throw notAllowed("one of " + names);
    }

    <T> List<T> list(Function<JsonValue, T> read) {
        if (!element.isJsonArray()) {
            throw wrongType("a list");
        }
        List<T> values = new ArrayList<>();
        for (JsonElement child : element.getAsJsonArray()) {
            values.add(read.apply(new JsonValue(child, index(path, values.size()))));
        }
        return values;
    }

    Map<String, String> strings() {
        JsonFields fields = fields();
        Map<String, String> values = new LinkedHashMap<>();
        for (String name : fields.names()) {
            values.put(name, fields.required(name).string());
        }
        return values;
    }

    JsonFields fields() {
        if (!element.isJsonObject()) {
            throw wrongType("an object");
        }
        return new JsonFields(element.getAsJsonObject(), path);
    }

    /** This value's text as another type, whose own complaints are told of this value's path. */
    <T> T parsed(Function<String, T> parse) {
        String text = string();
        try {
            return parse.apply(text);
        } catch (InvalidConfigException invalid) {
            throw invalid.relocated(path);
        }
    }

    /**
     * What is made of this value's parts. A complaint of a field of the kind that is made, such as {@code
     * mount.target}, is told of the path within this document, such as {@code mounts[2].target}.
     */
    <T> T made(String kind, Supplier<T> make) {
        try {
            return make.get();
        } catch (InvalidConfigException invalid) {
            if (!invalid.field().startsWith(kind + ".")) {
                throw invalid;
            }
            throw invalid.relocated(path + invalid.field().substring(kind.length()));
        }
    }

    InvalidConfigException notAllowed(String allowed) {
        return new InvalidConfigException(path, element.getAsString(), allowed);
    }

    InvalidConfigException problem(String problem, String allowed) {
        return InvalidConfigException.problem(path, problem, allowed);
    }

    private InvalidConfigException wrongType(String wanted) {
        return InvalidConfigException.problem(path.equals(ROOT) ? "JSON" : path, "is " + type(), wanted);
    }

    private String type() {
        if (element.isJsonObject()) {
            return "an object";
        }
        if (element.isJsonArray()) {
            return "a list";
        }
        if (element.isJsonNull()) {
            return "null";
        }
        if (element.getAsJsonPrimitive().isBoolean()) {
            return "true or false";
        }
        return element.getAsJsonPrimitive().isNumber() ? "a number" : "text";
    }
}
