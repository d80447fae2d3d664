package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Rules for the kernel's settings. Only those of a namespace that every container has are a container's own, see
 * namespaces(7) and the kernel's Documentation/admin-guide/sysctl; all others are the host's.
 */
final class Sysctls {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_-]*(\\.[A-Za-z0-9_/-]+)+");
    private static final Set<String> OF_IPC = Set.of(
            "kernel.msgmax",
            "kernel.msgmnb",
            "kernel.msgmni",
            "kernel.sem",
            "kernel.shmall",
            "kernel.shmmax",
            "kernel.shmmni",
            "kernel.shm_rmid_forced");
    private static final String ALLOWED = "a name that begins with net. or fs.mqueue., kernel.domainname, "
            + "or one of kernel.msgmax, msgmnb, msgmni, sem, shmall, shmmax, shmmni, shm_rmid_forced: others are not "
            + "of a namespace of the container's own but of the whole host";
    private static final int LONGEST = 4096;
    /** As long as the name of a file may be, see NAME_MAX in limits.h. */
    private static final int LONGEST_NAME = 255;
    /** One switch of the whole host, though the kernel shows it to every network namespace. */
    private static final String SHOWN_EVERYWHERE = "net.netfilter.nf_hooks_lwtunnel";

    private Sysctls() {}

    static Map<String, String> plus(Map<String, String> sysctls, String name, String value) {
        Map<String, String> copy = new TreeMap<>(sysctls);
        copy.put(check(name), value(name, value));
        return Collections.unmodifiableMap(copy);
    }

    static Map<String, String> of(Map<String, String> sysctls) {
        Map<String, String> all = new TreeMap<>();
        sysctls.forEach((name, value) -> all.put(check(name), value(name, value)));
        return Collections.unmodifiableMap(all);
    }

    private static String check(String name) {
        Objects.requireNonNull(name, "sysctl");
        if (name.equals("kernel.hostname")) {
            throw new InvalidConfigException("sysctls", name, "Config.hostname(...) for the host name");
        }
        if (name.length() > LONGEST_NAME || name.replace('/', '.').equals(SHOWN_EVERYWHERE)) {
            throw new InvalidConfigException("sysctls", name, ALLOWED);
        }
        boolean own = name.startsWith("net.") || name.startsWith("fs.mqueue.") || OF_IPC.contains(name);
        if (!own && !name.equals("kernel.domainname") || !NAME.matcher(name).matches()) {
            throw new InvalidConfigException("sysctls", name, ALLOWED);
        }
        for (String part : name.replace('/', '.').split("\\.", -1)) {
            if (part.isEmpty()) {
                throw new InvalidConfigException("sysctls", name, ALLOWED);
            }
        }
        return name;
    }

    private static String value(String name, String value) {
        String field = "sysctls." + name;
        // As the kernel shows the values of those that have several.
        Text.check(field, value.replace('\t', ' '));
        if (value.isEmpty() || value.length() > LONGEST) {
            throw new InvalidConfigException(field, value, "1 to " + LONGEST + " characters");
        }
        return value;
    }
}
