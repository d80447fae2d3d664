package io.lxj.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What stands in files of the host: version, privileges, settings, security modules. Immutable and thread-safe. */
final class HostFacts {
    private static final int FLOOR_MAJOR = 5;
    private static final int FLOOR_MINOR = 14;
    private static final int SHOWN = 3;
    private static final int CAP_SYS_ADMIN = 21;
    // By the inodes that linux/proc_ns.h gives to the first ones.
    private static final Map<String, String> FIRST_NAMESPACES = new TreeMap<>(
            Map.of("pid", "pid:[4026531836]", "user", UserNamespaces.FIRST, "cgroup", "cgroup:[4026531835]"));

    /** The kinds that have a limit for each user, see namespaces(7). */
    private static final List<String> NAMESPACES = List.of("user", "mnt", "pid", "net", "ipc", "uts", "cgroup", "time");

    // capabilities(7): what making and entering a container takes.
    private static final Map<String, Integer> CAPABILITIES = new LinkedHashMap<>();

    static {
        CAPABILITIES.put("CAP_SYS_ADMIN", CAP_SYS_ADMIN);
        CAPABILITIES.put("CAP_CHOWN", 0);
        CAPABILITIES.put("CAP_DAC_OVERRIDE", 1);
        CAPABILITIES.put("CAP_FOWNER", 3);
        CAPABILITIES.put("CAP_FSETID", 4);
        CAPABILITIES.put("CAP_KILL", 5);
        CAPABILITIES.put("CAP_SETGID", 6);
        CAPABILITIES.put("CAP_SETUID", 7);
        CAPABILITIES.put("CAP_SETPCAP", 8);
        CAPABILITIES.put("CAP_NET_ADMIN", 12);
        CAPABILITIES.put("CAP_SYS_CHROOT", 18);
        CAPABILITIES.put("CAP_SYS_PTRACE", 19);
        CAPABILITIES.put("CAP_MKNOD", 27);
        CAPABILITIES.put("CAP_SETFCAP", 31);
    }

    /** A patch of Ubuntu's: processes without a profile have no privileges in the user namespaces that they make. */
    private static final String RESTRICT_UNCONFINED = "kernel.apparmor_restrict_unprivileged_userns";

    private static final String WITHHELD =
            "root is without them here: have what started this program leave them to it, as docker run --cap-add=ALL,"
                    + " systemd-nspawn --capability=all or a unit without CapabilityBoundingSet= do";

    private final long capabilities;

    HostFacts() {
        this.capabilities = Long.parseUnsignedLong(status("CapEff:").orElse("0"), 16);
    }

    private static Optional<String> status(String key) {
        return lines("/proc/self/status")
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()).strip())
                .findFirst();
    }

    /** Whether system calls of this process are filtered, see Seccomp in proc_pid_status(5). */
    static boolean isFiltered() {
        return status("Seccomp:").equals(Optional.of("2"));
    }

    boolean isPrivileged() {
        return has(CAP_SYS_ADMIN);
    }

    private boolean has(int capability) {
        return (capabilities >>> capability & 1) != 0;
    }

    void report(Map<ProbedFeature, Outcome> outcomes) {
        outcomes.put(
                ProbedFeature.KERNEL, kernel(read("/proc/sys/kernel/osrelease").orElse("")));
        outcomes.put(ProbedFeature.CAPABILITIES, capabilities());
        outcomes.put(ProbedFeature.MACHINE, machine());
        outcomes.put(ProbedFeature.OWN_PROC, ownProc());
        outcomes.put(ProbedFeature.USER_NAMESPACE_SETTINGS, userNamespaces());
        outcomes.put(
                ProbedFeature.APPARMOR, SecurityModules.hasAppArmor() ? Outcome.yes("") : Outcome.no("not in force"));
        outcomes.put(
                ProbedFeature.SELINUX,
                read("/sys/fs/selinux/enforce").map(HostFacts::selinux).orElse(Outcome.no("not in force")));
        outcomes.put(ProbedFeature.BINFMT_MISC, binfmt(Path.of("/proc/sys/fs/binfmt_misc")));
    }

    private static Outcome selinux(String mode) {
        return SecurityModules.hasSeLinux()
                ? Outcome.yes(mode.equals("1") ? "enforcing" : "permissive")
                : Outcome.no("no policy is loaded", "load one: load_policy(8)");
    }

    static Outcome kernel(String release) {
        String[] parts = release.split("[^0-9]+");
        if (parts.length < 2 || parts[0].isEmpty()) {
            return Outcome.no("unknown release " + release);
        }
        int major = Integer.parseInt(parts[0]);
        boolean enough = major > FLOOR_MAJOR || major == FLOOR_MAJOR && Integer.parseInt(parts[1]) >= FLOOR_MINOR;
        return enough ? Outcome.yes(release) : Outcome.no(release);
    }

    private Outcome capabilities() {
        List<String> missing = missing();
        if (missing.isEmpty()) {
            return Outcome.yes("");
        }
        String detail = missing.size() == CAPABILITIES.size() ? "none" : "without " + String.join(" ", missing);
        return Kernel.call(Syscall.GETEUID) == 0 ? Outcome.no(detail, WITHHELD) : Outcome.no(detail);
    }

    private static Outcome ownProc() {
        try {
            ProcFs.open(Path.of("/proc")).close();
            return Outcome.yes("");
        } catch (LinuxException e) {
            return Outcome.no(
                    e.call() + ": " + e.errno().map(Errno::name).orElse(""),
                    e.hint().orElse(""));
        }
    }

    /** What root lacks here of what lxj needs, as in most containers; nothing for other users. */
    static Optional<String> lackOfRoot() {
        if (Kernel.call(Syscall.GETEUID) != 0 || status("CapEff:").isEmpty()) {
            return Optional.empty();
        }
        HostFacts facts = new HostFacts();
        List<String> missing = facts.missing();
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of("root's lack of "
                        + (missing.size() > SHOWN ? missing.get(0) + " and others" : String.join(", ", missing)));
    }

    private List<String> missing() {
        return CAPABILITIES.keySet().stream()
                .filter(name -> !has(CAPABILITIES.get(name)))
                .toList();
    }

    /** A file that a container manager leaves also gets into images of whole machines: the namespaces decide. */
    static Outcome machine() {
        List<String> signs = new ArrayList<>();
        FIRST_NAMESPACES.forEach((kind, first) ->
                namespace(kind).filter(own -> !own.equals(first)).ifPresent(own -> signs.add(kind + " namespace")));
        if (signs.isEmpty()) {
            return Outcome.yes("");
        }
        Optional.ofNullable(System.getenv("container")).ifPresent(name -> signs.add("container=" + name));
        read("/run/systemd/container").ifPresent(signs::add);
        Stream.of("/.dockerenv", "/run/.containerenv")
                .filter(file -> Files.exists(Path.of(file)))
                .forEach(signs::add);
        return Outcome.no(
                "inside a container: " + String.join(", ", signs),
                "what is missing here may be what that container withholds");
    }

    private static Optional<String> namespace(String kind) {
        try {
            return Optional.of(
                    Files.readSymbolicLink(Path.of("/proc/self/ns", kind)).toString());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * The settings that keep ordinary users from making user namespaces, and others in them; which of them exist depends on
     * the kernel.
     */
    static Outcome userNamespaces() {
        Map<String, String> right = new LinkedHashMap<>();
        right.put("kernel.unprivileged_userns_clone", "1");
        right.put(RESTRICT_UNCONFINED, "0");
        List<String> seen = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        for (String kind : NAMESPACES) {
            String name = "user.max_" + kind + "_namespaces";
            Optional<String> value = setting(name);
            boolean none = value.equals(Optional.of("0"));
            if (none || kind.equals("user")) {
                value.ifPresent(number -> seen.add(name + "=" + number));
            }
            if (none) {
                wrong.add(name + "=10000");
            }
        }
        right.forEach((name, good) -> setting(name).ifPresent(value -> {
            seen.add(name + "=" + value);
            boolean concerns = !name.equals(RESTRICT_UNCONFINED) || SecurityModules.isUnconfined();
            if (concerns && !value.equals(good)) {
                wrong.add(name + "=" + good);
            }
        }));
        return wrong.isEmpty()
                ? Outcome.yes(String.join(" ", seen))
                : Outcome.no(
                        String.join(" ", seen),
                        (UserNamespaces.inFirst() ? "for users other than root: " : "") + "sysctl -w "
                                + String.join(" ", wrong)
                                + (wrong.contains(RESTRICT_UNCONFINED + "=0") ? profile() : ""));
    }

    /** What does for one program what the setting does for all. */
    private static String profile() {
        try {
            return ", or for this program alone: echo 'abi <abi/4.0>, profile lxj \""
                    + Files.readSymbolicLink(Path.of("/proc/self/exe"))
                    + "\" flags=(unconfined) { userns, }' | apparmor_parser --replace";
        } catch (IOException e) {
            return "";
        }
    }

    private static Optional<String> setting(String name) {
        return read("/proc/sys/" + name.replace('.', '/'));
    }

    private static Outcome binfmt(Path folder) {
        if (!Files.exists(folder.resolve("status"))) {
            return Outcome.no("not mounted");
        }
        try (Stream<Path> entries = Files.list(folder)) {
            List<String> handlers = entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> !name.equals("status") && !name.equals("register"))
                    .filter(name -> lines(folder.resolve(name).toString()).anyMatch("enabled"::equals))
                    .sorted()
                    .toList();
            return handlers.isEmpty()
                    ? Outcome.no("no handlers", "install qemu-user-static")
                    : Outcome.yes(String.join(" ", handlers));
        } catch (IOException e) {
            return Outcome.no("not readable");
        }
    }

    static Optional<String> read(String file) {
        return Optional.of(lines(file).toList())
                .filter(lines -> !lines.isEmpty())
                .map(lines -> String.join("\n", lines).strip());
    }

    /** Empty for a file that isn't there or can't be read. */
    private static Stream<String> lines(String file) {
        try (Fd open = Fd.open(Path.of(file), Open.O_RDONLY, 0)) {
            return FileName.string(open.readAll(1 << 20)).lines();
        } catch (LinuxException e) {
            return Stream.of();
        }
    }
}
