package io.lxj.linux;

import java.nio.file.Path;
import java.util.Map;

/** What the kernel tells and keeps beside processes and files: tried by this process itself, as nothing of it stays. */
final class HostServices {
    private static final Path MEMORY_PRESSURE = Path.of("/proc/pressure/memory");

    private HostServices() {}

    static void report(Map<ProbedFeature, Outcome> outcomes) {
        outcomes.put(ProbedFeature.SESSION_KEYRING, sessionKeyring());
        outcomes.put(ProbedFeature.INOTIFY, inotify());
        outcomes.put(ProbedFeature.PRESSURE, pressure());
        outcomes.put(ProbedFeature.KERNEL_LOG, kernelLog());
    }

    private static String setting(String name, String file) {
        return HostFacts.read(file).map(value -> name + "=" + value).orElse("");
    }

    private static Outcome no(LinuxException e) {
        return Outcome.no(e.call() + ": " + e.errno().map(Errno::name).orElse("unknown error"));
    }

    /** By a call that changes nothing. */
    private static Outcome sessionKeyring() {
        long result = Kernel.call(Syscall.KEYCTL, Keyctl.KEYCTL_CAPABILITIES, 0, 0);
        return result < 0
                ? no(LinuxException.of(result, "keyctl", "KEYCTL_CAPABILITIES"))
                : Outcome.yes(setting("kernel.keys.maxkeys", "/proc/sys/kernel/keys/maxkeys"));
    }

    private static Outcome inotify() {
        try {
            Inotify.open().close();
            return Outcome.yes(setting("fs.inotify.max_user_instances", "/proc/sys/fs/inotify/max_user_instances"));
        } catch (LinuxException e) {
            return no(e);
        }
    }

    /** Where it is switched off the file can be opened, but not read. */
    private static Outcome pressure() {
        try (Fd file = Fd.open(MEMORY_PRESSURE, Open.O_RDONLY, 0)) {
            file.readAll(1 << 16);
            return Outcome.yes("");
        } catch (LinuxException e) {
            return no(e);
        }
    }

    private static Outcome kernelLog() {
        try (KernelLog log = KernelLog.open()) {
            log.read();
            return Outcome.yes("");
        } catch (LinuxException e) {
            return no(e);
        }
    }
}
