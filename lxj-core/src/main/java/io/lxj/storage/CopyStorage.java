package io.lxj.storage;

import io.lxj.linux.DetachedMount;
import io.lxj.linux.Directory;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.FileSystemType;
import io.lxj.linux.LinuxException;
import io.lxj.linux.MountFlags;
import io.lxj.linux.Open;
import io.lxj.linux.RootDir;
import io.lxj.linux.TreeCopy;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A full copy of the image, which shares its extents where the file system can. It outlives the image, and runs where
 * overlays don't.
 */
final class CopyStorage implements RootStorage {
    private static final byte[] ROOTFS = FileName.bytes(ImageTree.ROOTFS);
    /** The folder with nothing in it that a copy is laid over. */
    static final String NOTHING = "lower";

    /** An overlay of a copy above nothing. */
    static final RootLayout LAYOUT = new RootLayout(false, NOTHING, ImageTree.ROOTFS, OverlayMount.WORK);

    private static final Logger LOG = LoggerFactory.getLogger(CopyStorage.class);
    private static final long NO_DANGER =
            MountFlags.MOUNT_ATTR_NODEV | MountFlags.MOUNT_ATTR_NOSUID | MountFlags.MOUNT_ATTR_NOEXEC;

    @Override
    public boolean needsImage() {
        return false;
    }

    @Override
    public void prepare(Directory folder, ImageTree image, CopyProgress progress) throws LinuxException {
        TreeCopy.copy(image.folder(), ROOTFS, folder, ROOTFS, attribute -> true, progress::copied);
    }

    @Override
    public Optional<FirstBootFolder> openFolder(Directory folder, ImageTree image, String path) throws LinuxException {
        try (RootDir root = new RootDir(folder.open(ROOTFS, Open.O_PATH | Open.O_DIRECTORY, 0))) {
            Directory found = root.directory(FileName.bytes(path));
            try {
                return Optional.of(
                        new FirstBootFolder(found, new Directory(found.fd().duplicate())));
            } catch (LinuxException e) {
                found.close();
                throw e;
            }
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR) || e.is(Errno.ELOOP)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * To look at files, or to change them, an ordinary user gets the directory itself where they can't mount: a container
     * of theirs has no devices that could be opened by mistake.
     */
    @Override
    public Fd mount(Directory folder, Optional<ImageTree> image, Use use) throws LinuxException {
        if (use != Use.LOOK) {
            settleIfMarked(folder);
        }
        if (use == Use.RUN && FileSystemSupport.canHoldUpper(FileSystemType.of(folder.fd()))) {
            Optional<Fd> overlay = overlay(folder);
            if (overlay.isPresent()) {
                return overlay.get();
            }
        }
        Fd rootfs = folder.open(ROOTFS, Open.O_PATH | Open.O_DIRECTORY, 0);
        try (rootfs) {
            return mount(rootfs, use);
        } catch (LinuxException e) {
            if (use == Use.RUN || !e.is(Errno.EPERM)) {
                throw e;
            }
            return folder.open(ROOTFS, Open.O_PATH | Open.O_DIRECTORY, 0);
        }
    }

    /**
     * The copy as the upper layer above nothing: a file system of its own. In a mount of the copy itself, root could make
     * the host's whole file system read-only by remounting it, as shutdown scripts of sysvinit try to. Empty where the
     * kernel makes no overlay of it.
     */
    private static Optional<Fd> overlay(Directory folder) throws LinuxException {
        try (Directory rootfs = folder.openDirectory(ROOTFS);
                Directory nothing = OverlayMount.openOrMake(folder, NOTHING);
                Directory work = OverlayMount.openWork(folder)) {
            return Optional.of(OverlayMount.writable(nothing, rootfs, work, true));
        } catch (LinuxException e) {
            if (e.is(Errno.EINVAL) || e.is(Errno.ENODEV) || e.is(Errno.EOPNOTSUPP)) {
                LOG.info("{} is run without an overlay, which its file system doesn't hold", folder, e);
                return Optional.empty();
            }
            throw e;
        }
    }

    /** From now on it holds more than the image has: it must not be taken for torn any more. */
    static void settleIfMarked(Directory folder) throws LinuxException {
        if (SyncMarker.isMarked(folder)) {
            Settler.settle(List.of(folder));
        }
    }

    private static Fd mount(Fd rootfs, Use use) throws LinuxException {
        DetachedMount mount = DetachedMount.clone(rootfs, false);
        try {
            // Otherwise what the container mounts would appear in the state folder, where mounts there are shared.
            mount.setPropagation(MountFlags.MS_PRIVATE, false);
            switch (use) {
                case RUN:
                    // What the host's mount forbids is not about containers: a copy isn't worth less than an overlay.
                    mount.setAttributes(0, NO_DANGER, false);
                    break;
                case CHANGE:
                    mount.setAttributes(NO_DANGER, 0, false);
                    break;
                default:
                    mount.setAttributes(NO_DANGER | MountFlags.MOUNT_ATTR_RDONLY, 0, false);
                    break;
            }
            return mount.fd();
        } catch (LinuxException e) {
            mount.close();
            throw e;
        }
    }

    @Override
    public RootLayers layers(Directory folder, Optional<ImageTree> image) throws LinuxException {
        settleIfMarked(folder);
        if (FileSystemSupport.canHoldUpper(FileSystemType.of(folder.fd()))) {
            OverlayMount.openOrMake(folder, NOTHING).close();
            OverlayMount.openWork(folder).close();
            return RootLayers.overlay(Optional.empty(), folder, LAYOUT);
        }
        try (Fd rootfs = folder.open(ROOTFS, Open.O_PATH | Open.O_DIRECTORY, 0)) {
            return RootLayers.files(rootfs, false);
        }
    }

    @Override
    public Optional<RootLayout> layout() {
        return Optional.of(LAYOUT);
    }

    @Override
    public long sizeOnDisk(Directory folder) throws LinuxException {
        return DiskUsage.of(folder, List.of(ImageTree.ROOTFS));
    }
}
