package io.lxj.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which user namespace this process is in, see user_namespaces(7). */
public final class UserNamespaces {
    /** The inode that linux/proc_ns.h gives to the first one. */
    static final String FIRST = "user:[4026531837]";

    private static final boolean IN_FIRST = isFirst(Path.of("/proc/self/ns/user"));

    private UserNamespaces() {}

    /**
     * Whether this process is in the first user namespace of the machine. In another one, even root can neither make device
     * nodes nor load device filters.
     *
     * @return true on a host, false in most containers
     */
    public static boolean inFirst() {
        return IN_FIRST;
    }

    /**
     * Why a process of an ordinary user could not make one, or could do nothing in it.
     *
     * @param failure what unshare(2), or a call in the new namespace, failed with
     * @return what to do about it, as a sentence: the settings that forbid it are named, where it is those
     */
    public static String advice(LinuxException failure) {
        Outcome settings = HostFacts.userNamespaces();
        if (!settings.available()) {
            return settings.advice();
        }
        Outcome machine = HostFacts.machine();
        if (!machine.available()) {
            return machine.detail()
                    + ": its runtime has to allow unshare(2) and mount(2), which the usual seccomp filters"
                    + " of containers deny";
        }
        return Outcome.failed(failure, true).advice();
    }

    private static boolean isFirst(Path namespace) {
        try {
            return Files.readSymbolicLink(namespace).toString().equals(FIRST);
        } catch (IOException e) {
            // A kernel without user namespaces has no other.
            return true;
        }
    }
}
