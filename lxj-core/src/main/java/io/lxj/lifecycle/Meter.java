package io.lxj.lifecycle;

import io.lxj.config.Stats;
import io.lxj.linux.Block;
import io.lxj.linux.Cgroup;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.ProcFs;
import io.lxj.linux.Scratch;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The files in which the kernel counts what a container uses, kept open: a measurement is one read(2) of each. Not
 * thread-safe.
 */
final class Meter implements AutoCloseable {
    static final String NETWORK = "net/dev";

    private static final List<String> FILES = List.of(
            "cpu.stat",
            "memory.current",
            "memory.peak",
            "memory.swap.current",
            "memory.stat",
            "memory.events",
            "io.stat",
            "pids.current",
            "cpu.pressure",
            "memory.pressure",
            "io.pressure");
    private static final int SIZE = 64 * 1024;
    /** The kernel gives as many lines at once as fit into a page; a shorter answer is all there is. */
    private static final int SHORT = 3500;

    private final Map<String, Fd> files = new LinkedHashMap<>();

    private Meter() {}

    /** The files of the cgroup that the host has, and those of the init's network. */
    static Meter open(ProcFs proc, Cgroup cgroup, int init) throws LinuxException {
        Meter meter = new Meter();
        try {
            for (String file : FILES) {
                if (cgroup.has(file)) {
                    meter.files.put(file, cgroup.openAttribute(file, Open.O_RDONLY));
                }
            }
            meter.files.put(NETWORK, proc.open(init + "/" + NETWORK, Open.O_RDONLY));
            return meter;
        } catch (LinuxException e) {
            meter.close();
            throw e;
        }
    }

    Stats read() throws LinuxException {
        Map<String, String> contents = new HashMap<>();
        Instant time = Instant.now();
        long nanos = System.nanoTime();
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(SIZE);
            for (Map.Entry<String, Fd> file : files.entrySet()) {
                try {
                    contents.put(file.getKey(), read(file.getValue(), block));
                } catch (LinuxException e) {
                    // Pressure can be switched off while the files stay.
                    if (!e.is(Errno.EOPNOTSUPP)) {
                        throw e;
                    }
                }
            }
        }
        return StatsReader.read(time, nanos, contents);
    }

    private static String read(Fd file, Block block) throws LinuxException {
        StringBuilder text = new StringBuilder();
        int got;
        do {
            got = file.read(block, 0, block.length(), text.length());
            byte[] bytes = new byte[got];
            block.buffer().get(0, bytes);
            text.append(new String(bytes, StandardCharsets.ISO_8859_1));
        } while (got >= SHORT);
        return text.toString();
    }

    @Override
    public void close() {
        files.values().forEach(Fd::close);
        files.clear();
    }
}
