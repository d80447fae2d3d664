package io.lxj.storage;

import io.lxj.linux.Directory;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.FileSystemContext;
import io.lxj.linux.LinuxException;
import io.lxj.linux.MountFlags;
import java.util.Map;

/**
 * Mounts overlays, without a place. The layers are given to the kernel as {@code /proc/self/fd/N}: so nobody can swap
 * them, the length of the state folder's path doesn't count (fsconfig(2) takes 255 bytes), a colon, comma or backslash in
 * it needs no escaping (which kernels before 6.5 don't even know for a comma), and the container's mount table doesn't
 * show where on the host it lives.
 *
 * <p>The options, each set so that the defaults of a distribution's kernel don't matter:
 *
 * <ul>
 *   <li>{@code userxattr}: the overlay's own notes in the upper layer are attributes in the namespace {@code user.}, the
 *       only one that an overlay mounted within a user namespace can use. So a container can move into one later.
 *   <li>{@code redirect_dir=nofollow}: a redirect that is crafted into an image leads nowhere; rename(2) of a directory
 *       of the image says EXDEV, and mv(1) copies. It is what {@code userxattr} demands.
 *   <li>{@code metacopy=off}: the kernel's documentation warns of it where layers aren't trusted.
 *   <li>{@code index=off}: an index ties the upper layer to the inodes of the image, and a state folder that was copied
 *       or restored from a backup couldn't be mounted any more.
 * </ul>
 *
 * <p>Not set: {@code volatile}, since a database in the container relies on fsync(2); {@code xino}, since all layers are
 * on one file system, where inode numbers are unique and stable without it.
 */
final class OverlayMount {
    static final Map<String, String> OPTIONS = Map.of("redirect_dir", "nofollow", "metacopy", "off", "index", "off");

    private static final long NO_DANGER =
            MountFlags.MOUNT_ATTR_NODEV | MountFlags.MOUNT_ATTR_NOSUID | MountFlags.MOUNT_ATTR_NOEXEC;

    static final String WORK = "work";

    private OverlayMount() {}

    /** An overlay that can be changed. */
    static Fd writable(Directory lower, Directory upper, Directory work, boolean toRunIn) throws LinuxException {
        try (FileSystemContext context = FileSystemContext.open("overlay", upper.fd())) {
            context.set("lowerdir", layer(lower));
            context.set("upperdir", layer(upper));
            context.set("workdir", layer(work));
            return mount(context, toRunIn ? 0 : NO_DANGER);
        }
    }

    /**
     * The same to look at. Without an upper layer nothing is written, not even by the kernel, so that it may be mounted
     * any number of times, and its end doesn't sync the file system below.
     */
    static Fd readOnly(Directory upper, Directory lower) throws LinuxException {
        try (FileSystemContext context = FileSystemContext.open("overlay", upper.fd())) {
            context.set("lowerdir", layer(upper) + ":" + layer(lower));
            return mount(context, NO_DANGER | MountFlags.MOUNT_ATTR_RDONLY);
        }
    }

    /**
     * The work directory of a container's overlay. It is empty but for the kernel's own use, and nothing is lost with it:
     * a power cut may have taken it.
     */
    static Directory openWork(Directory folder) throws LinuxException {
        return openOrMake(folder, WORK);
    }

    static Directory openOrMake(Directory folder, String name) throws LinuxException {
        folder.mkdirIfMissing(FileName.bytes(name), 0700);
        return folder.openDirectory(FileName.bytes(name));
    }

    private static String layer(Directory directory) {
        return "/proc/self/fd/" + directory.fd().number();
    }

    private static Fd mount(FileSystemContext context, long attributes) throws LinuxException {
        context.flag("userxattr");
        for (Map.Entry<String, String> option : OPTIONS.entrySet()) {
            context.set(option.getKey(), option.getValue());
        }
        return context.mount(attributes).fd();
    }
}
