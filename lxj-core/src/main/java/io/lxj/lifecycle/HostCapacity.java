package io.lxj.lifecycle;

import io.lxj.config.Limits;
import io.lxj.config.Percent;
import io.lxj.linux.LinuxException;
import io.lxj.linux.ProcFs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What of a host containers can have in all, for limits that are shares of it: what the machine has, and no more than the
 * cgroups leave in which the containers are.
 */
final class HostCapacity {
    private static final Path ONLINE = Path.of("/sys/devices/system/cpu/online");
    private static final String MAX = "max";
    private static final String QUOTA = "cpu.max";
    /** What the kernel takes at least, in microseconds. */
    private static final BigDecimal LEAST_QUOTA = BigDecimal.valueOf(1000);

    private final ProcFs proc;
    private final Path cgroup;

    /** With the folder of the cgroup that containers are made in; it needn't be there. */
    HostCapacity(ProcFs proc, Path cgroup) {
        this.proc = proc;
        this.cgroup = cgroup;
    }

    /** The limits with numbers instead of shares. */
    Limits absolute(Limits limits) throws LinuxException {
        Map<String, String> files = new TreeMap<>(limits.files());
        for (Map.Entry<String, String> limit : limits.files().entrySet()) {
            String share = limit.getValue().split(" ")[0];
            if (share.endsWith("%")) {
                Percent percent = Percent.parse(share);
                String value = limit.getKey().equals(QUOTA)
                        ? quota(percent, limit.getValue().substring(share.length() + 1))
                        : Long.toString(percent.share(memory()));
                files.put(limit.getKey(), value);
            }
        }
        return files.equals(limits.files()) ? limits : Limits.of(files);
    }

    private String quota(Percent share, String period) {
        BigDecimal all = processors().multiply(new BigDecimal(period));
        BigDecimal quota = all.multiply(share.value()).divide(BigDecimal.valueOf(100), 0, RoundingMode.DOWN);
        return quota.max(LEAST_QUOTA).toPlainString() + " " + period;
    }

    long memory() throws LinuxException {
        long bytes = total(new String(proc.read("meminfo"), StandardCharsets.US_ASCII));
        for (String limit : above("memory.max")) {
            if (!limit.equals(MAX)) {
                bytes = Math.min(bytes, Long.parseLong(limit));
            }
        }
        return bytes;
    }

    private static long total(String meminfo) {
        return meminfo.lines()
                .filter(line -> line.startsWith("MemTotal:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                .findFirst()
                .orElseThrow();
    }

    BigDecimal processors() {
        String chosen = above("cpuset.cpus.effective").stream()
                .filter(list -> !list.isEmpty())
                .findFirst()
                .orElseGet(() -> read(ONLINE).orElseThrow());
        BigDecimal processors = BigDecimal.valueOf(CpuLists.numbers(chosen).size());
        for (String limit : above(QUOTA)) {
            String[] words = limit.split(" ");
            if (!words[0].equals(MAX)) {
                BigDecimal quota = new BigDecimal(words[0]).divide(new BigDecimal(words[1]), 6, RoundingMode.DOWN);
                processors = processors.min(quota);
            }
        }
        return processors;
    }

    /** What a file says in the cgroup and those above it, the nearest first. */
    private List<String> above(String file) {
        List<String> contents = new ArrayList<>();
        for (Path folder = cgroup; folder != null; folder = folder.getParent()) {
            read(folder.resolve(file)).ifPresent(contents::add);
        }
        return contents;
    }

    private static Optional<String> read(Path file) {
        try {
            return Files.exists(file)
                    ? Optional.of(
                            Files.readString(file, StandardCharsets.US_ASCII).strip())
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
