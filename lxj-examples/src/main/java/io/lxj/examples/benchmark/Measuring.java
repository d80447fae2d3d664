package io.lxj.examples.benchmark;

import io.lxj.Container;
import io.lxj.config.Config;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A measurement of each of many idle containers: the processor time that it takes, all in one thread. */
final class Measuring implements Subject {
    private static final int CONTAINERS = 500;
    private static final int QUICK_CONTAINERS = 20;
    private static final int ROUNDS = 60;
    /** Until the compiler has done what it does. */
    private static final int WARM_UPS = 40;

    private static final double NANOS_PER_MICRO = 1000;

    private final Workspace work;
    private final int count;
    private final List<Container> containers = new ArrayList<>();
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private long least = Long.MAX_VALUE;

    private Measuring(Workspace work, int count) {
        this.work = work;
        this.count = count;
    }

    static Case of(Workspace work) {
        int count = work.options().quick() ? QUICK_CONTAINERS : CONTAINERS;
        return new Case(
                "stats (" + count + " containers)",
                0,
                work.options().rounds(ROUNDS),
                List.of(new Measuring(work, count)));
    }

    @Override
    public String name() {
        return "lxj (processor time)";
    }

    @Override
    public int warmUps() {
        return WARM_UPS;
    }

    @Override
    public long run() throws Exception {
        if (containers.isEmpty()) {
            start();
        }
        long start = threads.getCurrentThreadCpuTime();
        containers.forEach(Container::stats);
        long time = threads.getCurrentThreadCpuTime() - start;
        least = Math.min(least, time);
        return time;
    }

    private void start() throws Exception {
        Config config = Config.of(work.busybox()).init("/bin/sleep", "1000000");
        for (int i = 0; i < count; i++) {
            containers.add(work.lxj().containers().create("stats-" + i, config));
        }
        InParallel.forEach(containers, Container::start);
    }

    @Override
    public Map<String, Double> figures() {
        return Map.of("at least, for each container, in µs", least / NANOS_PER_MICRO / count);
    }

    @Override
    public void end() throws Exception {
        InParallel.forEach(containers, container -> {
            if (container.state().isAlive()) {
                container.stop();
            }
            container.destroy();
        });
        containers.clear();
    }
}
