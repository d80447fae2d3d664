package io.lxj.storage;

import io.lxj.config.IdMap;
import io.lxj.config.IdRange;
import io.lxj.error.Failure;
import io.lxj.linux.Deputy;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.ProcFs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The ids that an ordinary user has in a user namespace: 0 and those that follow it are the user's own in /etc/subuid and
 * /etc/subgid, one after the other in the order of the files, and {@link #USER} is the user. newuidmap(1) and newgidmap(1)
 * give them, because nobody but root may. Who has no such ids has one, 0, which is the user. Immutable and thread-safe.
 *
 * @param user the user's id
 * @param group the user's group
 * @param users ranges of users, none if there is but one id
 * @param groups ranges of groups
 */
public record OwnIds(long user, long group, List<IdPool.Range> users, List<IdPool.Range> groups) implements Deputy.Ids {
    /** The number of the user in the namespace, far above all that stand for users of containers. */
    public static final long USER = 2_000_000_000L;

    private static final List<String> FOLDERS = List.of("/usr/bin", "/bin", "/usr/local/bin", "/run/wrappers/bin");

    /** Takes copies of the lists. */
    public OwnIds {
        users = List.copyOf(users);
        groups = List.copyOf(groups);
    }

    /**
     * Those that a process of this user has; by now others may be the user's.
     *
     * @param deputy the process
     * @return its ids
     * @throws LinuxException if its maps can't be read
     */
    public static OwnIds of(Deputy deputy) throws LinuxException {
        // A process that looks at a map of its own namespace sees the ids outside of that; and it sees itself, whatever
        // hidepid says, see proc(5).
        try (ProcFs proc = ProcFs.of(deputy.open("/proc", Open.O_PATH | Open.O_DIRECTORY))) {
            Map<Long, IdPool.Range> users = IdPool.map(text(proc, deputy, "uid_map"));
            Map<Long, IdPool.Range> groups = IdPool.map(text(proc, deputy, "gid_map"));
            long user = users.remove(USER).first();
            long group = groups.remove(USER).first();
            return new OwnIds(user, group, List.copyOf(users.values()), List.copyOf(groups.values()));
        }
    }

    private static String text(ProcFs proc, Deputy deputy, String file) throws LinuxException {
        return new String(proc.read(deputy.pid() + "/" + file), StandardCharsets.US_ASCII);
    }

    /** In what ranges of the namespace users, or groups, are in one piece on the host. */
    static List<IdPool.Range> pieces(List<IdPool.Range> ranges) {
        List<IdPool.Range> pieces = new ArrayList<>();
        long begin = 0;
        for (IdPool.Range range : ranges) {
            long end = begin + range.end() - range.first();
            pieces.add(new IdPool.Range(begin, end));
            begin = end;
        }
        return pieces;
    }

    /** The user alone. */
    static OwnIds one(long user, long group) {
        return new OwnIds(user, group, List.of(), List.of());
    }

    /** Whether there is more than one id. */
    boolean areSeveral() {
        return !users.isEmpty();
    }

    @Override
    public long count() {
        return areSeveral() ? Math.min(count(users), count(groups)) : 1;
    }

    private static long count(List<IdPool.Range> ranges) {
        return ranges.stream().mapToLong(range -> range.end() - range.first()).sum();
    }

    @Override
    public void map(int pid) throws IOException {
        if (areSeveral()) {
            run("newgidmap", pid, all(groups, group));
            run("newuidmap", pid, all(users, user));
            return;
        }
        try (ProcFs proc = ProcFs.open(Path.of("/proc"))) {
            // Otherwise a group that must not do something could do it, see user_namespaces(7).
            write(proc, pid + "/setgroups", "deny");
            write(proc, pid + "/gid_map", "0 " + group + " 1\n");
            write(proc, pid + "/uid_map", "0 " + user + " 1\n");
        }
    }

    private static void write(ProcFs proc, String file, String text) throws IOException {
        try (Fd map = proc.open(file, Open.O_WRONLY)) {
            map.write(text.getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** All, and the user. */
    private static List<IdRange> all(List<IdPool.Range> ranges, long own) {
        List<IdRange> all = new ArrayList<>();
        long inside = 0;
        for (IdPool.Range range : ranges) {
            long count = range.end() - range.first();
            all.add(IdRange.of(inside, range.first(), count));
            inside += count;
        }
        all.add(IdRange.of(USER, own, 1));
        return all;
    }

    /**
     * Gives a user namespace the ids of a container, without the user.
     *
     * @param container the container's ids, as they are called in the namespace that this is about
     * @return ids of the host for those of the container
     */
    public Deputy.Ids of(IdMap container) {
        return new Deputy.Ids() {
            @Override
            public void map(int pid) throws IOException {
                run("newgidmap", pid, part(container.groups(), groups));
                run("newuidmap", pid, part(container.users(), users));
            }

            @Override
            public long count() {
                return container.users().stream().mapToLong(IdRange::count).sum();
            }
        };
    }

    /** What ranges of the namespace are on the host, where they may be in pieces. */
    private static List<IdRange> part(List<IdRange> container, List<IdPool.Range> host) {
        List<IdRange> pieces = new ArrayList<>();
        for (IdRange range : container) {
            long begin = 0;
            for (IdPool.Range own : host) {
                long end = begin + own.end() - own.first();
                long from = Math.max(begin, range.outside());
                long to = Math.min(end, range.outside() + range.count());
                if (from < to) {
                    pieces.add(
                            IdRange.of(range.inside() + from - range.outside(), own.first() + from - begin, to - from));
                }
                begin = end;
            }
        }
        return pieces;
    }

    private static void run(String program, int pid, List<IdRange> ranges) throws IOException {
        List<String> command = new ArrayList<>(List.of(find(program), Integer.toString(pid)));
        for (IdRange range : ranges) {
            command.addAll(List.of(
                    Long.toString(range.inside()), Long.toString(range.outside()), Long.toString(range.count())));
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        int status = process.onExit().join().exitValue();
        if (status != 0) {
            throw new NoIdsException(Failure.of(
                            "give the user namespace its ids",
                            String.join(" ", command) + " ended with " + status + (said.isEmpty() ? "" : ": " + said))
                    .hint(advice(program)));
        }
    }

    private static String advice(String program) throws IOException {
        if (Files.readAllLines(Path.of("/proc/self/status")).contains("NoNewPrivs:\t1")) {
            return "this process and what it starts may gain no privileges (no_new_privs, see prctl(2)), so that "
                    + program
                    + " has none: start it without NoNewPrivileges= of a systemd service, setpriv --no-new-privs, bwrap"
                    + " or the like";
        }
        return find(program) + " has to be setuid root (chmod u+s) or to have a file capability (setcap "
                + (program.equals("newuidmap") ? "cap_setuid" : "cap_setgid")
                + "=ep), and to be on a mount without nosuid:"
                + " reinstall the package uidmap (Debian, Ubuntu) or shadow-utils (Fedora)";
    }

    private static String find(String program) {
        for (String folder : FOLDERS) {
            Path path = Path.of(folder, program);
            if (Files.isExecutable(path)) {
                return path.toString();
            }
        }
        throw new NoIdsException(Failure.of("give the user namespace its ids", "there is no program " + program)
                .hint("install the package uidmap (Debian, Ubuntu) or shadow-utils (Fedora)"));
    }
}
