package io.lxj.storage;

import io.lxj.error.LxjException;
import io.lxj.failure.Failures;
import io.lxj.linux.Deputy;
import io.lxj.linux.Directory;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The folder in which one user's images and containers are, with all parts of it pinned by fds. Nobody but its owner can
 * enter it. Thread-safe.
 *
 * <pre>
 * layout.json          which layout this is
 * images/NAME/         image.json, rootfs/
 * containers/NAME/     container.json, rootfs/ or upper/ and work/, run.json, exit.json, console.log
 * locks/               a file for each image and container, held with flock(2), and for what is being made
 * tmp/                 what is being made or taken apart
 * </pre>
 */
public final class StateFolder implements AutoCloseable {
    private static final int ID_BYTES = 4;

    private final Path path;
    private final String id;
    private final Directory root;
    private final Optional<Deputy> deputy;
    private final Directory images;
    private final Directory containers;
    private final Directory temporary;
    private final Directory lockFiles;
    private final Locks locks;
    private final TemporaryFolders temporaryFolders;

    private StateFolder(Path path, String id, StateFolderOpening opening) {
        this.path = path;
        this.id = id;
        this.root = opening.root();
        this.deputy = opening.deputy();
        this.images = opening.folder("images");
        this.containers = opening.folder("containers");
        this.temporary = opening.folder("tmp");
        this.lockFiles = opening.folder("locks");
        this.locks = new Locks(new LockFiles(lockFiles, this::exists));
        this.temporaryFolders = new TemporaryFolders(temporary);
    }

    /**
     * Opens a state folder, and makes it if there is none, together with the folders above it.
     *
     * @param path where it is
     * @return the state folder
     * @throws io.lxj.error.CorruptStateException if it was written by a later version of lxj
     * @throws LxjException if it can't be opened or made, belongs to somebody else, is open to others, is a symbolic
     *     link, isn't a state folder and not empty either, or is on a file system that can't hold one
     */
    public static StateFolder open(Path path) {
        Path absolute = path.toAbsolutePath();
        String action = "open the state folder " + absolute;
        try (StateFolderOpening opening = StateFolderOpening.of(action, absolute)) {
            StateFolder folder = new StateFolder(absolute, id(absolute, opening.root()), opening);
            opening.keep();
            return folder;
        } catch (IOException e) {
            throw Failures.inStateFolder(action, e);
        }
    }

    private static String id(Path path, Directory root) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(FileName.bytes(path.toRealPath()));
            digest.update(ByteBuffer.allocate(Long.BYTES)
                    .putLong(root.fd().stat().inode())
                    .array());
            return HexFormat.of().formatHex(digest.digest(), 0, ID_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * Where it is.
     *
     * @return an absolute path
     */
    public Path path() {
        return path;
    }

    /**
     * What tells this state folder from others of this host, for names that all of them share, such as those of cgroups.
     * It is made of path and inode: a folder that is moved gets another one.
     *
     * @return 8 hexadecimal digits
     */
    public String id() {
        return id;
    }

    /**
     * The folder itself.
     *
     * @return the directory, which this object still owns
     */
    public Directory root() {
        return root;
    }

    /**
     * Who handles its files and mounts, if this process may not.
     *
     * @return the deputy of an ordinary user, which this object still owns
     */
    public Optional<Deputy> deputy() {
        return deputy;
    }

    /**
     * The folder of the images.
     *
     * @return the directory, which this object still owns
     */
    public Directory images() {
        return images;
    }

    /**
     * The folder of the containers.
     *
     * @return the directory, which this object still owns
     */
    public Directory containers() {
        return containers;
    }

    /**
     * The folder of the lock files.
     *
     * @return the directory, which this object still owns
     */
    Directory lockFiles() {
        return lockFiles;
    }

    /** Whether there is what a lock protects. */
    boolean exists(LockName name) throws LinuxException {
        if (name.kind() == LockName.Kind.STATE) {
            return true;
        }
        Directory folder = name.kind() == LockName.Kind.CONTAINER ? containers : images;
        return folder.findStat(FileName.bytes(name.name())).isPresent();
    }

    /**
     * The locks of this state folder.
     *
     * @return the locks, usable until this is closed
     */
    public Locks locks() {
        return locks;
    }

    /**
     * Where things are made and taken apart.
     *
     * @return the temporary folders, usable until this is closed
     */
    public TemporaryFolders temporaryFolders() {
        return temporaryFolders;
    }

    @Override
    public void close() {
        for (Directory directory : new Directory[] {lockFiles, temporary, containers, images, root}) {
            directory.close();
        }
        deputy.ifPresent(Deputy::close);
    }

    @Override
    public String toString() {
        return "state folder " + path;
    }
}
