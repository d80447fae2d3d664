package io.lxj.lifecycle;

import io.lxj.supervise.Registration;
import io.lxj.supervise.Supervisor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * Those that are measured at one period. A round begins on time, however long the one before took; if that isn't at its end
 * by then, one is left out. Thread-safe.
 */
final class SampleRound {
    private final Supervisor supervisor;
    private final long period;
    private final Executor lane;
    // All guarded by this.
    private final Set<SampleSubscription> subscriptions = new LinkedHashSet<>();
    private long next = System.nanoTime();
    private boolean measuring;
    private Registration timer = () -> {};

    SampleRound(Supervisor supervisor, Duration period) {
        this.supervisor = supervisor;
        this.period = period.toNanos();
        this.lane = supervisor.lane();
    }

    synchronized void add(SampleSubscription added) {
        subscriptions.add(added);
        lane.execute(added::measure);
        if (subscriptions.size() == 1) {
            schedule();
        }
    }

    /** Whether nobody is left. */
    synchronized boolean remove(SampleSubscription removed) {
        subscriptions.remove(removed);
        if (!subscriptions.isEmpty()) {
            return false;
        }
        timer.close();
        return true;
    }

    private void schedule() {
        long now = System.nanoTime();
        next += period * Math.max(1, (now - next + period - 1) / period);
        timer = supervisor.schedule(Duration.ofNanos(next - now), this::begin);
    }

    private synchronized void begin() {
        if (subscriptions.isEmpty()) {
            return;
        }
        schedule();
        if (!measuring) {
            measuring = true;
            lane.execute(this::measure);
        }
    }

    private void measure() {
        List<SampleSubscription> all;
        synchronized (this) {
            all = new ArrayList<>(subscriptions);
        }
        try {
            all.forEach(SampleSubscription::measure);
        } finally {
            synchronized (this) {
                measuring = false;
            }
        }
    }
}
