package io.lxj.storage;

import io.lxj.error.UnsupportedHostException;
import io.lxj.linux.Deputy;
import io.lxj.linux.FileSystemContext;
import io.lxj.linux.Kernel;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Syscall;
import io.lxj.linux.UserNamespaces;
import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who handles the files and mounts of a state folder. Root does it without help. For an ordinary user a {@link Deputy} does:
 * root of a user namespace in which the files of images and containers belong to the ids 0 to 65535, as they do on a host's
 * own disk, and in which file systems can be mounted. On disk they belong to ids that are the user's own by /etc/subuid, so
 * that nobody else, and no container of somebody else, can do anything to them.
 */
public final class Deputies {
    private static final Logger LOG = LoggerFactory.getLogger(Deputies.class);

    private Deputies() {}

    /**
     * Whether this process needs a deputy.
     *
     * @return true for an ordinary user
     */
    public static boolean areNeeded() {
        return Kernel.call(Syscall.GETEUID) != 0;
    }

    /** A deputy for an ordinary user. */
    static Deputy start(Path folder) throws IOException {
        OwnIds ids;
        try {
            ids = SubordinateIds.ofThisUser();
            return start(folder, ids);
        } catch (NoIdsException e) {
            LOG.warn("Containers get a single id, the one of this user, and keep its groups: {}", e.getMessage());
            ids = SubordinateIds.one();
        }
        return start(folder, ids);
    }

    /** It has tried whether it can do what root of a user namespace can: some hosts allow nothing but the namespace. */
    private static Deputy start(Path folder, OwnIds ids) throws IOException {
        Deputy deputy;
        try {
            deputy = Deputy.start(folder, ids);
        } catch (LinuxException e) {
            throw explain(e);
        }
        try {
            FileSystemContext.open("tmpfs", deputy.folder()).close();
            return deputy;
        } catch (LinuxException e) {
            deputy.close();
            throw explain(e);
        }
    }

    /** Neither the folder nor a foreign /proc is to blame for what can't be unshared, or done in the namespace. */
    private static IOException explain(LinuxException failure) {
        if (failure.call().startsWith("openat") || failure.call().equals("readlinkat")) {
            return failure;
        }
        throw new UnsupportedHostException(
                "run containers as an ordinary user",
                "user namespace for this user (" + failure.getMessage() + ")",
                UserNamespaces.advice(failure));
    }
}
