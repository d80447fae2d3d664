package io.lxj.lifecycle;

import io.lxj.config.Command;
import io.lxj.config.ExecResult;
import io.lxj.config.ImageDefaults;
import io.lxj.config.ImageInfo;
import io.lxj.config.Names;
import io.lxj.error.AlreadyExistsException;
import io.lxj.error.NotFoundException;
import io.lxj.image.FinishedImage;
import io.lxj.image.TreeTransfer;
import io.lxj.linux.Directory;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Metadata;
import io.lxj.linux.RootDir;
import io.lxj.storage.ImageTree;
import io.lxj.storage.Lock;
import io.lxj.storage.LockName;
import io.lxj.storage.TemporaryFolder;
import java.io.IOException;
import java.util.Optional;

/**
 * An image in the making: a temporary folder that nobody else sees, which gets its name when it is
 * complete. Used by one thread at a time.
 */
public final class ImageBuild implements AutoCloseable {
    private static final byte[] ROOTFS = FileName.bytes(ImageTree.ROOTFS);

    private final Engine engine;
    private final TemporaryFolder unfinished;
    private RootDir root;
    private boolean closed;

    private ImageBuild(Engine engine, TemporaryFolder unfinished) throws LinuxException {
        this.engine = engine;
        this.unfinished = unfinished;
        this.root = open(unfinished);
    }

    private static RootDir open(TemporaryFolder unfinished) throws LinuxException {
        return new RootDir(unfinished.directory().openDirectory(ROOTFS).fd());
    }

    /**
     * Begins an image.
     *
     * @param engine the open state folder
     * @param from the image to begin with; empty to begin with nothing
     * @return the image in the making
     */
    public static ImageBuild begin(Engine engine, Optional<String> from) {
        engine.check();
        String action = "build an image" + from.map(name -> " from " + name).orElse("");
        try {
            TemporaryFolder unfinished = engine.folder().temporaryFolders().make("build");
            try {
                unfinished.directory().mkdir(ROOTFS, 0700);
                try (Directory rootfs = unfinished.directory().openDirectory(ROOTFS)) {
                    Metadata.chmod(rootfs.fd(), 0755);
                    if (from.isPresent()) {
                        copy(engine, from.get(), rootfs.fd());
                    }
                }
                return new ImageBuild(engine, unfinished);
            } catch (IOException | RuntimeException | Error e) {
                unfinished.close();
                throw e;
            }
        } catch (IOException e) {
            throw TreeTransfer.failure(action, e);
        }
    }

    // A lock is held for its effect alone.
    @SuppressWarnings("try")
    private static void copy(Engine engine, String image, Fd rootfs) throws IOException {
        Names.image(image);
        try (Lock lock = engine.folder().locks().shared(LockName.image(image));
                ImageTree tree = open(engine, image);
                RootDir source = new RootDir(tree.rootfs().fd().duplicate());
                RootDir target = new RootDir(rootfs.duplicate())) {
            TreeTransfer.copy(source, target);
        }
    }

    private static ImageTree open(Engine engine, String image) throws LinuxException {
        try {
            return ImageTree.open(engine.folder(), image);
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                throw new NotFoundException("image", image);
            }
            throw e;
        }
    }

    /**
     * The root of the image.
     *
     * @return the root, which this object still owns
     */
    public RootDir root() {
        if (closed) {
            throw new IllegalStateException("the image was built or given up");
        }
        return root;
    }

    /**
     * Runs a command in the image, in a temporary container.
     *
     * @param command the command
     * @param defaults whose environment it gets
     * @return its exit code and output
     */
    public ExecResult run(Command command, ImageDefaults defaults) {
        root();
        ExecResult result = engine.buildRoom().run(unfinished.directory(), defaults, command);
        // The tree may be another one now.
        root.close();
        try {
            root = open(unfinished);
        } catch (LinuxException e) {
            throw TreeTransfer.failure("open an unfinished image", e);
        }
        return result;
    }

    /**
     * Completes the image and gives it its name.
     *
     * @param name the name
     * @param defaults what it brings along for its containers
     * @return what is known of it
     */
    public ImageInfo publish(String name, ImageDefaults defaults) {
        Names.image(name);
        root();
        try {
            ImageInfo info = FinishedImage.publish(unfinished, engine.folder().images(), root, name, defaults);
            engine.settle();
            return info;
        } catch (LinuxException e) {
            throw e.is(Errno.EEXIST)
                    ? new AlreadyExistsException("image", name)
                    : TreeTransfer.failure("build image " + name, e);
        } catch (IOException e) {
            throw TreeTransfer.failure("build image " + name, e);
        }
    }

    /** Removes all that was made, unless it has its name. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        root.close();
        try {
            unfinished.close();
        } catch (LinuxException e) {
            throw TreeTransfer.failure("give up an unfinished image", e);
        }
    }
}
