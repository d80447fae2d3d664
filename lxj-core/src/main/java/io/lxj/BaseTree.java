package io.lxj;

import java.util.List;

/** What every template has: the folders of the Filesystem Hierarchy Standard, and the usual accounts. */
final class BaseTree {
    private static final List<String> FOLDERS = List.of(
            "/dev",
            "/etc",
            "/home",
            "/mnt",
            "/opt",
            "/proc",
            "/run",
            "/srv",
            "/sys",
            "/var/cache",
            "/var/lib",
            "/var/log",
            "/var/spool");

    private BaseTree() {}

    static void make(ImageBuilder builder, String shell) {
        FOLDERS.forEach(builder::folder);
        builder.folder("/root", 0700)
                .folder("/tmp", 01777)
                .folder("/var/tmp", 01777)
                .link("/run", "/var/run")
                .link("/run/lock", "/var/lock")
                .group("root", 0)
                .group("tty", 5)
                .group("mail", 8)
                .group("users", 100)
                .group("nogroup", 65534)
                .user("root", 0, 0, "/root", shell)
                .user("nobody", 65534, 65534, "/var/empty", "/bin/false")
                .write("/etc/shadow", "root:*:::::::\nnobody:*:::::::\n", 0640)
                .write("/etc/nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n")
                .write("/etc/shells", "/bin/sh\n")
                .write("/etc/profile", "export PS1='\\h:\\w\\$ '\n");
    }
}
