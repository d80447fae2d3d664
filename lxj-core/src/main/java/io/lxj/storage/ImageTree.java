package io.lxj.storage;

import io.lxj.linux.Directory;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.RootDir;

/**
 * The files of an image, pinned. Whoever has it open holds the image's lock, shared at least, so that it stays. Images
 * are never written to. Thread-safe.
 */
public final class ImageTree implements AutoCloseable {
    /** The name of the folder with the image's files in that of the image. */
    public static final String ROOTFS = "rootfs";

    static final String IMAGE = "image.json";

    private final Directory folder;
    private final Directory rootfs;

    private ImageTree(Directory folder, Directory rootfs) {
        this.folder = folder;
        this.rootfs = rootfs;
    }

    /**
     * Opens the files of an image.
     *
     * @param state the state folder
     * @param name the name of the image, checked by the caller
     * @return the files
     * @throws LinuxException ENOENT if there is no such image
     */
    public static ImageTree open(StateFolder state, String name) throws LinuxException {
        Directory folder = state.images().openDirectory(FileName.bytes(name));
        try {
            return new ImageTree(folder, folder.openDirectory(FileName.bytes(ROOTFS)));
        } catch (LinuxException e) {
            folder.close();
            throw e;
        }
    }

    /**
     * The folder of the image, with {@link #ROOTFS} in it.
     *
     * @return the directory, which this object still owns
     */
    public Directory folder() {
        return folder;
    }

    /**
     * The root of the image's files.
     *
     * @return the directory, which this object still owns
     */
    public Directory rootfs() {
        return rootfs;
    }

    /**
     * The image's files as a root to resolve paths in.
     *
     * @return a root of its own, to be closed by the caller
     * @throws LinuxException if the descriptor can't be duplicated
     */
    RootDir root() throws LinuxException {
        return new RootDir(rootfs.fd().duplicate());
    }

    @Override
    public void close() {
        rootfs.close();
        folder.close();
    }
}
