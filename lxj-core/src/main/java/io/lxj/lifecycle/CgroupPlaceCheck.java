package io.lxj.lifecycle;

import io.lxj.linux.CgroupMount;
import io.lxj.linux.LinuxException;
import io.lxj.linux.MountInfo;
import io.lxj.linux.ProcFs;
import io.lxj.storage.Deputies;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where containers would have their cgroups on this host. Immutable and thread-safe.
 *
 * @param available whether there is a place, and it is the best one
 * @param detail which one, or why there is none
 * @param advice what to do to have one
 */
public record CgroupPlaceCheck(boolean available, String detail, String advice) {
    /**
     * Looks at this host, as the user that this process is. Nothing is made.
     *
     * @return what there is
     */
    public static CgroupPlaceCheck run() {
        try (ProcFs proc = ProcFs.open(Path.of("/proc"))) {
            boolean ofUser = Deputies.areNeeded();
            Optional<CgroupMount> mount = CgroupMount.find(MountInfo.own(proc));
            if (mount.isEmpty()) {
                return new CgroupPlaceCheck(false, "none", "see cgroup v2");
            }
            Optional<String> place = CgroupPlaces.look(proc, mount.get(), ofUser);
            if (place.isPresent()) {
                return new CgroupPlaceCheck(true, place.get(), "");
            }
            return ofUser
                    ? new CgroupPlaceCheck(false, "no cgroup of this user's", CgroupTree.ADVICE)
                    : new CgroupPlaceCheck(false, "no " + CgroupPlaces.NOT_WRITABLE, CgroupPlaces.ADVICE_OF_ROOT);
        } catch (LinuxException e) {
            return new CgroupPlaceCheck(
                    false, "not found out: " + e.getMessage(), e.hint().orElse(""));
        } catch (IOException e) {
            return new CgroupPlaceCheck(
                    false,
                    "systemd can't be asked: " + e.getMessage(),
                    "have its bus at /run/dbus/system_bus_socket, or $XDG_RUNTIME_DIR/bus for a user");
        }
    }
}
