package io.lxj.config;

import java.util.Objects;
import java.util.function.Function;

/**
 * One thing that can be set: its name, the value that it has until then, and how it is shown to people.
 *
 * <p>Its identity is the instance: each is a constant of the class whose setting it is.
 */
final class Setting<T> {
    private final String name;
    private final T initial;
    private final Function<T, Object> shown;

    private Setting(String name, T initial, Function<T, Object> shown) {
        this.name = name;
        this.initial = initial;
        this.shown = shown;
    }

    static <T> Setting<T> of(String name, T initial) {
        return new Setting<>(name, initial, value -> value);
    }

    /** A setting of which not everything is shown: environment variables hold passwords, and text ends up in logs. */
    static <T> Setting<T> of(String name, T initial, Function<T, Object> shown) {
        return new Setting<>(name, initial, shown);
    }

    String name() {
        return name;
    }

    T initial() {
        return initial;
    }

    boolean isInitial(T value) {
        return Objects.equals(initial, value);
    }

    String show(T value) {
        return String.valueOf(shown.apply(value));
    }

    @Override
    public String toString() {
        return name;
    }
}
