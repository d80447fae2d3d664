package io.lxj.examples.benchmark;

import io.lxj.Container;
import io.lxj.config.Config;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Many containers of lxj's, all with this JVM as their parent. */
final class ManyLxj implements Subject {
    private static final double KIB = 1024;

    private final Workspace work;
    private final int count;
    private Map<String, Double> figures = Map.of();

    ManyLxj(Workspace work, int count) {
        this.work = work;
        this.count = count;
    }

    @Override
    public String name() {
        return "lxj";
    }

    @Override
    public long run() throws Exception {
        long heapBefore = heap();
        Config config = Config.of(work.busybox());
        List<Container> containers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            containers.add(work.lxj().containers().create("many-" + i, config));
        }
        int threadsBefore = threads();
        long childrenBefore = ProcessHandle.current().children().count();
        try {
            long start = System.nanoTime();
            InParallel.forEach(containers, Container::start);
            long time = System.nanoTime() - start;
            Map<String, Double> measured = new LinkedHashMap<>();
            long children = ProcessHandle.current().children().count() - childrenBefore;
            measured.put("processes beside the payload", (double) children - count);
            measured.put("threads beside the payload", (double) threads() - threadsBefore);
            measured.put("heap per container in KiB", (heap() - heapBefore) / KIB / count);
            figures = measured;
            return time;
        } finally {
            InParallel.forEach(containers, container -> {
                if (container.state().isAlive()) {
                    container.stop();
                }
                container.destroy();
            });
        }
    }

    @Override
    public Map<String, Double> figures() {
        return figures;
    }

    private static int threads() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }

    /** What is really in use: several collections, because some things only become garbage by the first one. */
    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
