package io.lxj.lifecycle;

import io.lxj.config.ExecResult;
import io.lxj.config.IdMap;
import io.lxj.image.ShiftedOwners;
import io.lxj.linux.Directory;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.TreeCopy;
import io.lxj.storage.ImageTree;
import io.lxj.storage.RootLayers;
import java.io.IOException;
import java.util.Optional;

/** A command of a build where no mount maps the ids of files: it is run on a copy, whose copy becomes the image's tree. */
final class ShiftedBuild {
    private static final byte[] ROOTFS = FileName.bytes(ImageTree.ROOTFS);
    private static final byte[] SHIFTED = FileName.bytes("shifted");
    private static final byte[] BACK = FileName.bytes("back");

    private ShiftedBuild() {}

    /** Runs the command. */
    interface Room {
        ExecResult run(RootLayers rootfs) throws IOException;
    }

    /** Lets a command run on the tree of an image in the making, whose folder this is. */
    static ExecResult run(Directory image, IdMap ids, Room room) throws IOException {
        Optional<IdMap> own = Optional.empty();
        Optional<IdMap> hosts = Optional.of(ids);
        try {
            copy(image, ROOTFS, SHIFTED, new ShiftedOwners(own, hosts));
            ExecResult result;
            try (Fd shifted = image.open(SHIFTED, Open.O_PATH | Open.O_DIRECTORY, 0)) {
                result = room.run(RootLayers.ofBuild(shifted, true));
            }
            copy(image, SHIFTED, BACK, new ShiftedOwners(hosts, own));
            image.removeTree(ROOTFS);
            image.rename(BACK, image, ROOTFS);
            return result;
        } finally {
            remove(image, SHIFTED);
            remove(image, BACK);
        }
    }

    private static void copy(Directory image, byte[] from, byte[] to, ShiftedOwners owners) throws LinuxException {
        TreeCopy.copy(image.openDirectory(from), image, to, attribute -> true, owners, copied -> {});
    }

    private static void remove(Directory image, byte[] tree) throws LinuxException {
        try {
            image.removeTree(tree);
        } catch (LinuxException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
    }
}
