package io.lxj.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;

/**
 * Values of settings. One that was set to its initial value is equal to one that was never set. Immutable.
 *
 * <p>Values are compared only when somebody asks, not on each change: the equals method of a record costs a fresh JVM
 * more time, when it is first called, than a container takes to start.
 */
final class Settings {
    static final Settings NONE = new Settings(Map.of());

    private final Map<Setting<?>, Object> values;

    private Settings(Map<Setting<?>, Object> values) {
        this.values = values;
    }

    @SuppressWarnings("unchecked") // with() puts nothing but a T under a Setting<T>
    <T> T get(Setting<T> setting) {
        return values.containsKey(setting) ? (T) values.get(setting) : setting.initial();
    }

    <T> Settings with(Setting<T> setting, T value) {
        Objects.requireNonNull(value, setting.name());
        Map<Setting<?>, Object> copy = new LinkedHashMap<>(values);
        copy.put(setting, value);
        return new Settings(copy);
    }

    Settings without(Setting<?> setting) {
        Map<Setting<?>, Object> copy = new LinkedHashMap<>(values);
        copy.remove(setting);
        return new Settings(copy);
    }

    /** What differs from the initial values, in the given order, as names and values. */
    String show(Iterable<Setting<?>> order) {
        StringJoiner text = new StringJoiner(", ", "[", "]");
        for (Setting<?> setting : order) {
            if (isChanged(setting)) {
                text.add(setting.name() + " " + show(setting));
            }
        }
        return text.toString();
    }

    private <T> String show(Setting<T> setting) {
        return setting.show(get(setting));
    }

    private boolean isChanged(Setting<?> setting) {
        return !setting.initial().equals(get(setting));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Settings settings && agreesWith(settings) && settings.agreesWith(this);
    }

    private boolean agreesWith(Settings other) {
        for (Setting<?> setting : values.keySet()) {
            if (!get(setting).equals(other.get(setting))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        int sum = 0;
        for (Setting<?> setting : values.keySet()) {
            if (isChanged(setting)) {
                sum += setting.hashCode() ^ get(setting).hashCode();
            }
        }
        return sum;
    }
}
