package io.lxj.examples.top;

import io.lxj.Container;
import io.lxj.Lxj;
import io.lxj.Subscription;
import io.lxj.config.ByteSize;
import io.lxj.config.State;
import io.lxj.config.Stats;
import io.lxj.error.NotFoundException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What lxj tells of all containers, those that are made meanwhile included. Used by one thread; told by others. */
final class Readings implements AutoCloseable {
    private final Lxj lxj;
    private final Duration period;
    private final Map<String, Subscription> subscriptions = new HashMap<>();
    private final Map<String, Reading> latest = new ConcurrentHashMap<>();

    private record Reading(Stats stats, Optional<Stats.Rates> rates, Optional<ByteSize> memoryLimit) {}

    Readings(Lxj lxj, Duration period) {
        this.lxj = lxj;
        this.period = period;
    }

    /** All containers as they are now. */
    List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        List<Container> containers = lxj.containers().list();
        for (Container container : containers) {
            subscriptions.computeIfAbsent(container.name(), name -> container.addStatsListener(period, this::sampled));
            try {
                rows.add(row(container));
            } catch (NotFoundException e) {
                // It was destroyed since it was listed.
                latest.remove(container.name());
            }
        }
        forgetAllBut(containers.stream().map(Container::name).toList());
        return rows;
    }

    private Row row(Container container) {
        State state = container.state();
        Optional<Reading> reading =
                state == State.STOPPED ? Optional.empty() : Optional.ofNullable(latest.get(container.name()));
        return new Row(
                container.name(),
                state,
                reading.flatMap(Reading::memoryLimit),
                reading.map(Reading::stats),
                reading.flatMap(Reading::rates));
    }

    private void sampled(Container container, Stats now, Optional<Stats> before) {
        Optional<Stats.Rates> rates = before.map(now::since);
        latest.put(
                container.name(),
                new Reading(now, rates, container.config().limits().memory()));
    }

    private void forgetAllBut(List<String> names) {
        for (String name : List.copyOf(subscriptions.keySet())) {
            if (!names.contains(name)) {
                subscriptions.remove(name).close();
                latest.remove(name);
            }
        }
    }

    @Override
    public void close() {
        subscriptions.values().forEach(Subscription::close);
        subscriptions.clear();
    }
}
