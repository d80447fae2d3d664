package io.lxj.storage;

import io.lxj.linux.Deputy;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.ProcFs;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The ids of the host that may be given to containers: those that a user has in both /etc/subuid and /etc/subgid, see
 * subuid(5), as far as this process has them itself. Immutable and thread-safe.
 *
 * <p>Where root has no entry there, it is 1879048192 to 2147352575 (0x70000000 to 0x7FFDFFFF), which is enough for 4094
 * containers, but for what others have of it there. They are above those that systemd gives to containers (524288 to
 * 1879048191), and below those of its
 * foreign images (2147352576 to 2147418111) and those that it advises against (from 2147483648 on), see "Users, Groups,
 * UIDs and GIDs" on systemd.io; and they are above those that useradd(8) gives out (SUB_UID_MAX in login.defs(5) is
 * 600100000 unless changed).
 *
 * <p>Those below 65536 are never root's to give: they are root itself, and users of its host.
 *
 * @param ranges the ids, without gaps in each range, sorted
 */
public record IdPool(List<Range> ranges) {
    /** How many ids a container has: as many as there are in 16 bits, among them nobody's, 65534. */
    public static final long SIZE = 65_536;

    /** Where root looks for ids that has no others. */
    public static final long FIRST = 0x70000000L;

    private static final Range DEFAULT = new Range(FIRST, 0x7FFE0000L);
    /** What chown(2) and setresuid(2) take for none. */
    private static final long NO_ID = 0xFFFF_FFFFL;

    private static final long FIRST_SUBORDINATE = 2 * SIZE;
    private static final int LIMIT = 1 << 20;

    /**
     * Ids without gaps.
     *
     * @param first the first one
     * @param end what is behind the last one
     */
    public record Range(long first, long end) {
        @Override
        public String toString() {
            return end == first + 1 ? Long.toString(first) : first + " to " + (end - 1);
        }
    }

    /** Takes a copy of the list. */
    public IdPool {
        ranges = List.copyOf(ranges);
    }

    /**
     * The pool of a user.
     *
     * @param name the user's name
     * @param uid the user's id
     * @param proc the host's procfs
     * @return the pool, empty if the user has no ids
     * @throws LinuxException if a file can't be read
     */
    public static IdPool of(String name, long uid, ProcFs proc) throws LinuxException {
        return of(
                name,
                uid,
                read("/etc/subuid"),
                read("/etc/subgid"),
                text(proc.readSelf("uid_map")),
                text(proc.readSelf("gid_map")));
    }

    /**
     * The pool of an ordinary user: all that there is in the user namespace that the user has. The kernel takes no range for
     * a container that is in pieces outside of that, see user_namespaces(7).
     *
     * @param deputy whose ids they are
     * @return the pool
     * @throws LinuxException if they can't be read
     */
    public static IdPool of(Deputy deputy) throws LinuxException {
        if (!deputy.hasSeveralIds()) {
            return new IdPool(List.of(new Range(0, 1)));
        }
        return of(OwnIds.of(deputy));
    }

    static IdPool of(OwnIds ids) {
        return new IdPool(both(OwnIds.pieces(ids.users()), OwnIds.pieces(ids.groups())));
    }

    static IdPool of(String name, long uid, String subuid, String subgid, String uidMap, String gidMap) {
        List<Range> users = subordinate(name, uid, subuid);
        List<Range> groups = subordinate(name, uid, subgid);
        if (uid == 0 && users.isEmpty() && groups.isEmpty()) {
            users = free(DEFAULT, subuid + "\n" + subgid);
            groups = users;
        }
        List<Range> here = both(own(uidMap), own(gidMap));
        // Root's own, and those of its host's users, are nobody else's, whatever is in the files.
        List<Range> allowed = uid == 0 ? both(here, List.of(new Range(SIZE, NO_ID))) : here;
        return new IdPool(both(both(users, groups), allowed));
    }

    static String read(String path) throws LinuxException {
        try (Fd file = Fd.find(FileName.bytes(path), Open.O_RDONLY).orElse(null)) {
            return file == null ? "" : text(file.readAll(LIMIT));
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Lines of a name or id, the first id and how many there are; others say nothing, as for newuidmap(1). */
    static List<Range> subordinate(String name, long uid, String text) {
        List<Range> ranges = new ArrayList<>();
        for (String line : text.split("\n")) {
            String[] fields = line.strip().split(":");
            if (fields.length == 3
                    && (fields[0].equals(name) || fields[0].equals(Long.toString(uid)))
                    && (fields[1] + fields[2]).chars().allMatch(c -> c >= '0' && c <= '9')
                    && !fields[1].isEmpty()
                    && !fields[2].isEmpty()
                    && fields[1].length() <= 10
                    && fields[2].length() <= 10) {
                long first = Long.parseLong(fields[1]);
                ranges.add(new Range(first, first + Long.parseLong(fields[2])));
            }
        }
        return ranges;
    }

    /** What nobody has of a range. */
    private static List<Range> free(Range range, String text) {
        List<Range> free = new ArrayList<>();
        long first = range.first();
        List<Range> taken = all(text).stream()
                .sorted(Comparator.comparingLong(Range::first))
                .toList();
        for (Range other : taken) {
            if (other.first() > first && other.first() < range.end()) {
                free.add(new Range(first, other.first()));
            }
            first = Math.max(first, other.end());
        }
        if (first < range.end()) {
            free.add(new Range(first, range.end()));
        }
        return free;
    }

    private static List<Range> all(String text) {
        return text.lines()
                .flatMap(line -> subordinate(line.strip().split(":")[0], -1, line).stream())
                .toList();
    }

    /** What is behind all that anybody has, and behind the ids of users; a multiple of what a container has. */
    static long firstFree(String text) {
        long free = FIRST_SUBORDINATE;
        for (Range range : all(text)) {
            free = Math.max(free, (range.end() + SIZE - 1) / SIZE * SIZE);
        }
        return free;
    }

    /**
     * What gives a user ids for one container more.
     *
     * @param name the user's name
     * @return the line to add, the same for users and groups
     * @throws LinuxException if /etc/subuid or /etc/subgid can't be read
     */
    public static String advice(String name) throws LinuxException {
        long first = Math.max(firstFree(read("/etc/subuid")), firstFree(read("/etc/subgid")));
        String range = first + "-" + (first + SIZE - 1);
        return "as root: usermod --add-subuids " + range + " --add-subgids " + range + " " + name + ", or add the line "
                + name + ":" + first + ":" + SIZE + " to both /etc/subuid and /etc/subgid; and open lxj again";
    }

    /**
     * What gives root of a container ids for containers in there.
     *
     * @param proc the procfs of this process
     * @param taken whether there are some, which all are taken
     * @return what to do
     * @throws LinuxException if it can't be read
     */
    public static String adviceInside(ProcFs proc, boolean taken) throws LinuxException {
        List<Range> here = both(own(text(proc.readSelf("uid_map"))), own(text(proc.readSelf("gid_map"))));
        String line = "root:" + SIZE + ":" + SIZE + " in /etc/subuid and /etc/subgid";
        String more = !taken && has(here, SIZE)
                ? "have the line " + line
                : "this process has the ids " + new IdPool(here) + ": have the container around map " + SIZE
                        + " more for each container, as Config.nesting(...) of lxj does, or lxc.idmap = u 0 FIRST "
                        + 2 * SIZE + " (and g) and systemd-nspawn --private-users=FIRST:" + 2 * SIZE
                        + " with the line " + line;
        return (taken ? "destroy containers; " : "")
                + more
                + (has(here, 0) ? "; or do without by Config.privileged()" : "");
    }

    /** Whether there are all the ids of a container, from a first one on. */
    private static boolean has(List<Range> here, long first) {
        List<Range> there = both(here, List.of(new Range(first, first + SIZE)));
        return there.stream().mapToLong(range -> range.end() - range.first()).sum() == SIZE;
    }

    /** The ids that this process has in its own user namespace, see user_namespaces(7). */
    private static List<Range> own(String map) {
        List<Range> ranges = new ArrayList<>();
        for (long[] line : lines(map)) {
            ranges.add(new Range(line[0], line[0] + line[2]));
        }
        return ranges;
    }

    /** What ids of a namespace are outside of it, by the first one inside, in that order. */
    static Map<Long, Range> map(String map) {
        Map<Long, Range> ranges = new TreeMap<>();
        for (long[] line : lines(map)) {
            ranges.put(line[0], new Range(line[1], line[1] + line[2]));
        }
        return ranges;
    }

    /** The numbers of a map, see user_namespaces(7). */
    private static List<long[]> lines(String map) {
        return map.strip()
                .lines()
                .map(line -> Stream.of(line.strip().split("\\s+"))
                        .mapToLong(Long::parseLong)
                        .toArray())
                .toList();
    }

    private static List<Range> both(List<Range> some, List<Range> others) {
        return some.stream()
                .flatMap(one -> others.stream()
                        .map(other ->
                                new Range(Math.max(one.first(), other.first()), Math.min(one.end(), other.end()))))
                .filter(range -> range.first() < range.end())
                .sorted((a, b) -> Long.compare(a.first(), b.first()))
                .toList();
    }

    /**
     * What can be given to a container each: {@link #SIZE} ids from a first one on.
     *
     * @return the first ids, in ascending order and without overlap
     */
    public LongStream firsts() {
        List<Range> whole = new ArrayList<>(ranges.size());
        long free = 0;
        for (Range range : ranges) {
            long first = Math.max(free, range.first());
            free = first + Math.max(0, range.end() - first) / SIZE * SIZE;
            whole.add(new Range(first, free));
        }
        return whole.stream().flatMapToLong(range -> LongStream.range(0, (range.end() - range.first()) / SIZE)
                .map(i -> range.first() + i * SIZE));
    }

    /** {@return the ids in words, for example {@code 1879048192 to 2147352575}} */
    @Override
    public String toString() {
        return ranges.isEmpty() ? "none" : ranges.stream().map(Range::toString).collect(Collectors.joining(", "));
    }
}
