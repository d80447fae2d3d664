package io.lxj.lifecycle;

import io.lxj.config.Stats;
import io.lxj.error.InvalidConfigException;
import io.lxj.supervise.Registration;
import io.lxj.supervise.Supervisor;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Measures containers again and again. All that are measured at the same period are measured in one round, one after the
 * other, so that there is one timer for any number of containers, and no thread of their own. Thread-safe.
 */
public final class Sampling {
    private static final Duration SHORTEST = Duration.ofMillis(10);

    private final Supervisor supervisor;
    private final Map<Duration, SampleRound> rounds = new HashMap<>();

    Sampling(Supervisor supervisor) {
        this.supervisor = supervisor;
    }

    /** Is told of measurements, one after the other. */
    @FunctionalInterface
    public interface Listener {
        /**
         * The container was measured.
         *
         * @param now what was measured
         * @param before what this listener was told before, in the same run
         */
        void sampled(Stats now, Optional<Stats> before);
    }

    /** Measures a container from now on; the first time at once. */
    Registration add(Instance instance, Duration period, Listener listener) {
        if (period.compareTo(SHORTEST) < 0) {
            throw new InvalidConfigException("period", period, "10 ms or more");
        }
        SampleSubscription added = new SampleSubscription(instance, listener, supervisor.lane());
        synchronized (this) {
            SampleRound round = rounds.computeIfAbsent(period, each -> new SampleRound(supervisor, each));
            round.add(added);
        }
        return () -> remove(period, added);
    }

    private synchronized void remove(Duration period, SampleSubscription removed) {
        removed.close();
        SampleRound round = rounds.get(period);
        if (round != null && round.remove(removed)) {
            rounds.remove(period);
        }
    }
}
