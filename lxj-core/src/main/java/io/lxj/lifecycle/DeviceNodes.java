package io.lxj.lifecycle;

import io.lxj.config.IdMap;
import io.lxj.linux.Directory;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileIdentity;
import io.lxj.linux.FileName;
import io.lxj.linux.FileSystemType;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Metadata;
import io.lxj.linux.Open;
import io.lxj.linux.RootDir;
import io.lxj.linux.Stat;
import io.lxj.plan.LaunchSpec.Node;
import java.util.Optional;

/**
 * The device nodes of a container that runs. All that is done stays in the file system that the launch mounted on /dev:
 * no link of the container's is followed and none of its mounts entered, since it may change both at any moment. What
 * runs in the container takes no part. Thread-safe.
 */
final class DeviceNodes implements AutoCloseable {
    private static final long INSIDE = Open.RESOLVE_NO_SYMLINKS | Open.RESOLVE_NO_XDEV;
    private static final int FOLDER_MODE = 0755;

    private final RootDir dev;
    private final long rootUid;
    private final long rootGid;

    private DeviceNodes(RootDir dev, long rootUid, long rootGid) {
        this.dev = dev;
        this.rootUid = rootUid;
        this.rootGid = rootGid;
    }

    /** Those below a root, which stays the caller's. */
    static DeviceNodes open(RootDir root, Optional<IdMap> ids) throws LinuxException {
        int flags = Open.O_RDONLY | Open.O_DIRECTORY;
        Fd dev = root.open(FileName.bytes("dev"), flags, 0, Open.RESOLVE_NO_SYMLINKS);
        if (!FileSystemType.of(dev).equals(FileSystemType.TMPFS)) {
            dev.close();
            throw LinuxException.of(-Errno.ENODEV.number(), "openat2", "/dev")
                    .withHint("the container has put something else in the place of its /dev: restart it");
        }
        return new DeviceNodes(
                new RootDir(dev),
                ids.isPresent() ? ids.get().hostUser(0).orElse(0) : 0,
                ids.isPresent() ? ids.get().hostGroup(0).orElse(0) : 0);
    }

    /** Makes a node, and the folders above it where they are missing; EEXIST if there is something. */
    void make(Node node) throws LinuxException {
        try (Directory folder = folder(node.path(), true)) {
            byte[] name = name(node.path());
            // Its owner from the beginning: what would be given away later could be another file by then.
            FileIdentity.as(node.uid(), node.gid(), () -> {
                folder.mknod(name, node.mode(), node.major(), node.minor());
                return null;
            });
            // The umask took bits away. Another mount may lie on it already, but isn't opened.
            try (Fd made = openNode(folder, name)) {
                if (isDevice(made.stat(), node.mode() & Stat.S_IFMT, node.major(), node.minor())) {
                    Metadata.chmodPath(made, node.mode() & ~Stat.S_IFMT);
                }
            }
        }
    }

    private static Fd openNode(Directory folder, byte[] name) throws LinuxException {
        try (RootDir root = new RootDir(folder.fd().duplicate())) {
            return root.open(name, Open.O_PATH | Open.O_NOFOLLOW, 0, INSIDE);
        }
    }

    /** Removes the node of a device, if it is still there. */
    void remove(Node node) throws LinuxException {
        try (Directory folder = folder(node.path(), false)) {
            byte[] name = name(node.path());
            if (isDevice(folder.stat(name), node.mode() & Stat.S_IFMT, node.major(), node.minor())) {
                folder.unlink(name);
            }
        } catch (LinuxException e) {
            if (!e.is(Errno.ENOENT) && !e.is(Errno.ENOTDIR)) {
                throw e;
            }
        }
    }

    private static boolean isDevice(Stat stat, int type, int major, int minor) {
        return stat.type() == type && stat.deviceMajor() == major && stat.deviceMinor() == minor;
    }

    private static byte[] name(String path) {
        return FileName.bytes(path.substring(path.lastIndexOf('/') + 1));
    }

    private Directory folder(String path, boolean make) throws LinuxException {
        Directory folder = below(dev, ".");
        for (int slash = path.indexOf('/'), start = 0; slash > 0; start = slash + 1, slash = path.indexOf('/', start)) {
            try (Directory above = folder;
                    RootDir root = new RootDir(above.fd().duplicate())) {
                String name = path.substring(start, slash);
                if (make) {
                    makeFolder(above, FileName.bytes(name));
                }
                folder = below(root, name);
            }
        }
        return folder;
    }

    private void makeFolder(Directory above, byte[] name) throws LinuxException {
        try {
            FileIdentity.as(rootUid, rootGid, () -> {
                above.mkdir(name, FOLDER_MODE);
                return null;
            });
        } catch (LinuxException e) {
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
        }
    }

    private static Directory below(RootDir root, String path) throws LinuxException {
        return new Directory(root.open(FileName.bytes(path), Open.O_RDONLY | Open.O_DIRECTORY, 0, INSIDE));
    }

    @Override
    public void close() {
        dev.close();
    }
}
