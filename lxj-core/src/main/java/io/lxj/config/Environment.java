package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Rules for environment variables. They are kept in the order of their names, so that equal ones print alike. */
final class Environment {
    /** What the name and the value of a variable have to fit in together, beside the equals sign between them. */
    private static final int LONGEST = Text.LONGEST - 1;

    private Environment() {}

    /** The variables with one more; its value has no control characters, for others to store and show. */
    static Map<String, String> plus(Map<String, String> variables, String key, String value) {
        check(key, value);
        return added(variables, key, value);
    }

    /** The variables with one more, for a command at once: whatever execve(2) can take. */
    static Map<String, String> plusArgument(Map<String, String> variables, String key, String value) {
        checkKey(key);
        Text.checkArgument(field(key), value);
        checkLength(key, value);
        return added(variables, key, value);
    }

    static Map<String, String> of(Map<String, String> variables) {
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            check(variable.getKey(), variable.getValue());
        }
        return Collections.unmodifiableMap(new TreeMap<>(variables));
    }

    private static Map<String, String> added(Map<String, String> variables, String key, String value) {
        Map<String, String> copy = new TreeMap<>(variables);
        copy.put(key, value);
        return Collections.unmodifiableMap(copy);
    }

    private static void check(String key, String value) {
        checkKey(key);
        Text.checkSecret(field(key), value);
        checkLength(key, value);
    }

    private static void checkKey(String key) {
        Objects.requireNonNull(key, "environment key");
        if (key.isEmpty() || key.indexOf('=') >= 0 || !Text.isPlain(key)) {
            throw new InvalidConfigException(
                    field(key), key, "a name that isn't empty, without '=' and control characters");
        }
    }

    private static void checkLength(String key, String value) {
        if (Text.byteLength(key) + Text.byteLength(value) > LONGEST) {
            throw InvalidConfigException.secret(
                    field(key), "a name and value of at most " + LONGEST + " bytes together");
        }
    }

    private static String field(String key) {
        return "environment." + key;
    }
}
