package io.lxj.config;

import java.util.Map;
import java.util.Optional;

/**
 * One thing that can be set: its name, and the value that it has until then.
 *
 * <p>Its identity is the instance: each is a constant of the class whose setting it is.
 */
final class Setting<T> {
    private final String name;
    private final T initial;
    private final boolean secret;

    private Setting(String name, T initial, boolean secret) {
        this.name = name;
        this.initial = initial;
        this.secret = secret;
    }

    static <T> Setting<T> of(String name, T initial) {
        return new Setting<>(name, initial, false);
    }

    static <T> Setting<Optional<T>> optional(String name) {
        return new Setting<>(name, Optional.empty(), false);
    }

    /** A setting of which only the keys are shown: environment variables hold passwords, and text ends up in logs. */
    static <V> Setting<Map<String, V>> secrets(String name) {
        return new Setting<>(name, Map.of(), true);
    }

    String name() {
        return name;
    }

    T initial() {
        return initial;
    }

    String show(T value) {
        if (secret && value instanceof Map<?, ?> map) {
            return map.keySet().toString();
        }
        if (value instanceof Optional<?> optional && optional.isPresent()) {
            return optional.get().toString();
        }
        return value instanceof Enum<?> constant ? Enums.text(constant) : value.toString();
    }

    @Override
    public String toString() {
        return name;
    }
}
