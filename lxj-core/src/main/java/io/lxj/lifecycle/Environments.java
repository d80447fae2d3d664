package io.lxj.lifecycle;

import io.lxj.config.Command;
import io.lxj.config.Config;
import io.lxj.config.ImageInfo;
import io.lxj.config.InitSystem;
import io.lxj.lifecycle.Accounts.Identity;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The environments of a container's processes. Nothing of the JVM's own environment is in them. */
final class Environments {
    static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /** What the host's os-release says, and under which name systemd's container interface passes it on. */
    private static final Map<String, String> HOST = Map.of(
            "ID", "container_host_id",
            "VERSION_ID", "container_host_version_id",
            "BUILD_ID", "container_host_build_id",
            "VARIANT_ID", "container_host_variant_id");

    private Environments() {}

    /** What an init gets: the container interface's variables, and what the configuration says. */
    static Map<String, String> init(Config config, ImageInfo image, String uuid, Map<String, String> hostRelease) {
        Map<String, String> environment = base();
        environment.put("container_uuid", dashed(uuid));
        HOST.forEach((key, name) ->
                Optional.ofNullable(hostRelease.get(key)).ifPresent(value -> environment.put(name, value)));
        if (BootedInit.of(config, image) == InitSystem.SYSTEMD) {
            environment.put(Readiness.VARIABLE, Readiness.SOCKET);
        }
        if (!config.credentials().isEmpty()) {
            environment.put("CREDENTIALS_DIRECTORY", "/run/host/credentials");
        }
        if (!config.listen().isEmpty()) {
            environment.put("LISTEN_FDS", Integer.toString(config.listen().size()));
            environment.put("LISTEN_PID", "1");
            environment.put("LISTEN_FDNAMES", String.join(":", config.listen().keySet()));
        }
        if (config.ttys() > 0) {
            environment.put("container_ttys", ttys(config.ttys()));
        }
        environment.put("HOME", "/root");
        environment.put("USER", "root");
        environment.put("TERM", "linux");
        environment.putAll(config.environment());
        return environment;
    }

    /** What a command gets: the same, as the user that it runs as. */
    static Map<String, String> command(Config config, Command command, Identity identity) {
        Map<String, String> environment = base();
        environment.put("HOME", identity.home().orElse("/"));
        identity.name().ifPresent(name -> {
            environment.put("USER", name);
            environment.put("LOGNAME", name);
        });
        command.terminal().ifPresent(size -> environment.put("TERM", "xterm-256color"));
        environment.putAll(config.environment());
        environment.putAll(command.environment());
        return environment;
    }

    private static Map<String, String> base() {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("PATH", PATH);
        environment.put("container", "lxj");
        return environment;
    }

    /** The names that the plan's terminals have, of which the console's is pts/0. */
    private static String ttys(int number) {
        return IntStream.rangeClosed(1, number).mapToObj(i -> "pts/" + i).collect(Collectors.joining(" "));
    }

    /** A machine id in the form of a UUID, which the container interface wants. */
    private static String dashed(String id) {
        return id.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5");
    }
}
