package io.lxj.storage;

import io.lxj.linux.Block;
import io.lxj.linux.Directory;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.Kernel;
import io.lxj.linux.LinuxException;
import io.lxj.linux.MountFlags;
import io.lxj.linux.Scratch;
import io.lxj.linux.Syscall;
import java.nio.charset.StandardCharsets;

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
    private static final String[][] OPTIONS = {
        {"userxattr", null}, {"redirect_dir", "nofollow"}, {"metacopy", "off"}, {"index", "off"}
    };

    private static final long NO_DANGER =
            MountFlags.MOUNT_ATTR_NODEV | MountFlags.MOUNT_ATTR_NOSUID | MountFlags.MOUNT_ATTR_NOEXEC;
    private static final int MESSAGE = 1024;

    private OverlayMount() {}

    /** An overlay that can be changed. */
    static Fd writable(Directory lower, Directory upper, Directory work, boolean toRunIn) throws LinuxException {
        try (Fd context = open()) {
            set(context, "lowerdir", layer(lower));
            set(context, "upperdir", layer(upper));
            set(context, "workdir", layer(work));
            return mount(context, toRunIn ? 0 : NO_DANGER);
        }
    }

    /**
     * The same to look at. Without an upper layer nothing is written, not even by the kernel, so that it may be mounted
     * any number of times, and its end doesn't sync the file system below.
     */
    static Fd readOnly(Directory upper, Directory lower) throws LinuxException {
        try (Fd context = open()) {
            set(context, "lowerdir", layer(upper) + ":" + layer(lower));
            return mount(context, NO_DANGER | MountFlags.MOUNT_ATTR_RDONLY);
        }
    }

    private static String layer(Directory directory) {
        return "/proc/self/fd/" + directory.fd().number();
    }

    private static Fd open() throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long result = Kernel.call(Syscall.FSOPEN, scratch.string("overlay"), MountFlags.FSOPEN_CLOEXEC);
            if (result < 0) {
                LinuxException failure = LinuxException.of(result, "fsopen", "overlay", "FSOPEN_CLOEXEC");
                throw Errno.ENODEV.is(result)
                        ? failure.withHint("the kernel has no overlayfs (CONFIG_OVERLAY_FS): use Storage.COPY")
                        : failure;
            }
            return new Fd((int) result);
        }
    }

    private static void set(Fd context, String key, String value) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            int command = value == null ? MountFlags.FSCONFIG_SET_FLAG : MountFlags.FSCONFIG_SET_STRING;
            long valueAddress = value == null ? 0 : scratch.string(value);
            long result = context.call(Syscall.FSCONFIG, command, scratch.string(key), valueAddress, 0, 0);
            if (result < 0) {
                throw explained(context, LinuxException.of(result, "fsconfig", "overlay", key, value));
            }
        }
    }

    private static Fd mount(Fd context, long attributes) throws LinuxException {
        for (String[] option : OPTIONS) {
            set(context, option[0], option[1]);
        }
        long result = context.call(Syscall.FSCONFIG, MountFlags.FSCONFIG_CMD_CREATE, 0, 0, 0, 0);
        if (result < 0) {
            throw explained(context, LinuxException.of(result, "fsconfig", "overlay", "FSCONFIG_CMD_CREATE"));
        }
        result = context.call(Syscall.FSMOUNT, MountFlags.FSMOUNT_CLOEXEC, attributes);
        if (result < 0) {
            throw LinuxException.of(result, "fsmount", "overlay", "0x" + Long.toHexString(attributes));
        }
        return new Fd((int) result);
    }

    /** A file system tells what it didn't like when its context is read; each message begins with its severity. */
    private static LinuxException explained(Fd context, LinuxException failure) {
        Block message = Block.allocate(MESSAGE);
        try {
            int length = context.read(message, 0, message.length());
            byte[] text = new byte[length];
            message.buffer().get(0, text);
            return failure.withHint("the kernel says: " + new String(text, StandardCharsets.UTF_8).strip());
        } catch (LinuxException nothingToSay) {
            return failure;
        }
    }
}
