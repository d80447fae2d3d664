package io.lxj.storage;

import io.lxj.linux.DetachedMount;
import io.lxj.linux.Directory;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.MountFlags;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the root of a container in a user namespace of its own is made of: mounts without a place, on which the ids of
 * the files are to be mapped. Thread-safe.
 *
 * @param lower the image's files, if they are a layer
 * @param own the container's own files: its folder, or if there is no overlay its root
 * @param layout how an overlay is made of them, or empty if the container's own files are all
 * @param shifted whether the files have the ids of the host already, so that nothing is to be mapped
 */
public record RootLayers(Optional<DetachedMount> lower, DetachedMount own, Optional<RootLayout> layout, boolean shifted)
        implements AutoCloseable {
    private static final long NO_DANGER =
            MountFlags.MOUNT_ATTR_NODEV | MountFlags.MOUNT_ATTR_NOSUID | MountFlags.MOUNT_ATTR_NOEXEC;

    /** Of the files of a container that are all there, as they are. */
    static RootLayers files(Fd rootfs, boolean shifted) throws LinuxException {
        return files(
                rootfs,
                shifted,
                MountFlags.MOUNT_ATTR_NOSUID | MountFlags.MOUNT_ATTR_NOEXEC,
                "nosuid or noexec, which an ordinary user can't lift, and on a file system that holds no overlay: move it");
    }

    /**
     * Of an image in the making, as it is: what is laid over it wouldn't be in the image. Where it is an ordinary user's and
     * on a mount with nosuid, so are the programs of the build.
     *
     * @param rootfs the root of the image's tree
     * @param shifted whether the files have the ids of the host already
     * @return the files
     * @throws LinuxException EPERM, with a hint, if an ordinary user's is on a mount with noexec
     */
    public static RootLayers ofBuild(Fd rootfs, boolean shifted) throws LinuxException {
        return files(
                rootfs,
                shifted,
                MountFlags.MOUNT_ATTR_NOEXEC,
                "noexec, which an ordinary user can't lift: containers run there, but commands of a build don't;"
                        + " use a state folder elsewhere, or an archive that is complete");
    }

    private static RootLayers files(Fd rootfs, boolean shifted, long liftedForUsers, String obstacle)
            throws LinuxException {
        boolean users = rootfs.deputy().isPresent();
        try {
            DetachedMount mount = clone(rootfs, 0, users ? liftedForUsers : NO_DANGER);
            return new RootLayers(Optional.empty(), mount, Optional.empty(), shifted);
        } catch (LinuxException e) {
            if (!e.is(Errno.EPERM)) {
                throw e;
            }
            throw e.withHint("the state folder is on a mount with "
                    + (users
                            ? obstacle
                            : "nosuid, nodev or noexec that this root can't lift, as it comes from outside of its user"
                                    + " namespace, see mount_namespaces(7), and on a file system that holds no overlay and maps"
                                    + " no ids: use a state folder elsewhere"));
        }
    }

    private static DetachedMount clone(Fd directory, long attributes, long lifted) throws LinuxException {
        DetachedMount mount = DetachedMount.clone(directory, false);
        try {
            mount.setPropagation(MountFlags.MS_PRIVATE, false);
            if ((attributes | lifted) != 0) {
                mount.setAttributes(attributes, lifted, false);
            }
            return mount;
        } catch (LinuxException e) {
            mount.close();
            throw e;
        }
    }

    /**
     * Of layers. What the mount of the state folder forbids, such as programs, doesn't hold in an overlay of its files: it
     * need not be lifted, which neither an ordinary user nor root of another user namespace could.
     */
    static RootLayers overlay(Optional<Directory> lower, Directory folder, RootLayout layout) throws LinuxException {
        DetachedMount own = clone(folder.fd(), 0, 0);
        try {
            Optional<DetachedMount> image = lower.isPresent()
                    ? Optional.of(clone(lower.get().fd(), MountFlags.MOUNT_ATTR_RDONLY, 0))
                    : Optional.empty();
            return new RootLayers(image, own, Optional.of(layout), false);
        } catch (LinuxException e) {
            own.close();
            throw e;
        }
    }

    /**
     * The mounts on which the ids of files are to be mapped.
     *
     * @return the mounts, which this object still owns
     */
    public List<DetachedMount> toMap() {
        return shifted ? List.of() : mounts();
    }

    private List<DetachedMount> mounts() {
        List<DetachedMount> all = new ArrayList<>();
        lower.ifPresent(all::add);
        all.add(own);
        return all;
    }

    @Override
    public void close() {
        mounts().forEach(DetachedMount::close);
    }
}
