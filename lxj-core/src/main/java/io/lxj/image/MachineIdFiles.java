package io.lxj.image;

import io.lxj.config.FileType;
import io.lxj.linux.LinuxException;
import io.lxj.storage.MachineId;

/**
 * The files that say which machine it is. In an image that is built they say nothing: /etc/machine-id is empty, as
 * machine-id(5) wants it for what many machines are made of, and D-Bus, whose own file comes first for it, has none.
 * Commands of the build, such as those that set up systemd or D-Bus, may have made some up.
 */
final class MachineIdFiles {
    private MachineIdFiles() {}

    /** Takes what they say. What isn't there stays missing. */
    static void unset(TreeFiles files) throws LinuxException {
        // A link is usually one to the other.
        if (files.exists(MachineId.DBUS_FILE) && files.info(MachineId.DBUS_FILE).type() == FileType.FILE) {
            files.delete(MachineId.DBUS_FILE);
        }
        if (!files.exists(MachineId.SYSTEM_FILE)) {
            return;
        }
        if (files.info(MachineId.SYSTEM_FILE).type() == FileType.LINK) {
            files.delete(MachineId.SYSTEM_FILE);
        }
        if (!files.exists(MachineId.SYSTEM_FILE)
                || files.info(MachineId.SYSTEM_FILE).type() == FileType.FILE) {
            try (NewFile file = files.create(MachineId.SYSTEM_FILE)) {
                file.commit();
            }
        }
    }
}
