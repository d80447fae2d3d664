package io.lxj.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the cgroup v2 hierarchy is mounted, as /proc/self/mountinfo says: /sys/fs/cgroup on a unified host,
 * /sys/fs/cgroup/unified on a hybrid one, or elsewhere. Immutable and thread-safe.
 *
 * @param path the mount point
 * @param root which part of the hierarchy is seen there: {@code /}, or a subtree for a bind mount
 */
public record CgroupMount(Path path, String root) {
    /**
     * Finds the mount.
     *
     * @param mountInfo the content of /proc/PID/mountinfo, see proc_pid_mountinfo(5)
     * @return the last mount of type cgroup2 that is listed, which covers the others; empty if there is none
     */
    public static Optional<CgroupMount> find(String mountInfo) {
        Optional<CgroupMount> found = Optional.empty();
        for (String line : mountInfo.split("\n")) {
            int separator = line.indexOf(" - cgroup2 ");
            String[] fields = line.split(" ");
            if (separator > 0 && fields.length > 4) {
                found = Optional.of(new CgroupMount(Path.of(unescape(fields[4])), unescape(fields[3])));
            }
        }
        return found;
    }

    /** mountinfo has space, tab, newline and backslash as three octal digits. */
    private static String unescape(String field) {
        StringBuilder text = new StringBuilder(field.length());
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            if (c == '\\' && i + 3 < field.length()) {
                text.append((char) Integer.parseInt(field, i + 1, i + 4, 8));
                i += 3;
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }

    /**
     * The cgroup of a process.
     *
     * @param procCgroup the content of /proc/PID/cgroup, see cgroups(7)
     * @return the path in the v2 hierarchy as the reader's cgroup namespace shows it; empty if the process is in none
     */
    public static Optional<String> membership(byte[] procCgroup) {
        for (String line : new String(procCgroup, StandardCharsets.UTF_8).split("\n")) {
            if (line.startsWith("0::/")) {
                return Optional.of(line.substring(3));
            }
        }
        return Optional.empty();
    }

    /**
     * Opens the top of what is mounted.
     *
     * @return the cgroup
     * @throws LinuxException if it can't be opened
     */
    public Cgroup open() throws LinuxException {
        return new Cgroup(path.toString(), Fd.open(path, Open.O_RDONLY | Open.O_DIRECTORY, 0));
    }
}
