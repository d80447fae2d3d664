package io.lxj.lifecycle;

import io.lxj.config.ByteSize;
import io.lxj.config.Stats;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What the kernel's files say about a container, from their contents by their names. */
final class StatsReader {
    private static final int RECEIVED = 0;
    private static final int PACKETS_RECEIVED = 1;
    private static final int SENT = 8;
    private static final int PACKETS_SENT = 9;

    private final Map<String, String> files;

    private StatsReader(Map<String, String> files) {
        this.files = files;
    }

    static Stats read(Instant time, long nanos, Map<String, String> files) {
        StatsReader reader = new StatsReader(files);
        Map<String, Stats.Pressure> pressure = new HashMap<>();
        for (String resource : new String[] {"cpu", "memory", "io"}) {
            String text = files.get(resource + ".pressure");
            if (text != null) {
                pressure.put(resource, pressure(text));
            }
        }
        return new Stats(
                time,
                nanos,
                reader.cpu(),
                reader.memory(),
                reader.io(),
                number(files.get("pids.current")),
                pressure,
                reader.network());
    }

    private Stats.Cpu cpu() {
        Map<String, Long> stat = numbers(files.get("cpu.stat"));
        return new Stats.Cpu(
                micros(stat.get("usage_usec")),
                micros(stat.get("user_usec")),
                micros(stat.get("system_usec")),
                stat.getOrDefault("nr_periods", 0L),
                stat.getOrDefault("nr_throttled", 0L),
                micros(stat.getOrDefault("throttled_usec", 0L)));
    }

    private Optional<Stats.Memory> memory() {
        if (files.get("memory.current") == null) {
            return Optional.empty();
        }
        Map<String, Long> stat = numbers(files.get("memory.stat"));
        return Optional.of(new Stats.Memory(
                size(files.get("memory.current")).orElseThrow(),
                size(files.get("memory.peak")),
                size(files.get("memory.swap.current")),
                ByteSize.bytes(stat.get("anon")),
                ByteSize.bytes(stat.get("file")),
                Optional.ofNullable(stat.get("kernel")).map(ByteSize::bytes),
                numbers(files.get("memory.events"))));
    }

    /** Lines such as {@code 8:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0}. */
    private Map<String, Stats.Io> io() {
        Map<String, Stats.Io> all = new HashMap<>();
        for (String line : files.getOrDefault("io.stat", "").lines().toList()) {
            Map<String, Long> values = new HashMap<>();
            String[] words = line.split(" ");
            for (int i = 1; i < words.length; i++) {
                String[] pair = words[i].split("=");
                values.put(pair[0], Long.parseLong(pair[1]));
            }
            if (values.containsKey("rbytes")) {
                Stats.Io io = new Stats.Io(
                        ByteSize.bytes(values.get("rbytes")),
                        ByteSize.bytes(values.get("wbytes")),
                        values.get("rios"),
                        values.get("wios"));
                all.put(words[0], io);
            }
        }
        return all;
    }

    /** Two lines such as {@code some avg10=0.00 avg60=0.00 avg300=0.00 total=0}; of processors there may be no "full". */
    private static Stats.Pressure pressure(String text) {
        double[] shares = new double[2];
        Duration[] totals = {Duration.ZERO, Duration.ZERO};
        for (String line : text.lines().toList()) {
            String[] words = line.split(" ");
            int kind = words[0].equals("some") ? 0 : 1;
            shares[kind] = Double.parseDouble(words[1].substring("avg10=".length()));
            totals[kind] = micros(Long.parseLong(words[words.length - 1].substring("total=".length())));
        }
        return new Stats.Pressure(shares[0], totals[0], shares[1], totals[1]);
    }

    /** Two lines of headings, then lines such as {@code eth0: 1296 16 0 0 0 0 0 0 1296 16 0 0 0 0 0 0}. */
    private Map<String, Stats.Network> network() {
        Map<String, Stats.Network> all = new HashMap<>();
        files.getOrDefault(Meter.NETWORK, "").lines().skip(2).forEach(line -> {
            int colon = line.lastIndexOf(':');
            String[] words = line.substring(colon + 1).strip().split(" +");
            Stats.Network network = new Stats.Network(
                    ByteSize.bytes(Long.parseLong(words[RECEIVED])),
                    ByteSize.bytes(Long.parseLong(words[SENT])),
                    Long.parseLong(words[PACKETS_RECEIVED]),
                    Long.parseLong(words[PACKETS_SENT]));
            all.put(line.substring(0, colon).strip(), network);
        });
        return all;
    }

    private static Map<String, Long> numbers(String text) {
        Map<String, Long> values = new LinkedHashMap<>();
        text.lines().forEach(line -> {
            int blank = line.indexOf(' ');
            values.put(line.substring(0, blank), Long.parseLong(line.substring(blank + 1)));
        });
        return values;
    }

    private static OptionalLong number(String text) {
        return text == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text.strip()));
    }

    private static Optional<ByteSize> size(String text) {
        return text == null ? Optional.empty() : Optional.of(ByteSize.bytes(Long.parseLong(text.strip())));
    }

    private static Duration micros(long count) {
        return Duration.of(count, ChronoUnit.MICROS);
    }
}
