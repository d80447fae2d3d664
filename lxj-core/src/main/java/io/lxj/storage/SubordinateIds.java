package io.lxj.storage;

import io.lxj.error.Failure;
import io.lxj.linux.Kernel;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Syscall;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The ids that the user of this process has in /etc/subuid and /etc/subgid, see subuid(5). Thread-safe. */
public final class SubordinateIds {
    private SubordinateIds() {}

    /**
     * All of them, in the order in which containers have them.
     *
     * @return the ids
     * @throws NoIdsException if they aren't enough for a container; it says what to do
     * @throws LinuxException if the files can't be read
     */
    public static OwnIds ofThisUser() throws LinuxException {
        OwnIds now = of(
                user(),
                Kernel.call(Syscall.GETEUID),
                Kernel.call(Syscall.GETEGID),
                IdPool.read("/etc/subuid"),
                IdPool.read("/etc/subgid"));
        return StatePath.findIds()
                .map(folder -> IdOrder.of(now, IdOrder.read(folder), folder))
                .orElse(now);
    }

    /**
     * Who has them by those files.
     *
     * @return the user's name, or its number if it has no entry in passwd(5)
     */
    public static String user() {
        String name = System.getProperty("user.name");
        return name.equals("?") ? Long.toString(Kernel.call(Syscall.GETEUID)) : name;
    }

    static OwnIds of(String name, long user, long group, String subuid, String subgid) {
        Lines users = new Lines(name, user, user, "/etc/subuid", "--add-subuids", subuid);
        Lines groups = new Lines(name, user, group, "/etc/subgid", "--add-subgids", subgid);
        List<Lines> lacking =
                Stream.of(users, groups).filter(lines -> !lines.areEnough()).toList();
        if (lacking.isEmpty()) {
            users.check();
            groups.check();
            return new OwnIds(user, group, users.ranges(), groups.ranges());
        }
        throw new NoIdsException(Failure.of(
                        "find ids for containers",
                        name + " has " + join(lacking, " and ", Lines::there)
                                + ", and a container with ids of its own needs " + IdPool.SIZE)
                .hint("as root: usermod " + join(lacking, " ", Lines::option) + " " + name + ", or add the line "
                        + join(lacking, ", and the line ", Lines::line)
                        + (name.equals(Long.toString(user)) ? "; and have the user in /etc/passwd" : "")));
    }

    private static String join(List<Lines> all, String between, Function<Lines, String> words) {
        return all.stream().map(words).collect(Collectors.joining(between));
    }

    private static final long MAX_ID = 0xFFFFFFFFL;

    /** What one of the files says of a user, who has an id of that kind. */
    private record Lines(String name, long user, long own, String file, String adding, String text) {
        List<IdPool.Range> ranges() {
            return IdPool.subordinate(name, user, text);
        }

        private long count() {
            return ranges().stream()
                    .mapToLong(range -> range.end() - range.first())
                    .sum();
        }

        boolean areEnough() {
            return count() >= IdPool.SIZE;
        }

        /** What newuidmap(1) and newgidmap(1), or the kernel, would refuse without saying which line it is. */
        void check() {
            List<IdPool.Range> sorted = ranges().stream()
                    .sorted(Comparator.comparingLong(IdPool.Range::first))
                    .toList();
            long end = 0;
            for (IdPool.Range range : sorted) {
                if (range.first() < end) {
                    throw wrong(range, "overlaps another one");
                }
                if (range.end() > MAX_ID) {
                    throw wrong(range, "has ids above " + (MAX_ID - 1));
                }
                if (range.first() == 0 || range.first() <= own && own < range.end()) {
                    throw wrong(range, "has root's id, or the user's own");
                }
                end = range.end();
            }
        }

        private NoIdsException wrong(IdPool.Range range, String problem) {
            String line = range.first() + ":" + (range.end() - range.first());
            return new NoIdsException(Failure.of(
                            "find ids for containers",
                            "the line of " + name + " with " + line + " in " + file + " " + problem)
                    .hint("correct it as root: each id may be given out once, and none that somebody is"));
        }

        String there() {
            return (count() == 0 ? "no line" : "only " + count() + " ids") + " in " + file;
        }

        String option() {
            long free = IdPool.firstFree(text);
            return adding + " " + free + "-" + (free + IdPool.SIZE - 1);
        }

        String line() {
            return name + ":" + IdPool.firstFree(text) + ":" + IdPool.SIZE + " to " + file;
        }
    }

    /** Only the user. */
    static OwnIds one() {
        return OwnIds.one(Kernel.call(Syscall.GETEUID), Kernel.call(Syscall.GETEGID));
    }
}
