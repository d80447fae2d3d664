package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Rules for environment variables. They are kept in the order of their names, so that equal ones print alike. */
final class Environment {
    /** What the name and the value of a variable have to fit in together. */
    private static final int LONGEST = Text.LONGEST - 1;

    private Environment() {}

    /** The variables with one more; its value has no control characters, for others to store and show. */
    static Map<String, String> plus(Map<String, String> variables, String key, String value) {
        checkKey(key);
        Text.checkSecret(field(key), value);
        return added(variables, key, value);
    }

    /** The variables with one more, for a command at once: whatever execve(2) can take. */
    static Map<String, String> plusArgument(Map<String, String> variables, String key, String value) {
        checkKey(key);
        Text.checkArgument(field(key), value);
        return added(variables, key, value);
    }

    static Map<String, String> of(Map<String, String> variables) {
        Map<String, String> checked = Map.of();
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            checked = plus(checked, variable.getKey(), variable.getValue());
        }
        return checked;
    }

    private static Map<String, String> added(Map<String, String> variables, String key, String value) {
        if (Text.byteLength(key) + Text.byteLength(value) > LONGEST) {
            throw InvalidConfigException.secret(
                    field(key), "a name and value of at most " + LONGEST + " bytes together");
        }
        Map<String, String> copy = new TreeMap<>(variables);
        copy.put(key, value);
        return Collections.unmodifiableMap(copy);
    }

    private static String field(String key) {
        return "environment." + key;
    }

    private static void checkKey(String key) {
        Objects.requireNonNull(key, "environment key");
        if (key.isEmpty() || key.indexOf('=') >= 0 || !Text.isPlain(key)) {
            throw new InvalidConfigException(
                    "environment key", key, "a name that isn't empty, without '=' and control characters");
        }
    }
}
