package io.lxj.storage;

import io.lxj.config.Storage;
import io.lxj.linux.Directory;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import java.util.Optional;

/**
 * How a container has a root file system of its own. Implementations keep no state: all there is lies in the folder of
 * the container. Thread-safe.
 */
public interface RootStorage {
    /** What a mount of the root file system is for. */
    enum Use {
        /** For the container to run in. No other writable mount of it may exist meanwhile. */
        RUN,

        /**
         * For its files to be changed from outside while it doesn't run: devices can't be opened, nothing can be
         * executed. No other writable mount of it may exist meanwhile.
         */
        CHANGE,

        /** For its files to be read while it doesn't run; the same restrictions. */
        LOOK
    }

    /**
     * The storage of a kind.
     *
     * @param kind what the container's configuration asks for
     * @return the storage
     */
    static RootStorage of(Storage kind) {
        return kind == Storage.COPY ? new CopyStorage() : new OverlayStorage();
    }

    /**
     * The storage of a container that is there.
     *
     * @param kind what the container's configuration asks for
     * @param folder the folder of the container
     * @return the storage that it has
     * @throws LinuxException if that can't be told
     */
    static RootStorage of(Storage kind, Directory folder) throws LinuxException {
        return ShiftedStorage.isIn(folder) ? ShiftedStorage.in(folder) : of(kind);
    }

    /**
     * Whether the image has to stay as long as the container does.
     *
     * @return true if the container's files are the image's, but for those that were changed
     */
    boolean needsImage();

    /**
     * Makes the root file system in the folder of a container that is being created. Nothing of it is on disk yet when
     * this returns. The folder must be removed if it fails.
     *
     * @param folder the folder of the container
     * @param image what the container is made of
     * @param progress is told of the bytes copied
     * @throws LinuxException if that fails; EOPNOTSUPP with a hint if the file system can't hold it
     */
    void prepare(Directory folder, ImageTree image, CopyProgress progress) throws LinuxException;

    /**
     * A folder in the root of a container that was just prepared.
     *
     * @param folder the folder of the container
     * @param image what the container is made of
     * @param path of the folder in the root, resolved within it
     * @return the folder, to be closed, or empty if the image has none
     * @throws LinuxException if it can't be opened
     */
    Optional<FirstBootFolder> openFolder(Directory folder, ImageTree image, String path) throws LinuxException;

    /**
     * Mounts the root file system without a place: nothing appears in any mount table, and the mount is gone once it
     * is closed and nobody uses it.
     *
     * @param folder the folder of the container
     * @param image the image; not looked at if {@link #needsImage} says no
     * @param use what the mount is for
     * @return the mount
     * @throws LinuxException if it can't be mounted
     */
    Fd mount(Directory folder, Optional<ImageTree> image, Use use) throws LinuxException;

    /**
     * What the root file system is made of for a container to run in with a user namespace of its own, whose root mounts
     * it. No other writable mount of it may exist meanwhile.
     *
     * @param folder the folder of the container
     * @param image the image; not looked at if {@link #needsImage} says no
     * @return the layers, to be closed once the container has them
     * @throws LinuxException if they can't be mounted
     */
    RootLayers layers(Directory folder, Optional<ImageTree> image) throws LinuxException;

    /**
     * How the root file system of a container with a user namespace of its own is usually made.
     *
     * @return the overlay, or empty if it is a mount of files
     */
    Optional<RootLayout> layout();

    /**
     * How much of the disk the container's own files take.
     *
     * @param folder the folder of the container
     * @return in bytes; extents shared with the image count too
     * @throws LinuxException if the files can't be looked at
     */
    long sizeOnDisk(Directory folder) throws LinuxException;
}
