package io.lxj.storage;

import io.lxj.linux.Directory;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.FileSystemType;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.RootDir;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * An overlay above the image: the container's changes are in {@code upper}, the rest are the image's own files. Made in
 * constant time whatever the image's size. See Documentation/filesystems/overlayfs.rst.
 */
final class OverlayStorage implements RootStorage {
    private static final String UPPER = "upper";
    private static final String WORK = "work";
    private static final int FOLDER = Open.O_PATH | Open.O_DIRECTORY;
    private static final RootLayout LAYOUT = new RootLayout(true, "", UPPER, WORK);

    @Override
    public boolean needsImage() {
        return true;
    }

    @Override
    public void prepare(Directory folder, ImageTree image, CopyProgress progress) throws LinuxException {
        FileSystemType type = FileSystemType.of(folder.fd());
        if (!FileSystemSupport.canHoldUpper(type)) {
            throw LinuxException.of(-Errno.EOPNOTSUPP.number(), "mount", "overlay")
                    .withHint("the state folder is on a file system of type " + type
                            + ", which can't hold the changed files of an overlay: use Storage.COPY, or a state folder"
                            + " on ext4, xfs or btrfs");
        }
        folder.mkdir(FileName.bytes(WORK), 0700);
        try (Directory upper = make(folder, UPPER)) {
            Attributes.copy(image.rootfs(), upper);
        }
    }

    private static Directory make(Directory parent, String name) throws LinuxException {
        parent.mkdir(FileName.bytes(name), 0700);
        return parent.openDirectory(FileName.bytes(name));
    }

    /**
     * A directory in {@code upper} is merged with that of the same path in the image. So the way to the image's folder is
     * made in {@code upper}, and the overlay needn't be mounted to write there: a mount would cost 0.4 ms, and as much
     * time as the host has unwritten data when it goes, because unmounting an overlay syncs the file system below it.
     */
    @Override
    public Optional<FirstBootFolder> openFolder(Directory folder, ImageTree image, String path) throws LinuxException {
        Optional<List<String>> way = wayTo(image, path);
        if (way.isEmpty()) {
            return Optional.empty();
        }
        FirstBootFolder at = new FirstBootFolder(
                new Directory(image.rootfs().fd().duplicate()), folder.openDirectory(FileName.bytes(UPPER)));
        try {
            for (String name : way.get()) {
                FirstBootFolder next = below(at, name);
                at.close();
                at = next;
            }
            return Optional.of(at);
        } catch (LinuxException e) {
            at.close();
            throw e;
        }
    }

    private static FirstBootFolder below(FirstBootFolder above, String name) throws LinuxException {
        Directory seen = above.seen().openDirectory(FileName.bytes(name));
        try {
            return new FirstBootFolder(seen, makeLike(seen, name, above));
        } catch (LinuxException e) {
            seen.close();
            throw e;
        }
    }

    /** Makes a directory look from inside like that in the image, if it wasn't made before. */
    private static Directory makeLike(Directory seen, String name, FirstBootFolder above) throws LinuxException {
        Directory in = above.written();
        boolean missing = in.mkdirIfMissing(FileName.bytes(name), 0700);
        Directory made = in.openDirectory(FileName.bytes(name));
        if (!missing) {
            return made;
        }
        try {
            Attributes.copyTime(above.seen(), in);
            Attributes.copy(seen, made);
            return made;
        } catch (LinuxException e) {
            made.close();
            throw e;
        }
    }

    /**
     * The components of a path of the image once all links in it are resolved, within the image's root; empty if it leads
     * to no directory. Images don't change, so the answer stays true.
     */
    private static Optional<List<String>> wayTo(ImageTree image, String path) throws LinuxException {
        byte[] name = FileName.bytes(path);
        try (RootDir root = image.root();
                Fd straight = root.find(name, FOLDER, Open.RESOLVE_NO_SYMLINKS).orElse(null);
                Fd end = straight == null ? root.find(name, FOLDER).orElse(null) : null) {
            if (straight != null) {
                return Optional.of(components(path));
            }
            if (end == null) {
                return Optional.empty();
            }
            byte[] top = pathOf(root.fd());
            byte[] bottom = pathOf(end);
            return Optional.of(components(
                    FileName.string(bottom).substring(FileName.string(top).length())));
        }
    }

    private static List<String> components(String path) {
        return Arrays.stream(path.split("/")).filter(name -> !name.isEmpty()).toList();
    }

    private static byte[] pathOf(Fd fd) throws LinuxException {
        try (Directory fds = new Directory(Fd.open(Path.of("/proc/self/fd"), FOLDER, 0))) {
            return fds.readLink(FileName.bytes(Integer.toString(fd.number())));
        }
    }

    @Override
    public Fd mount(Directory folder, Optional<ImageTree> image, Use use) throws LinuxException {
        Directory lower = image.orElseThrow().rootfs();
        try (Directory upper = folder.openDirectory(FileName.bytes(UPPER))) {
            if (use == Use.LOOK) {
                return OverlayMount.readOnly(upper, lower);
            }
            if (use == Use.CHANGE && SyncMarker.isMarked(folder)) {
                // From now on it holds more than the image has: it must not be taken for torn any more.
                Settler.settle(List.of(folder));
            }
            try (Directory work = OverlayMount.openWork(folder)) {
                return OverlayMount.writable(lower, upper, work, use == Use.RUN);
            }
        }
    }

    @Override
    public RootLayers layers(Directory folder, Optional<ImageTree> image) throws LinuxException {
        OverlayMount.openWork(folder).close();
        return RootLayers.overlay(Optional.of(image.orElseThrow().rootfs()), folder, LAYOUT);
    }

    @Override
    public Optional<RootLayout> layout() {
        return Optional.of(LAYOUT);
    }

    @Override
    public long sizeOnDisk(Directory folder) throws LinuxException {
        return DiskUsage.of(folder, List.of(UPPER, WORK));
    }
}
