package io.lxj.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;

/**
 * Values of settings. Only those that differ from the initial one are kept, so that setting one to its initial value is
 * the same as never having set it. Immutable.
 */
final class Settings {
    static final Settings NONE = new Settings(Map.of());

    private final Map<Setting<?>, Object> changed;

    private Settings(Map<Setting<?>, Object> changed) {
        this.changed = changed;
    }

    @SuppressWarnings("unchecked") // with() puts nothing but a T under a Setting<T>
    <T> T get(Setting<T> setting) {
        return changed.containsKey(setting) ? (T) changed.get(setting) : setting.initial();
    }

    <T> Settings with(Setting<T> setting, T value) {
        Objects.requireNonNull(value, setting.name());
        Map<Setting<?>, Object> copy = new LinkedHashMap<>(changed);
        copy.remove(setting);
        if (!setting.isInitial(value)) {
            copy.put(setting, value);
        }
        return new Settings(copy);
    }

    /** What differs from the initial values, in the given order, as {@code name value} pairs. */
    String show(Iterable<Setting<?>> order) {
        StringJoiner text = new StringJoiner(", ", "[", "]");
        for (Setting<?> setting : order) {
            if (changed.containsKey(setting)) {
                text.add(setting.name() + " " + show(setting));
            }
        }
        return text.toString();
    }

    private <T> String show(Setting<T> setting) {
        return setting.show(get(setting));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Settings settings && changed.equals(settings.changed);
    }

    @Override
    public int hashCode() {
        return changed.hashCode();
    }
}
