package io.lxj.storage;

import io.lxj.config.IdMap;
import io.lxj.config.IdRange;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Ids of the host, users and groups alike, that are noted for a container. Immutable and thread-safe.
 *
 * @param first the first one
 * @param count how many there are
 */
public record IdNote(long first, long count) implements Comparable<IdNote> {
    private static final Pattern NAME = Pattern.compile("([0-9]{1,10})(?:\\+([0-9]{1,10}))?");
    private static final Comparator<IdNote> ORDER =
            Comparator.comparingLong(IdNote::first).thenComparingLong(IdNote::count);

    /**
     * What a container is given.
     *
     * @param first the first id
     * @return as many as {@link IdPool#SIZE}
     */
    public static IdNote lot(long first) {
        return new IdNote(first, IdPool.SIZE);
    }

    /**
     * What a range is on the host.
     *
     * @param range a range of users or groups
     * @return its ids
     */
    public static IdNote of(IdRange range) {
        return new IdNote(range.outside(), range.count());
    }

    /** The ids that a file's name stands for; empty if it is another file. */
    static Optional<IdNote> of(String name) {
        Matcher matcher = NAME.matcher(name);
        return matcher.matches()
                ? Optional.of(new IdNote(
                        Long.parseLong(matcher.group(1)),
                        matcher.group(2) == null ? IdPool.SIZE : Long.parseLong(matcher.group(2))))
                : Optional.empty();
    }

    String name() {
        return count == IdPool.SIZE ? Long.toString(first) : first + "+" + count;
    }

    /**
     * Whether these are as many as a container is given.
     *
     * @return true for {@link IdPool#SIZE}
     */
    public boolean isLot() {
        return count == IdPool.SIZE;
    }

    long end() {
        return first + count;
    }

    /**
     * Whether some ids are among these.
     *
     * @param other the others
     * @return true if there is one
     */
    public boolean overlaps(IdNote other) {
        return first < other.end() && other.first < end();
    }

    /**
     * Whether a map has one of these ids.
     *
     * @param map the map
     * @return true if there is one
     */
    public boolean isIn(IdMap map) {
        return Stream.concat(map.users().stream(), map.groups().stream())
                .map(IdNote::of)
                .anyMatch(this::overlaps);
    }

    @Override
    public int compareTo(IdNote other) {
        return ORDER.compare(this, other);
    }

    /** {@return the ids in words, for example {@code 1879048192 to 1879113727}} */
    @Override
    public String toString() {
        return first + " to " + (end() - 1);
    }
}
