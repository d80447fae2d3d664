package io.lxj.storage;

import io.lxj.error.Failure;
import io.lxj.error.LxjException;
import io.lxj.linux.Kernel;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Syscall;
import java.util.List;

/** The ids that the user of this process has in /etc/subuid and /etc/subgid, see subuid(5). Thread-safe. */
final class SubordinateIds {
    private SubordinateIds() {}

    /**
     * All of them.
     *
     * @throws LxjException if they aren't enough for a container; it says what to do
     */
    static OwnIds ofThisUser() throws LinuxException {
        return of(
                System.getProperty("user.name"),
                Kernel.call(Syscall.GETEUID),
                Kernel.call(Syscall.GETEGID),
                IdPool.read("/etc/subuid"),
                IdPool.read("/etc/subgid"));
    }

    static OwnIds of(String name, long user, long group, String subuid, String subgid) {
        List<IdPool.Range> users = enough(name, user, "/etc/subuid", "--add-subuids", subuid);
        List<IdPool.Range> groups = enough(name, user, "/etc/subgid", "--add-subgids", subgid);
        return new OwnIds(user, group, users, groups);
    }

    /** Only the user. */
    static OwnIds one() {
        return OwnIds.one(Kernel.call(Syscall.GETEUID), Kernel.call(Syscall.GETEGID));
    }

    private static List<IdPool.Range> enough(String name, long user, String file, String option, String text) {
        List<IdPool.Range> ranges = IdPool.subordinate(name, user, text);
        long count =
                ranges.stream().mapToLong(range -> range.end() - range.first()).sum();
        if (count >= IdPool.SIZE) {
            return ranges;
        }
        long free = IdPool.firstFree(text);
        throw new LxjException(Failure.of(
                        "find ids for containers",
                        name + " has " + (count == 0 ? "no line" : "only " + count + " ids") + " in " + file
                                + ", and a container with ids of its own needs " + IdPool.SIZE)
                .hint("as root: usermod " + option + " " + free + "-" + (free + IdPool.SIZE - 1) + " " + name
                        + ", or add the line " + name + ":" + free + ":" + IdPool.SIZE + " to " + file));
    }
}
