package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;

/**
 * The ids of a container's user namespace, and what they are on the host; see user_namespaces(7). An id that isn't mapped
 * doesn't exist in the container: a file that it owns seems to be nobody's. An immutable value; thread-safe.
 *
 * <p>Ids that another container of the host has, whatever state folder it is in, are refused when a container is created or
 * configured, and no other container is given what this one has. Only a single id, a range of one, may be that of several
 * containers, and so of one user of the host; but one of those that lxj gives out (the caller's ids in /etc/subuid and
 * /etc/subgid, or for root without any 1879048192 to 2147352575) takes 65,536 of them away: it is best taken from outside.
 *
 * <p>Root of the host, user 0 and group 0, is in no map: a container is given it by {@link Config#privileged()} only.
 *
 * <pre>{@code
 * IdMap map = IdMap.of(1_900_000_000L, 65_536)     // 0 to 65535 as 1900000000 to 1900065535
 *         .user(1000, 1000);                       // but user 1000 is user 1000 of the host, too
 * }</pre>
 *
 * @param users the ranges of user ids, sorted by the ids in the container
 * @param groups the ranges of group ids, sorted by the ids in the container
 */
public record IdMap(List<IdRange> users, List<IdRange> groups) {
    /** How many ranges the kernel takes, see user_namespaces(7). */
    private static final int MOST = 340;

    /** How long it may be as text, where a page is smallest. */
    private static final int MOST_BYTES = 4095;

    /** As many more ranges are still clear of that. */
    static final int MOST_NESTED = 128;

    /**
     * Checks the ranges.
     *
     * @param users see {@link #users()}
     * @param groups see {@link #groups()}
     * @throws InvalidConfigException if there are none or more than 340, if they are longer than a page in uid_map, or if two
     *     of them have an id in common
     */
    public IdMap {
        users = check("idMap.users", users);
        groups = check("idMap.groups", groups);
    }

    /**
     * A map of ids from 0 on, the same for users and groups.
     *
     * @param outside what 0 is on the host
     * @param count how many there are
     * @return the map
     * @throws InvalidConfigException if there are no such ids
     */
    public static IdMap of(long outside, long count) {
        return of(IdRange.of(0, outside, count));
    }

    /**
     * A map that is the same for users and groups.
     *
     * @param ranges the ranges, in any order
     * @return the map
     * @throws InvalidConfigException if there are none or more than 340, or if two of them have an id in common
     */
    public static IdMap of(IdRange... ranges) {
        return new IdMap(List.of(ranges), List.of(ranges));
    }

    /**
     * The same with one user who is somebody else on the host.
     *
     * @param inside the user id in the container
     * @param outside the user id on the host
     * @return the map
     * @throws InvalidConfigException if another user of the container is that one already
     */
    public IdMap user(long inside, long outside) {
        return new IdMap(replace(users, IdRange.of(inside, outside, 1)), groups);
    }

    /**
     * The same with one group that is another one on the host.
     *
     * @param inside the group id in the container
     * @param outside the group id on the host
     * @return the map
     * @throws InvalidConfigException if another group of the container is that one already
     */
    public IdMap group(long inside, long outside) {
        return new IdMap(users, replace(groups, IdRange.of(inside, outside, 1)));
    }

    private static List<IdRange> replace(List<IdRange> ranges, IdRange single) {
        List<IdRange> all = new ArrayList<>();
        for (IdRange range : ranges) {
            long before = single.inside() - range.inside();
            if (before < 0 || before >= range.count()) {
                all.add(range);
                continue;
            }
            if (before > 0) {
                all.add(IdRange.of(range.inside(), range.outside(), before));
            }
            long after = range.count() - before - 1;
            if (after > 0) {
                all.add(IdRange.of(single.inside() + 1, range.outside() + before + 1, after));
            }
        }
        all.add(single);
        return all;
    }

    private static List<IdRange> check(String field, List<IdRange> ranges) {
        if (ranges.isEmpty() || ranges.size() > MOST) {
            throw new InvalidConfigException(field, ranges.size() + " ranges", "1 to " + MOST + " ranges");
        }
        int length = ranges.stream()
                .mapToInt(range -> (range.inside() + " " + range.outside() + " " + range.count() + "\n").length())
                .sum();
        if (length > MOST_BYTES) {
            throw new InvalidConfigException(
                    field,
                    ranges.size() + " ranges",
                    "ranges that have at most " + MOST_BYTES + " bytes in a uid_map, not " + length);
        }
        distinct(field, "on the host", ranges, IdRange::outside, IdRange::outsideEnd);
        return distinct(field, "in the container", ranges, IdRange::inside, IdRange::insideEnd);
    }

    /** That there is a root, as whom the init runs. */
    static IdMap withRoot(IdMap map) {
        checkRoot("idMap.users", map.users);
        checkRoot("idMap.groups", map.groups);
        return map;
    }

    private static void checkRoot(String field, List<IdRange> ranges) {
        if (ranges.get(0).inside() != 0) {
            throw new InvalidConfigException(
                    field, ranges.get(0), "ranges of which one begins with 0, because the init runs as root");
        }
    }

    private static List<IdRange> distinct(
            String field,
            String where,
            List<IdRange> ranges,
            ToLongFunction<IdRange> begin,
            ToLongFunction<IdRange> end) {
        List<IdRange> sorted = new ArrayList<>(ranges);
        sorted.forEach(range -> Objects.requireNonNull(range, field));
        sorted.sort(Comparator.comparingLong(begin));
        for (int i = 1; i < sorted.size(); i++) {
            if (end.applyAsLong(sorted.get(i - 1)) > begin.applyAsLong(sorted.get(i))) {
                throw new InvalidConfigException(
                        field,
                        sorted.get(i - 1) + " and " + sorted.get(i),
                        "ranges that have no id " + where + " in common");
            }
        }
        return List.copyOf(sorted);
    }

    /**
     * What a user of the container is on the host.
     *
     * @param inside a user id in the container
     * @return the user id on the host, or empty if it isn't mapped
     */
    public OptionalLong hostUser(long inside) {
        return map(users, inside, IdRange::inside, IdRange::outside);
    }

    /**
     * What a group of the container is on the host.
     *
     * @param inside a group id in the container
     * @return the group id on the host, or empty if it isn't mapped
     */
    public OptionalLong hostGroup(long inside) {
        return map(groups, inside, IdRange::inside, IdRange::outside);
    }

    /**
     * Who a user of the host is in the container.
     *
     * @param outside a user id on the host
     * @return the user id in the container, or empty if it isn't mapped
     */
    public OptionalLong containerUser(long outside) {
        return map(users, outside, IdRange::outside, IdRange::inside);
    }

    /**
     * What a group of the host is in the container.
     *
     * @param outside a group id on the host
     * @return the group id in the container, or empty if it isn't mapped
     */
    public OptionalLong containerGroup(long outside) {
        return map(groups, outside, IdRange::outside, IdRange::inside);
    }

    private static OptionalLong map(
            List<IdRange> ranges, long id, ToLongFunction<IdRange> from, ToLongFunction<IdRange> to) {
        for (IdRange range : ranges) {
            long at = id - from.applyAsLong(range);
            if (at >= 0 && at < range.count()) {
                return OptionalLong.of(to.applyAsLong(range) + at);
            }
        }
        return OptionalLong.empty();
    }

    /** {@return the map in words, for example {@code 0-65535 as 1879048192-1879113727}} */
    @Override
    public String toString() {
        return users.equals(groups) ? text(users) : "users " + text(users) + "; groups " + text(groups);
    }

    private static String text(List<IdRange> ranges) {
        return String.join(", ", ranges.stream().map(IdRange::toString).toList());
    }
}
