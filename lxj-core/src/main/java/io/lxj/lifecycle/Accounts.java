package io.lxj.lifecycle;

import io.lxj.config.Command;
import io.lxj.config.Group;
import io.lxj.config.User;
import io.lxj.error.NotFoundException;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.RootDir;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The users and groups of a container, read from its own /etc/passwd and /etc/group, see passwd(5) and group(5). The
 * files are the container's and so untrusted: they are opened within its root, their size is limited, and lines that
 * aren't of the format are passed over. A file that can't be read has no lines; who isn't looked up by name doesn't need
 * it.
 */
final class Accounts {
    private static final Logger LOG = LoggerFactory.getLogger(Accounts.class);
    private static final int MAX_BYTES = 4 * 1024 * 1024;
    private static final long MAX_ID = 0xFFFFFFFEL;
    private static final Pattern LINE = Pattern.compile("\n");
    private static final String PASSWD = "/etc/passwd";
    private static final String GROUP = "/etc/group";

    private final String container;
    private final String passwd;
    private final String group;
    /** Why a file has no lines, by its path. */
    private final Map<String, String> unread = new HashMap<>();

    /**
     * Ids that a process gets.
     *
     * @param uid user
     * @param gid group
     * @param groups supplementary groups
     * @param name the user's name, where there is one
     * @param home the user's home folder, where there is one
     */
    record Identity(int uid, int gid, List<Integer> groups, Optional<String> name, Optional<String> home) {}

    private Accounts(String container, RootDir root) {
        this.container = container;
        this.passwd = text(root, PASSWD);
        this.group = text(root, GROUP);
    }

    static Accounts read(String container, RootDir root) {
        return new Accounts(container, root);
    }

    private String text(RootDir root, String path) {
        try {
            return FileName.string(root.read(FileName.bytes(path), MAX_BYTES));
        } catch (LinuxException e) {
            LOG.debug("A container's {} can't be read", path, e);
            unread.put(path, e.getMessage());
            return "";
        }
    }

    /** The fields of each line that has enough of them. A hostile file has far too many of both to keep them. */
    private static Stream<String[]> entries(String text, int fields) {
        return LINE.splitAsStream(text)
                .map(line -> line.split(":", fields + 1))
                .filter(parts -> parts.length >= fields);
    }

    private Stream<String[]> users() {
        return entries(passwd, 7);
    }

    private Stream<String[]> groups() {
        return entries(group, 4);
    }

    /** The ids that a command runs with. */
    Identity of(Command command) {
        String[] entry = entry(command.user()).orElse(null);
        long uid;
        long gid;
        if (command.user() instanceof User.ById id) {
            uid = id.uid();
            gid = id.gid();
        } else {
            uid = id(entry[2], "user " + entry[0]);
            gid = id(entry[3], "group of user " + entry[0]);
        }
        if (command.group().isPresent()) {
            gid = gid(command.group().get());
        }
        Optional<String> name = Optional.ofNullable(entry).map(e -> e[0]);
        Optional<String> home = Optional.ofNullable(entry).map(e -> e[5]).filter(path -> path.startsWith("/"));
        return new Identity((int) uid, (int) gid, supplementary(command, name), name, home);
    }

    private Optional<String[]> entry(User user) {
        if (user instanceof User.ByName named) {
            return Optional.of(users().filter(line -> line[0].equals(named.name()))
                    .findFirst()
                    .orElseThrow(() -> missing("user", named.name(), PASSWD)));
        }
        long uid = ((User.ById) user).uid();
        return users().filter(line -> line[2].equals(Long.toString(uid))).findFirst();
    }

    private List<Integer> supplementary(Command command, Optional<String> name) {
        if (command.groups().isPresent()) {
            return command.groups().get().stream()
                    .map(group -> (int) gid(group))
                    .toList();
        }
        if (name.isEmpty() || !(command.user() instanceof User.ByName)) {
            return List.of();
        }
        return groups().filter(line -> ("," + line[3] + ",").contains("," + name.get() + ","))
                .map(line -> (int) id(line[2], "group " + line[0]))
                .toList();
    }

    private long gid(Group group) {
        if (group instanceof Group.ById id) {
            return id.gid();
        }
        String name = ((Group.ByName) group).name();
        String[] entry = groups().filter(line -> line[0].equals(name))
                .findFirst()
                .orElseThrow(() -> missing("group", name, GROUP));
        return id(entry[2], "group " + name);
    }

    private long id(String text, String what) {
        try {
            long id = Long.parseLong(text);
            if (id >= 0 && id <= MAX_ID && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return id;
            }
        } catch (NumberFormatException e) {
            // Told below, like a number out of range.
        }
        throw missing("id of " + what, text, "/etc/passwd or /etc/group, or it is no id");
    }

    private NotFoundException missing(String kind, String name, String where) {
        String why = unread.containsKey(where) ? ", which can't be read: " + unread.get(where) : "";
        return new NotFoundException(kind, name, "container " + container + " has no such entry in its " + where + why);
    }
}
