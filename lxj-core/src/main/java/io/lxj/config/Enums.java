package io.lxj.config;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/** Sets of enum constants that can't be changed and keep the order of declaration, so that they print alike. */
final class Enums {
    private Enums() {}

    static <E extends Enum<E>> Set<E> set(Class<E> type, Collection<E> constants) {
        EnumSet<E> set = EnumSet.noneOf(type);
        set.addAll(Objects.requireNonNull(constants, "constants"));
        return Collections.unmodifiableSet(set);
    }

    static <E extends Enum<E>> Set<E> plus(Class<E> type, Collection<E> constants, E constant) {
        EnumSet<E> set = EnumSet.of(constant);
        set.addAll(constants);
        return Collections.unmodifiableSet(set);
    }

    /** A constant as people read it: {@code READ_ONLY} is {@code read-only}. */
    static String text(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
