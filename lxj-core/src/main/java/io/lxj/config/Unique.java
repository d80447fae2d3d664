package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Lists in which no two elements have the same target, and that are not too long to be acted on at a start. */
final class Unique {
    static final int MOST = 256;

    private Unique() {}

    static <T> List<T> targets(String field, List<? extends T> elements, Function<T, String> target) {
        List<T> copy = List.copyOf(elements);
        if (copy.size() > MOST) {
            throw InvalidConfigException.problem(field, "has " + copy.size() + " elements", "at most " + MOST);
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < copy.size(); i++) {
            String place = target.apply(copy.get(i));
            if (!seen.add(place)) {
                throw new InvalidConfigException(
                        field + "[" + i + "].target", place, "a place that nothing before it has");
            }
        }
        return copy;
    }
}
