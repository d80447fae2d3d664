package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Rules for labels. They are kept in the order of their keys, so that equal ones print alike. */
final class Labels {
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/-]{0,127}");

    private Labels() {}

    static Map<String, String> plus(Map<String, String> labels, String key, String value) {
        check(key, value);
        Map<String, String> copy = new TreeMap<>(labels);
        copy.put(key, value);
        return Collections.unmodifiableMap(copy);
    }

    static Map<String, String> of(Map<String, String> labels) {
        for (Map.Entry<String, String> label : labels.entrySet()) {
            check(label.getKey(), label.getValue());
        }
        return Collections.unmodifiableMap(new TreeMap<>(labels));
    }

    private static void check(String key, String value) {
        Objects.requireNonNull(key, "label key");
        String field = "labels." + key;
        if (!KEY.matcher(key).matches()) {
            throw new InvalidConfigException(
                    field, key, "1 to 128 of the characters A-Z a-z 0-9 . _ / - with a letter or digit first");
        }
        Text.check(field, value);
    }
}
