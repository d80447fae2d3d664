package io.lxj.image;

import io.lxj.linux.Directory;
import io.lxj.linux.Errno;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.RootDir;

/**
 * Tells where something is mounted. The kernel guards the mount points of a mount namespace against removal only from
 * within: from the host's, rename(2) and unlink(2) would take the container's mount away.
 */
final class MountPoints {
    private MountPoints() {}

    /** Whether something is mounted on the last component of a path. */
    static boolean isOne(RootDir.Place place) throws LinuxException {
        return isOne(place.directory(), place.name());
    }

    private static boolean isOne(Directory in, byte[] name) throws LinuxException {
        // A second view of the same fd, which stays the directory's.
        RootDir directory = new RootDir(in.fd());
        try {
            directory
                    .open(name, Open.O_PATH | Open.O_NOFOLLOW, 0, Open.RESOLVE_NO_XDEV)
                    .close();
            return false;
        } catch (LinuxException e) {
            if (e.is(Errno.EXDEV)) {
                return true;
            }
            if (e.is(Errno.ENOENT)) {
                return false;
            }
            throw e;
        }
    }

    /** Refuses to remove what something is mounted on. */
    static void refuse(RootDir.Place place) throws LinuxException {
        refuse(place.directory(), place.name());
    }

    /** The same for a name in a directory. */
    static void refuse(Directory directory, byte[] name) throws LinuxException {
        if (isOne(directory, name)) {
            throw LinuxException.of(-Errno.EBUSY.number(), "unlinkat", directory.fd(), name)
                    .withHint("something is mounted there");
        }
    }
}
