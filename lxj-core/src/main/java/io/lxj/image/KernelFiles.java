package io.lxj.image;

import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileSystemType;
import io.lxj.linux.LinuxException;

/**
 * The file systems of the kernel, whose files are its settings and a view of its processes. A path in a container leads there
 * if the container wants it, and whoever works on its files means no such file. Stateless and thread-safe.
 */
final class KernelFiles {
    private KernelFiles() {}

    /**
     * Refuses to change what is there.
     *
     * @param pinned the file, or the folder of what would be changed
     * @throws LinuxException EPERM if it is on such a file system
     */
    static void leaveAlone(Fd pinned) throws LinuxException {
        FileSystemType type = FileSystemType.of(pinned);
        if (type.isKernels()) {
            throw LinuxException.of(-Errno.EPERM.number(), "fstatfs", pinned)
                    .withHint(
                            "it is on a file system of the type " + type
                                    + ", whose files are settings of the kernel and"
                                    + " its processes, and nothing is changed there; the container's own root can: use exec(...)");
        }
    }
}
