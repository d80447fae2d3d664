package io.lxj.image;

import io.lxj.config.FileType;
import io.lxj.linux.LinuxException;

/**
 * The files that say which machine it is. In an image that is built they say nothing: /etc/machine-id is empty, as
 * machine-id(5) wants it for what many machines are made of, and D-Bus, whose own file comes first for it, has none.
 * Commands of the build, such as those that set up systemd or D-Bus, may have made some up.
 */
final class MachineIdFiles {
    private static final String SYSTEM = "/etc/machine-id";
    private static final String DBUS = "/var/lib/dbus/machine-id";

    private MachineIdFiles() {}

    /** Takes what they say. What isn't there stays missing. */
    static void unset(TreeFiles files) throws LinuxException {
        // A link is usually one to the other.
        if (files.exists(DBUS) && files.info(DBUS).type() == FileType.FILE) {
            files.delete(DBUS);
        }
        if (!files.exists(SYSTEM)) {
            return;
        }
        if (files.info(SYSTEM).type() == FileType.LINK) {
            files.delete(SYSTEM);
        }
        if (!files.exists(SYSTEM) || files.info(SYSTEM).type() == FileType.FILE) {
            try (NewFile file = files.create(SYSTEM)) {
                file.commit();
            }
        }
    }
}
