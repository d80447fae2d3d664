package io.lxj.lifecycle;

import io.lxj.config.ContainerEvent;
import io.lxj.config.PressureThreshold;
import io.lxj.linux.Cgroup;
import io.lxj.supervise.PressureWatch;
import io.lxj.supervise.Supervisor;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;

/**
 * One who listens to a container's events: what waits for it, and the thresholds that are watched for it alone. It is
 * told on a lane of its own, so that it holds up nobody else. Thread-safe.
 */
final class EventSubscription {
    private static final int MOST_WAITING = 1000;

    private final ContainerEvents.Listener listener;
    private final Executor lane;
    private final List<PressureThreshold> thresholds;
    // All guarded by this.
    private final Queue<ContainerEvent> waiting = new ArrayDeque<>(2);
    private final List<PressureWatch> watches = new ArrayList<>();
    private long lost;
    private boolean closed;

    EventSubscription(ContainerEvents.Listener listener, Executor lane, List<PressureThreshold> thresholds) {
        this.listener = listener;
        this.lane = lane;
        this.thresholds = List.copyOf(thresholds);
    }

    /** A run has begun. */
    synchronized void begin(Supervisor supervisor, Cgroup cgroup) throws IOException {
        for (PressureThreshold threshold : thresholds) {
            watches.add(PressureWatch.watch(
                    supervisor,
                    cgroup,
                    threshold,
                    exceeded -> tell(new ContainerEvent.Pressure(Instant.now(), exceeded))));
        }
    }

    /** The run has ended. */
    synchronized void end() {
        watches.forEach(PressureWatch::close);
        watches.clear();
    }

    synchronized void close() {
        closed = true;
        waiting.clear();
        end();
    }

    synchronized void tell(ContainerEvent event) {
        if (closed) {
            return;
        }
        if (waiting.size() == MOST_WAITING) {
            lost++;
            return;
        }
        waiting.add(event);
        lane.execute(this::tellNext);
    }

    private void tellNext() {
        ContainerEvent next;
        long missed;
        synchronized (this) {
            next = waiting.poll();
            // Those that were lost came after what is still waiting.
            missed = waiting.isEmpty() ? lost : 0;
            lost -= missed;
        }
        try {
            if (next != null) {
                listener.happened(next);
            }
        } finally {
            if (missed > 0) {
                listener.lost(missed);
            }
        }
    }
}
