package io.lxj.failure;

import io.lxj.linux.Errno;
import io.lxj.linux.SecurityModules;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a failed system call means, whatever it was for, and what to do about it. Thread-safe. */
public final class CallHints {
    private static final Map<Errno, String> ANY = Map.of(
            Errno.EOWNERDEAD,
                    "the process that handles files for this JVM was killed: try again, and if it is gone for good, open the"
                            + " state folder once more",
            Errno.ETOOMANYREFS,
                    "programs of this user, perhaps in a container, have as many descriptors in flight as they may, see"
                            + " unix(7): end them",
            Errno.EMFILE, "this process has too many open files; raise RLIMIT_NOFILE");

    private static final Set<String> STARTS_PROCESSES = Set.of("clone3", "posix_spawn", "fork", "vfork");
    private static final Set<String> MOUNTS =
            Set.of("open_tree", "fsopen", "fsmount", "move_mount", "mount_setattr", "unshare");
    private static final Set<String> WRITES =
            Set.of("write", "pwrite64", "copy_file_range", "sendfile", "ftruncate", "fallocate");

    private CallHints() {}

    /**
     * What is known of a failure.
     *
     * @param call the name of the call, without a path in brackets
     * @param errno what the kernel said
     * @return a sentence for people, if there is anything to say
     */
    public static Optional<String> of(String call, Errno errno) {
        return Optional.ofNullable(ofCall(call, errno)).or(() -> Optional.ofNullable(ANY.get(errno)));
    }

    private static String ofCall(String call, Errno errno) {
        String name = call.replaceFirst("\\(.*", "");
        if (errno == Errno.EAGAIN && STARTS_PROCESSES.contains(name)) {
            return "there are as many processes and threads as may be: for this user (RLIMIT_NPROC, see ulimit -u), in this"
                    + " cgroup (pids.max) or on this machine (kernel.threads-max, kernel.pid_max)";
        }
        if (errno == Errno.EFBIG && WRITES.contains(name)) {
            return "the file system, or RLIMIT_FSIZE of this process (see ulimit -f), allows no files of that size";
        }
        if (errno == Errno.EBADF && name.equals("dup3")) {
            return "descriptors with numbers below 1024 are needed: this process may not have as many open, see ulimit -n";
        }
        if (errno == Errno.EPERM && MOUNTS.contains(name)
                || errno == Errno.EPERM && SecurityModules.isRootRestricted()) {
            return SecurityModules.advice() + "; see Host.check()";
        }
        // With a descriptor there is no other reason.
        if (errno == Errno.EINVAL && name.startsWith("fchown")) {
            return "the user namespace in which files are handled doesn't have this owner: for root it is the one of this"
                    + " process, which needs the ids 0 to 65535 in /proc/self/uid_map and gid_map; for other users it is"
                    + " one with just these";
        }
        return null;
    }
}
