package io.lxj.lifecycle;

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
            Optional<String> place = CgroupPlaces.look(proc, Deputies.areNeeded());
            return new CgroupPlaceCheck(
                    place.isPresent(),
                    place.orElse("no cgroup of this user's"),
                    place.isPresent() ? "" : CgroupTree.ADVICE);
        } catch (IOException e) {
            return new CgroupPlaceCheck(
                    false,
                    "systemd can't be asked: " + e.getMessage(),
                    "have its bus at /run/dbus/system_bus_socket, or $XDG_RUNTIME_DIR/bus for a user");
        }
    }
}
