package io.lxj.launch;

import io.lxj.config.IdMap;
import io.lxj.config.IdRange;
import io.lxj.linux.Deputy;
import io.lxj.linux.DetachedMount;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.ProcFs;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a new user namespace gets from outside before its first process goes on: its ids, and the mounts that map the ids
 * of files to them. Thread-safe.
 *
 * @param proc the host's procfs, in which nothing can be put in the place of the files that are written here
 * @param ids the ids
 * @param mounts the mounts, without a place yet
 */
public record UserNamespaceSetup(ProcFs proc, IdMap ids, List<DetachedMount> mounts) implements Deputy.Ids {
    /** Takes a copy of the list. */
    public UserNamespaceSetup {
        mounts = List.copyOf(mounts);
    }

    /** Sets up the namespace of a process that waits for it, see user_namespaces(7) and mount_setattr(2). */
    @Override
    public void map(int pid) throws LinuxException {
        write(pid + "/gid_map", ids.groups());
        write(pid + "/uid_map", ids.users());
        try (Fd namespace = proc.userNamespaceOf(pid)) {
            for (DetachedMount mount : mounts) {
                map(mount, namespace);
            }
        }
    }

    @Override
    public long count() {
        return ids.users().stream().mapToLong(IdRange::count).sum();
    }

    private static void map(DetachedMount mount, Fd namespace) throws LinuxException {
        try {
            mount.mapIds(namespace, false);
        } catch (LinuxException e) {
            if (e.is(Errno.EINVAL)) {
                throw e.withHint("the file system of the state folder can't map the ids of files: use one on ext4, xfs,"
                        + " btrfs or (from Linux 6.3 on) tmpfs, or Config.privileged()");
            }
            throw e;
        }
    }

    /** All ranges have to be written at once. */
    private void write(String file, List<IdRange> ranges) throws LinuxException {
        StringBuilder lines = new StringBuilder();
        for (IdRange range : ranges) {
            lines.append(range.inside())
                    .append(' ')
                    .append(range.outside())
                    .append(' ')
                    .append(range.count())
                    .append('\n');
        }
        try (Fd map = proc.open(file, Open.O_WRONLY)) {
            map.write(lines.toString().getBytes(StandardCharsets.US_ASCII));
        }
    }
}
