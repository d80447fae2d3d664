package io.lxj.image;

import io.lxj.linux.Directory;
import io.lxj.linux.DirectoryEntry;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.Syscall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Keeps a power cut from leaving half an image, without an import having to wait for the disk. An image is published
 * with a marker in its folder, a file with the id of this boot; the marker goes once all is on disk. If the machine went
 * down in between, the next boot finds a marker of another boot (or an empty one) and removes the image: whole or absent.
 * A process that is killed loses nothing, as what it wrote is the kernel's then.
 */
public final class DiskSync {
    private static final byte[] MARKER = FileName.bytes("unsynced");
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final int MAX_MARKER = 256;

    private DiskSync() {}

    private static byte[] bootId() throws IOException {
        return Files.readAllBytes(BOOT_ID);
    }

    /** Marks an image, before it is published, as not yet on disk. */
    static void mark(Directory image) throws IOException {
        try (Fd marker = image.open(MARKER, Open.O_WRONLY | Open.O_CREAT | Open.O_EXCL, 0600)) {
            marker.write(bootId());
        }
    }

    /**
     * Waits until an image is on disk, and removes the marker. This may take seconds.
     *
     * @param images the folder of all images
     * @param name the name of the image
     * @throws LinuxException if it can't be written to disk; nothing if there is no such image any more
     */
    public static void settle(Directory images, String name) throws LinuxException {
        try (Directory image = images.openDirectory(FileName.bytes(name))) {
            long result = image.fd().call(Syscall.SYNCFS);
            if (result < 0) {
                throw LinuxException.of(result, "syncfs", image.fd().number());
            }
            image.unlink(MARKER);
            image.sync();
        } catch (LinuxException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
    }

    /**
     * Removes the images that a crash of the machine may have left in pieces.
     *
     * @param images the folder of all images
     * @return the names of the images that were removed
     * @throws IOException if one can't be looked at or removed
     */
    public static List<String> removeTorn(Directory images) throws IOException {
        List<String> torn = torn(images);
        for (String name : torn) {
            images.removeTree(FileName.bytes(name));
        }
        return torn;
    }

    /** The names of the images that a crash of the machine may have left in pieces. */
    static List<String> torn(Directory images) throws IOException {
        byte[] now = bootId();
        List<String> torn = new ArrayList<>();
        for (DirectoryEntry entry : images.list()) {
            if (!entry.string().startsWith(".") && isTorn(images, entry.name(), now)) {
                torn.add(entry.string());
            }
        }
        return torn;
    }

    /** Whether an image of this boot may not be on disk yet. */
    static boolean isPending(Directory image) throws LinuxException {
        try {
            image.stat(MARKER);
            return true;
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                return false;
            }
            throw e;
        }
    }

    private static boolean isTorn(Directory images, byte[] name, byte[] now) throws LinuxException {
        try (Directory image = images.openDirectory(name);
                Fd marker = image.open(MARKER, Open.O_RDONLY, 0)) {
            return !Arrays.equals(marker.readAll(MAX_MARKER), now);
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
                return false;
            }
            throw e;
        }
    }
}
