package io.lxj.lifecycle;

import io.lxj.linux.Cgroup;
import io.lxj.linux.DeviceFilter;
import io.lxj.linux.DeviceRule;
import io.lxj.linux.LinuxException;
import io.lxj.linux.UserNamespaces;
import io.lxj.storage.GrantedDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which devices a container may use: the standard nodes of /dev, terminals, and those of its configuration. Nodes of any
 * device may be made, so that archives can be unpacked inside; opening them is what is denied. Thread-safe.
 */
final class DeviceRules implements AutoCloseable {
    private static final List<DeviceRule> STANDARD = Stream.of(
                    "c *:* m",
                    "b *:* m",
                    "c 1:3 rwm", // null
                    "c 1:5 rwm", // zero
                    "c 1:7 rwm", // full
                    "c 1:8 rwm", // random
                    "c 1:9 rwm", // urandom
                    "c 5:0 rwm", // tty
                    "c 5:2 rwm", // ptmx
                    "c 136:* rwm") // pts
            .map(DeviceRule::parse)
            .toList();

    // Most containers have no devices of their own: for them it is loaded once.
    private DeviceFilter.Loaded standard;

    /** Puts the filter of a container on its cgroup, in the place of one that is there, without a moment between both. */
    void attach(Cgroup cgroup, List<GrantedDevice> devices) throws LinuxException {
        if (!UserNamespaces.inFirst()) {
            // Nobody here can load one, nor make nodes of devices that aren't there; and what is around filters.
            return;
        }
        if (devices.isEmpty()) {
            standard().attach(cgroup);
            return;
        }
        List<DeviceRule> rules = new ArrayList<>(STANDARD);
        devices.forEach(device -> rules.add(device.rule()));
        DeviceFilter.of(rules).attach(cgroup);
    }

    private synchronized DeviceFilter.Loaded standard() throws LinuxException {
        if (standard == null) {
            standard = DeviceFilter.of(STANDARD).load();
        }
        return standard;
    }

    @Override
    public synchronized void close() {
        if (standard != null) {
            standard.close();
            standard = null;
        }
    }
}
