package io.lxj.examples.top;

import io.lxj.config.ByteSize;
import io.lxj.config.State;
import io.lxj.config.Stats;
import java.util.Optional;

/**
 * What a container uses at a moment.
 *
 * @param name the container's name
 * @param state what it is doing
 * @param memoryLimit how much memory it may use
 * @param stats what was measured last, if it runs
 * @param rates what it used in each second before that
 */
record Row(
        String name, State state, Optional<ByteSize> memoryLimit, Optional<Stats> stats, Optional<Stats.Rates> rates) {
    double cpus() {
        return rates.map(Stats.Rates::cpus).orElse(0.0);
    }

    Optional<ByteSize> memory() {
        return stats.flatMap(Stats::memory).map(Stats.Memory::current);
    }

    double disk() {
        return rates.map(rate -> rate.read() + rate.written()).orElse(0.0);
    }

    double network() {
        return rates.map(rate -> rate.received() + rate.sent()).orElse(0.0);
    }

    long processes() {
        return stats.map(measured -> measured.processes().orElse(0)).orElse(0L);
    }

    /** The share of the last ten seconds in which some process had to wait for a resource, if the kernel tells. */
    Optional<Double> pressure(String resource) {
        return stats.map(measured -> measured.pressure().get(resource)).map(Stats.Pressure::some);
    }

    double worstPressure() {
        return stats.map(measured -> measured.pressure().values().stream()
                        .mapToDouble(Stats.Pressure::some)
                        .max()
                        .orElse(0))
                .orElse(0.0);
    }
}
