package io.lxj.examples.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Many containers of lxc-start, each with a monitor process. */
final class ManyLxc implements Subject {
    private final Lxc lxc;
    private final List<String> names = new ArrayList<>();
    private Map<String, Double> figures = Map.of();

    ManyLxc(Workspace work, Lxc lxc, int count) throws IOException {
        this.lxc = lxc;
        for (int i = 0; i < count; i++) {
            names.add("many-" + i);
            lxc.configureOverlay("many-" + i, work.rootfs(work.busybox()));
        }
    }

    @Override
    public String name() {
        return "lxc-start -d";
    }

    @Override
    public long run() throws Exception {
        try {
            long start = System.nanoTime();
            InParallel.forEach(names, name -> lxc.run("lxc-start", name, "-d"));
            long time = System.nanoTime() - start;
            List<Long> monitors = monitors();
            Map<String, Double> measured = new LinkedHashMap<>();
            measured.put("processes beside the payload", (double) monitors.size());
            measured.put("RSS per monitor in KiB", average(monitors, "Rss:"));
            measured.put("PSS per monitor in KiB", average(monitors, "Pss:"));
            figures = measured;
            return time;
        } finally {
            InParallel.forEach(names, name -> lxc.run("lxc-stop", name, "-k"));
        }
    }

    @Override
    public Map<String, Double> figures() {
        return figures;
    }

    /** Processes that call themselves "[lxc monitor] FOLDER NAME". */
    private List<Long> monitors() {
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> read(pid, "cmdline").startsWith("[lxc monitor] " + lxc.folder()))
                .toList();
    }

    private static double average(List<Long> monitors, String field) {
        return monitors.stream()
                .flatMapToLong(pid -> read(pid, "smaps_rollup")
                        .lines()
                        .filter(line -> line.startsWith(field))
                        .flatMapToLong(line -> LongStream.of(Long.parseLong(line.replaceAll("\\D", "")))))
                .average()
                .orElse(0);
    }

    private static String read(long pid, String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), file));
        } catch (IOException e) {
            // It has ended.
            return "";
        }
    }
}
