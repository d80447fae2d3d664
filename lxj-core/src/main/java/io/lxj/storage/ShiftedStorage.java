package io.lxj.storage;

import io.lxj.config.IdMap;
import io.lxj.linux.Directory;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.FileSystemType;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Metadata;
import io.lxj.linux.Open;
import io.lxj.linux.RootDir;
import io.lxj.linux.Stat;
import io.lxj.linux.TreeCopy;
import io.lxj.linux.UserNamespaces;
import java.util.List;
import java.util.Optional;

/**
 * A full copy of the files whose owners are ids of the host, for a container on a file system that no mount can map the
 * ids of. It is in a folder of its own with a note of the ids; where that folder is, it is the container's root, whatever
 * storage the configuration asks for.
 */
public final class ShiftedStorage implements RootStorage {
    private static final String FOLDER = "shifted";
    private static final byte[] NAME = FileName.bytes(FOLDER);
    private static final byte[] ROOTFS = FileName.bytes(ImageTree.ROOTFS);
    private static final byte[] SELF = FileName.bytes("/");
    private static final List<String> OTHERS = List.of("upper", OverlayMount.WORK, "lower", ImageTree.ROOTFS);

    private final CopyStorage copy = new CopyStorage();
    private final Optional<Shift> shift;
    private final boolean overlaid;

    /**
     * To whom the files of a copy belong.
     *
     * @param ids the ids of the container, or empty for the host's own
     * @param owners how owners become those
     */
    public record Shift(Optional<IdMap> ids, TreeCopy.Owners owners) {}

    private ShiftedStorage(Optional<Shift> shift, boolean overlaid) {
        this.shift = shift;
        this.overlaid = overlaid;
    }

    /** Of a container that is being created. */
    static ShiftedStorage forNew(Shift shift) {
        return new ShiftedStorage(Optional.of(shift), false);
    }

    /** Of the container in a folder. */
    static ShiftedStorage in(Directory folder) throws LinuxException {
        // Only to them may a file system map no ids that holds the upper layer of an overlay.
        boolean mapsNone = folder.fd().deputy().isPresent() || !UserNamespaces.inFirst();
        return new ShiftedStorage(
                Optional.empty(), mapsNone && FileSystemSupport.canHoldUpper(FileSystemType.of(folder.fd())));
    }

    /**
     * Whether a container is stored like this.
     *
     * @param folder the folder of the container
     * @return true if its files are a copy with ids of the host
     * @throws LinuxException if that can't be told
     */
    public static boolean isIn(Directory folder) throws LinuxException {
        return folder.findStat(NAME).filter(Stat::isDirectory).isPresent();
    }

    /**
     * For whom the files of a container are that is stored like this.
     *
     * @param folder the folder of the container
     * @param path what to call it in an error
     * @return the ids of the container, or empty for the host's own
     * @throws LinuxException if that can't be read
     */
    public static Optional<IdMap> ids(Directory folder, String path) throws LinuxException {
        try (Directory shifted = folder.openDirectory(NAME)) {
            return StoredIds.read(shifted, path + "/" + FOLDER);
        }
    }

    /**
     * Puts a copy in the place of the files of a container that doesn't run, at once and whole. What it had is removed.
     *
     * @param state the state folder
     * @param container the folder of the container, whose lock is held
     * @param from the root of its files as they are
     * @param to for whom the copy is
     * @throws LinuxException if that fails; the files are as they were then
     */
    public static void convert(StateFolder state, ContainerFolder container, Fd from, Shift to) throws LinuxException {
        Directory folder = container.directory();
        try (TemporaryFolder made = state.temporaryFolders().make("shift." + container.name());
                RootDir source = new RootDir(from.duplicate())) {
            fill(source.directory(SELF), made.directory(), to, CopyProgress.NONE);
            Settler.sync(folder);
            if (isIn(folder)) {
                made.exchange(folder, FOLDER);
            } else {
                made.moveTo(folder, FOLDER);
            }
        }
        for (String other : OTHERS) {
            try {
                folder.removeTree(FileName.bytes(other));
            } catch (LinuxException e) {
                if (!e.is(Errno.ENOENT)) {
                    throw e;
                }
            }
        }
    }

    private static void fill(Directory from, Directory made, Shift shift, CopyProgress progress) throws LinuxException {
        StoredIds.write(made, shift.ids());
        TreeCopy.copy(from, made, ROOTFS, ShiftedStorage::isCopied, shift.owners(), progress::copied);
    }

    /** What an overlay keeps for itself means nothing in a copy, and can't be set where that is on an overlay. */
    private static boolean isCopied(String attribute) {
        return !attribute.startsWith("trusted.overlay.") && !attribute.startsWith("user.overlay.");
    }

    @Override
    public boolean needsImage() {
        return false;
    }

    @Override
    public void prepare(Directory folder, ImageTree image, CopyProgress progress) throws LinuxException {
        folder.mkdir(NAME, 0700);
        try (Directory made = folder.openDirectory(NAME);
                Directory rootfs = image.folder().openDirectory(ROOTFS)) {
            fill(rootfs, made, shift.orElseThrow(), progress);
        }
    }

    @Override
    public Optional<FirstBootFolder> openFolder(Directory folder, ImageTree image, String path) throws LinuxException {
        try (Directory shifted = folder.openDirectory(NAME)) {
            return copy.openFolder(shifted, image, path);
        }
    }

    @Override
    public Fd mount(Directory folder, Optional<ImageTree> image, Use use) throws LinuxException {
        if (use != Use.LOOK) {
            CopyStorage.settleIfMarked(folder);
        }
        try (Directory shifted = folder.openDirectory(NAME)) {
            return copy.mount(shifted, image, use);
        }
    }

    /**
     * Of an ordinary user, or root of another user namespace than the first, an overlay of the copy above nothing, which the
     * container's root mounts, whatever the mount of the state folder forbids; otherwise a mount as it is.
     */
    @Override
    public RootLayers layers(Directory folder, Optional<ImageTree> image) throws LinuxException {
        CopyStorage.settleIfMarked(folder);
        try (Directory shifted = folder.openDirectory(NAME)) {
            if (overlaid) {
                return overlay(shifted, folder + "/" + FOLDER);
            }
            try (Fd rootfs = shifted.open(ROOTFS, Open.O_PATH | Open.O_DIRECTORY, 0)) {
                return RootLayers.files(rootfs, true);
            }
        }
    }

    private static RootLayers overlay(Directory shifted, String path) throws LinuxException {
        Optional<IdMap> ids = StoredIds.read(shifted, path);
        give(shifted, ids);
        for (String name : List.of(CopyStorage.NOTHING, OverlayMount.WORK)) {
            try (Directory part = OverlayMount.openOrMake(shifted, name)) {
                give(part, ids);
            }
        }
        RootLayers layers = RootLayers.overlay(Optional.empty(), shifted, CopyStorage.LAYOUT);
        return new RootLayers(layers.lower(), layers.own(), layers.layout(), true);
    }

    /** Lets the container's root enter and use a folder that no process of the container ever sees. */
    private static void give(Directory folder, Optional<IdMap> ids) throws LinuxException {
        int user = (int) ids.orElseThrow().hostUser(0).orElseThrow();
        int group = (int) ids.get().hostGroup(0).orElseThrow();
        Stat stat = folder.fd().stat();
        if (stat.uid() != user || stat.gid() != group) {
            Metadata.chown(folder.fd(), user, group);
        }
    }

    @Override
    public Optional<RootLayout> layout() {
        return overlaid ? Optional.of(CopyStorage.LAYOUT) : Optional.empty();
    }

    @Override
    public long sizeOnDisk(Directory folder) throws LinuxException {
        try (Directory shifted = folder.openDirectory(NAME)) {
            return copy.sizeOnDisk(shifted);
        }
    }
}
