package io.lxj.lifecycle;

import io.lxj.error.InvalidConfigException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which of the kernel's settings there are on this host: others are refused before anything is made. Those of a network
 * interface come and go with it, so that only a start can tell.
 */
final class HostSysctls {
    private static final Path ALL = Path.of("/proc/sys");
    private static final String DOMAIN_NAME = "kernel.domainname";

    /** In net.ipv4, net.ipv6 and net.mpls these have a folder for each interface, and for all of them. */
    private static final Set<String> OF_INTERFACES = Set.of("conf", "neigh");

    private static final Set<String> OF_ALL = Set.of("all", "default", "lo");
    private static final int KIND = 2;
    private static final int INTERFACE = 3;

    private HostSysctls() {}

    /**
     * Refuses settings that the kernel doesn't have.
     *
     * @param names names as sysctl(8) has them, where a slash stands for a dot in the name of a file
     */
    static void check(Set<String> names) {
        for (String name : names) {
            if (!name.equals(DOMAIN_NAME) && !isThere(name)) {
                throw new InvalidConfigException(
                        "sysctls",
                        name,
                        "settings that this kernel has, as \"sysctl -a\" lists them; some come with a kernel module");
            }
        }
    }

    /** Settings without those of an interface, which a start makes. */
    static Map<String, String> withoutInterfaces(Map<String, String> sysctls) {
        Map<String, String> others = new TreeMap<>(sysctls);
        others.keySet().removeIf(HostSysctls::isOfInterface);
        return others;
    }

    private static boolean isThere(String name) {
        Path file = ALL;
        for (String part : name.split("\\.")) {
            file = file.resolve(part.replace('/', '.'));
        }
        return isOfInterface(name) || Files.isRegularFile(file);
    }

    private static boolean isOfInterface(String name) {
        String[] parts = name.split("\\.");
        return parts.length > INTERFACE + 1
                && OF_INTERFACES.contains(parts[KIND])
                && !OF_ALL.contains(parts[INTERFACE]);
    }
}
