package io.lxj.examples.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the measurements were made on, as lines for people. */
final class Machine {
    private static final double KIB_PER_GIB = 1024 * 1024;

    private Machine() {}

    static List<String> describe(Path work) throws IOException, InterruptedException {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%s, %d processors, %.0f GiB of memory, %s",
                field("/proc/cpuinfo", "model name"),
                Runtime.getRuntime().availableProcessors(),
                Long.parseLong(field("/proc/meminfo", "MemTotal").replaceAll("\\D", "")) / KIB_PER_GIB,
                HostCommand.output("stat", "-f", "-c", "files on %T", work.toString())));
        lines.add("Linux " + System.getProperty("os.version") + ", Java " + System.getProperty("java.version") + " ("
                + System.getProperty("java.vm.name") + ")");
        lines.add(String.join(", ", peers()));
        return lines;
    }

    private static List<String> peers() throws IOException, InterruptedException {
        List<String> peers = new ArrayList<>();
        if (HostCommand.isInstalled("lxc-start")) {
            peers.add("LXC " + HostCommand.output("lxc-start", "--version"));
        }
        for (String peer : List.of("crun", "runc", "bwrap", "tar", "cp", "zstd", "xz")) {
            if (HostCommand.isInstalled(peer)) {
                peers.add(HostCommand.output(peer, "--version")
                        .lines()
                        .findFirst()
                        .orElse(peer));
            }
        }
        return peers;
    }

    private static String field(String file, String name) throws IOException {
        return Files.readAllLines(Path.of(file)).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }
}
