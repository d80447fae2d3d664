package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Rules for devices. */
final class DeviceRules {
    private static final String DEV = "/dev/";
    /** What the launch makes in /dev itself. */
    private static final Set<String> OWN = Set.of(
            "null", "zero", "full", "random", "urandom", "tty", "console", "ptmx", "pts", "shm", "mqueue", "fd",
            "stdin", "stdout", "stderr");

    private DeviceRules() {}

    static String target(String target) {
        String path = ContainerPath.check("device.target", target);
        if (!path.startsWith(DEV)) {
            throw new InvalidConfigException("device.target", target, "a path below /dev");
        }
        String name = path.substring(DEV.length());
        if (OWN.contains(name.split("/", 2)[0])) {
            throw new InvalidConfigException("device.target", target, "a path below /dev that lxj doesn't make itself");
        }
        return path;
    }

    /** Refuses a device whose place is below that of another one. */
    static List<Device> apart(List<Device> devices) {
        for (int i = 0; i < devices.size(); i++) {
            String target = devices.get(i).target();
            if (devices.stream().anyMatch(other -> target.startsWith(other.target() + "/"))) {
                throw new InvalidConfigException(
                        "devices[" + i + "].target", target, "a place that isn't below that of another device");
            }
        }
        return devices;
    }

    static Set<DeviceAccess> access(Collection<DeviceAccess> access) {
        if (access.isEmpty()) {
            throw new InvalidConfigException("device.access", "", "one or more of read, write, mknod");
        }
        return Enums.set(DeviceAccess.class, access);
    }

    static int number(String field, int number, int highest) {
        if (number < 0 || number > highest) {
            throw new InvalidConfigException(field, number, "a number from 0 to " + highest);
        }
        return number;
    }

    static Set<DeviceAccess> parseLetters(String letters) {
        Set<DeviceAccess> access = EnumSet.noneOf(DeviceAccess.class);
        for (DeviceAccess kind : DeviceAccess.values()) {
            if (letters.indexOf(letter(kind)) >= 0) {
                access.add(kind);
            }
        }
        if (access.isEmpty() || access.size() != letters.length()) {
            throw new InvalidConfigException("device.access", letters, "one or more of the letters r, w, m");
        }
        return access;
    }

    private static char letter(DeviceAccess kind) {
        return Enums.text(kind).charAt(0);
    }

    /** The access in the letters that the kernel and other container managers write it with. */
    static String letters(Set<DeviceAccess> access) {
        StringBuilder letters = new StringBuilder();
        access.forEach(kind -> letters.append(letter(kind)));
        return letters.toString();
    }
}
