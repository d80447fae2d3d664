package io.lxj.image;

import io.lxj.linux.Directory;
import io.lxj.linux.DirectoryEntry;
import io.lxj.linux.Errno;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Stat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Root filesystems that come inside of a folder: a single one of any name, or one called {@code rootfs} with a
 * description of the image beside it, as Incus and LXD make them.
 */
final class WrapperFolder {
    private static final Set<String> ROOT_FOLDERS = Set.of("etc", "usr", "bin", "sbin", "lib", "var");
    private static final int ENOUGH = 2;
    /** More than any root has: an archive must not be able to fill the memory with names. */
    private static final int MAX_NAMES = 10_000;

    private static final String UNIFIED = "rootfs";
    private static final Set<String> CONTAINER_IMAGE = Set.of("manifest.json", "index.json", "oci-layout");

    private WrapperFolder() {}

    /**
     * Takes a root filesystem out of the folder that it came in.
     *
     * @param image the folder that holds what was unpacked
     * @param rootfs the name of what was unpacked
     * @param warnings is told if there was such a folder
     * @throws ArchiveException if it is no root filesystem but the layers of a container image
     */
    static void unwrap(Directory image, byte[] rootfs, ImportWarnings warnings) throws IOException {
        Optional<byte[]> inner;
        List<String> beside;
        try (Directory top = image.openDirectory(rootfs)) {
            List<DirectoryEntry> entries = list(top);
            if (entries.isEmpty() || looksLikeRoot(entries)) {
                return;
            }
            refuseContainerImage(entries);
            inner = inner(top, entries);
            if (inner.isEmpty()) {
                return;
            }
            beside = beside(entries, inner.get());
            top.rename(inner.get(), image, FileName.bytes("unwrapped"));
        }
        image.removeTree(rootfs);
        image.rename(FileName.bytes("unwrapped"), image, rootfs);
        warnings.add("the root filesystem was taken out of the folder " + FileName.quote(inner.get())
                + (beside.isEmpty() ? "" : "; what lay beside it was left out: " + String.join(", ", beside)));
    }

    /** What is in a folder; empty if it is too much to be a root or to lie around one. */
    private static List<DirectoryEntry> list(Directory folder) throws LinuxException {
        try {
            return folder.list(MAX_NAMES);
        } catch (LinuxException e) {
            if (e.is(Errno.EFBIG)) {
                return List.of();
            }
            throw e;
        }
    }

    private static boolean looksLikeRoot(List<DirectoryEntry> entries) {
        return entries.stream()
                        .filter(entry -> ROOT_FOLDERS.contains(entry.string()))
                        .count()
                >= ENOUGH;
    }

    private static void refuseContainerImage(List<DirectoryEntry> entries) throws ArchiveException {
        for (DirectoryEntry entry : entries) {
            if (CONTAINER_IMAGE.contains(entry.string())) {
                throw new ArchiveException("it holds the layers of a container image (" + entry.string()
                        + "), not a root filesystem; export a container of that image and import what comes out");
            }
        }
    }

    private static Optional<byte[]> inner(Directory top, List<DirectoryEntry> entries) throws LinuxException {
        for (DirectoryEntry entry : entries) {
            boolean candidate = entries.size() == 1 || entry.string().equals(UNIFIED);
            if (candidate && top.stat(entry.name()).type() == Stat.S_IFDIR) {
                try (Directory folder = top.openDirectory(entry.name())) {
                    if (looksLikeRoot(list(folder))) {
                        return Optional.of(entry.name());
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static List<String> beside(List<DirectoryEntry> entries, byte[] inner) {
        List<String> names = new ArrayList<>();
        String innerName = FileName.string(inner);
        for (DirectoryEntry entry : entries) {
            if (!entry.string().equals(innerName)) {
                names.add(FileName.quote(entry.name()));
            }
        }
        return names.size() > ENOUGH ? List.of(names.get(0), (names.size() - 1) + " more") : names;
    }
}
