package io.lxj.storage;

import io.lxj.error.LxjException;
import io.lxj.error.UnsupportedHostException;
import io.lxj.linux.Deputy;
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
            if (ids.areSeveral()) {
                return Deputy.start(folder, ids);
            }
        } catch (LxjException e) {
            LOG.warn("Containers get a single id, the one of this user: {}", e.getMessage());
            ids = SubordinateIds.one();
        } catch (LinuxException e) {
            throw explain(e);
        }
        try {
            return Deputy.start(folder, ids);
        } catch (LinuxException e) {
            throw explain(e);
        }
    }

    /** The folder isn't to blame for what can't be unshared. */
    private static IOException explain(LinuxException failure) {
        boolean namespaces = failure.call().equals("unshare") || failure.call().startsWith("setres");
        if (namespaces) {
            throw new UnsupportedHostException(
                    "run containers as an ordinary user",
                    "user namespace for this user (" + failure.getMessage() + ")",
                    UserNamespaces.advice(failure));
        }
        return failure;
    }
}
