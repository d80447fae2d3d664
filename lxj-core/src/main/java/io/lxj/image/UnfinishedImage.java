package io.lxj.image;

import io.lxj.linux.Directory;
import io.lxj.linux.DirectoryEntry;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.Syscall;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * The temporary folder that an image is made in, beside the finished ones. It is locked by flock(2) as long as somebody
 * works on it; so whoever can take the lock knows that its maker is gone, in whatever process that was.
 */
public final class UnfinishedImage implements AutoCloseable {
    private static final String PREFIX = ".unfinished-";
    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;
    private static final int RENAME_NOREPLACE = 1;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Directory images;
    private final byte[] name;
    private final Directory directory;
    private boolean published;

    private UnfinishedImage(Directory images, byte[] name, Directory directory) {
        this.images = images;
        this.name = name;
        this.directory = directory;
    }

    /**
     * Makes a new one.
     *
     * @param images the folder of all images; stays the caller's and must stay open
     * @return an empty folder that nobody but this user can enter
     * @throws LinuxException if it can't be made
     */
    public static UnfinishedImage create(Directory images) throws LinuxException {
        byte[] random = new byte[8];
        RANDOM.nextBytes(random);
        byte[] name = FileName.bytes(PREFIX + HexFormat.of().formatHex(random));
        images.mkdir(name, 0700);
        try {
            Directory directory = images.openDirectory(name);
            if (!lock(directory.fd())) {
                // Somebody who cleans up was faster; the folder is gone or will be.
                directory.close();
                return create(images);
            }
            return new UnfinishedImage(images, name, directory);
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                return create(images);
            }
            removeAfter(e, images, name);
            throw e;
        }
    }

    private static void removeAfter(LinuxException failure, Directory images, byte[] name) {
        try {
            images.removeTree(name);
        } catch (LinuxException e) {
            failure.addSuppressed(e);
        }
    }

    private static boolean lock(Fd fd) throws LinuxException {
        long result = fd.call(Syscall.FLOCK, LOCK_EX | LOCK_NB);
        if (result < 0 && !Errno.EAGAIN.is(result)) {
            throw LinuxException.of(result, "flock", fd.number(), "LOCK_EX|LOCK_NB");
        }
        return result == 0;
    }

    /**
     * The folder.
     *
     * @return the folder, which this object owns
     */
    public Directory directory() {
        return directory;
    }

    /**
     * Gives the image its name, in one step.
     *
     * @param image the name
     * @throws LinuxException EEXIST if there is one of that name
     */
    public void publish(String image) throws LinuxException {
        images.rename(name, images, FileName.bytes(image), RENAME_NOREPLACE);
        published = true;
    }

    /**
     * Removes the folder with all that is in it, unless it was published.
     *
     * @throws LinuxException if something can't be removed
     */
    @Override
    public void close() throws LinuxException {
        try (directory) {
            if (!published) {
                images.removeTree(name);
            }
        }
    }

    /**
     * Removes what processes left behind that were killed while they made an image.
     *
     * @param images the folder of all images
     * @return how many were removed
     * @throws LinuxException if something can't be removed
     */
    public static int removeLeftovers(Directory images) throws LinuxException {
        int removed = 0;
        for (DirectoryEntry entry : images.list()) {
            if (entry.string().startsWith(PREFIX) && removeIfAbandoned(images, entry.name())) {
                removed++;
            }
        }
        return removed;
    }

    private static boolean removeIfAbandoned(Directory images, byte[] name) throws LinuxException {
        try (Directory directory = new Directory(images.open(name, Open.O_RDONLY | Open.O_DIRECTORY, 0))) {
            if (!lock(directory.fd())) {
                return false;
            }
            images.removeTree(name);
            return true;
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                // Its maker finished it, or somebody else cleaned up.
                return false;
            }
            throw e;
        }
    }
}
