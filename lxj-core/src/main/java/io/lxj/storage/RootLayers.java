package io.lxj.storage;

import io.lxj.linux.DetachedMount;
import io.lxj.linux.Directory;
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
    static DetachedMount clone(Fd directory, long attributes) throws LinuxException {
        DetachedMount mount = DetachedMount.clone(directory, false);
        try {
            mount.setPropagation(MountFlags.MS_PRIVATE, false);
            mount.setAttributes(
                    attributes,
                    MountFlags.MOUNT_ATTR_NODEV | MountFlags.MOUNT_ATTR_NOSUID | MountFlags.MOUNT_ATTR_NOEXEC,
                    false);
            return mount;
        } catch (LinuxException e) {
            mount.close();
            throw e;
        }
    }

    static RootLayers overlay(Optional<Directory> lower, Directory folder, RootLayout layout) throws LinuxException {
        DetachedMount own = clone(folder.fd(), 0);
        try {
            Optional<DetachedMount> image = lower.isPresent()
                    ? Optional.of(clone(lower.get().fd(), MountFlags.MOUNT_ATTR_RDONLY))
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
