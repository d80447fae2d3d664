package io.lxj.storage;

import io.lxj.linux.Directory;
import io.lxj.linux.Errno;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Keeps a power cut from leaving half a tree, without anybody having to wait for the disk. A large tree, of an image or of
 * a container that is a copy, gets its name while much of it is in memory only. Until it is on disk there is a symbolic
 * link beside it that leads to the id of this boot, which takes less than a file with that. If the machine went down
 * meanwhile, the next boot finds a marker of another boot and the tree is removed: whole or absent. The end of a process
 * tears nothing, as what it wrote is the kernel's then. Thread-safe.
 */
public final class SyncMarker {
    private static final byte[] NAME = FileName.bytes("unsynced");
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static volatile String bootId;

    private SyncMarker() {}

    /** It doesn't change while this process lives. */
    private static String bootId() throws IOException {
        String known = bootId;
        if (known == null) {
            known = Files.readString(BOOT_ID, StandardCharsets.US_ASCII).strip();
            bootId = known;
        }
        return known;
    }

    private static byte[] mark() throws IOException {
        return bootId().getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Marks a folder, before it gets its name, as not yet on disk.
     *
     * @param folder the folder, whose tree is complete
     * @throws IOException if the marker can't be made
     */
    public static void mark(Directory folder) throws IOException {
        folder.symlink(mark(), NAME);
    }

    /**
     * Whether what is in a folder may not be on disk yet.
     *
     * @param folder the folder
     * @return true if there is a marker
     * @throws LinuxException if the folder can't be read
     */
    static boolean isMarked(Directory folder) throws LinuxException {
        return folder.findStat(NAME).isPresent();
    }

    /**
     * Whether the machine may have gone down before what is in a folder was on disk.
     *
     * @param parent the folder above it
     * @param name its name
     * @return true if there is a marker that isn't of this boot; false if there is no such folder
     * @throws IOException if the folder can't be read
     */
    public static boolean isTorn(Directory parent, String name) throws IOException {
        try (Directory folder = parent.openDirectory(FileName.bytes(name))) {
            return isMarked(folder) && !Arrays.equals(folder.readLink(NAME), mark());
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Takes the marker away, after all was written to disk.
     *
     * @param folder the folder
     * @throws LinuxException if it can't be removed
     */
    static void remove(Directory folder) throws LinuxException {
        folder.unlinkIfThere(NAME);
    }
}
