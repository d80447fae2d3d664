package io.lxj.lifecycle;

import io.lxj.config.Stats;
import io.lxj.error.LxjException;
import io.lxj.error.NotFoundException;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One who is told what a container uses. It is told on a lane of its own, and the container isn't measured for it as long
 * as it is busy with the last measurement: nothing piles up. Thread-safe; measures for one at a time.
 */
final class SampleSubscription {
    private static final Logger LOG = LoggerFactory.getLogger(SampleSubscription.class);

    private final Instance instance;
    private final Sampling.Listener listener;
    private final Executor lane;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile boolean closed;
    // Used by whoever has made it busy.
    private Run run;
    private Stats last;
    private boolean failed;

    SampleSubscription(Instance instance, Sampling.Listener listener, Executor lane) {
        this.instance = instance;
        this.listener = listener;
        this.lane = lane;
    }

    void close() {
        closed = true;
    }

    void measure() {
        if (closed || !busy.compareAndSet(false, true)) {
            return;
        }
        boolean told = false;
        try {
            Optional<Run> current = instance.ifRunning();
            Optional<Stats> now = current.isPresent() ? instance.stats(current.get()) : Optional.empty();
            if (now.isPresent()) {
                Optional<Stats> before = current.get() == run ? Optional.of(last) : Optional.empty();
                run = current.get();
                last = now.get();
                lane.execute(() -> tell(now.get(), before));
                told = true;
            }
            failed = false;
        } catch (NotFoundException e) {
            LOG.debug("Container {} is being removed", instance.name(), e);
        } catch (LxjException | IllegalStateException e) {
            report(e);
        } finally {
            if (!told) {
                busy.set(false);
            }
        }
    }

    /** Once, not in each round. */
    private void report(RuntimeException e) {
        if (!failed && !instance.isGone()) {
            LOG.warn("Container {} can't be measured", instance.name(), e);
        }
        failed = true;
    }

    private void tell(Stats now, Optional<Stats> before) {
        try {
            if (!closed) {
                listener.sampled(now, before);
            }
        } finally {
            busy.set(false);
        }
    }
}
