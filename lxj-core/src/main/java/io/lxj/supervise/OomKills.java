package io.lxj.supervise;

import io.lxj.config.ContainerEvent.OomKill;
import io.lxj.config.ContainerEvent.Victim;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Brings the number of processes that were killed in a cgroup together with what the log says of them. The kernel counts
 * one before it has logged it: some time may pass between both. Thread-safe.
 */
final class OomKills implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMillis(100);

    private final Supervisor supervisor;
    private final OomVictims log;
    private final String cgroup;
    private final String payload;
    private final Consumer<OomKill> told;
    // All guarded by this.
    private final List<Victim> victims = new ArrayList<>();
    private long count;
    private Registration waiting = () -> {};
    private boolean isWaiting;

    OomKills(Supervisor supervisor, OomVictims log, String cgroup, String payload, Consumer<OomKill> told) {
        this.supervisor = supervisor;
        this.log = log;
        this.cgroup = cgroup;
        this.payload = payload;
        this.told = told;
    }

    synchronized void add(long killed) {
        count += killed;
        look();
        if (victims.size() == count) {
            tell();
        } else if (!isWaiting) {
            isWaiting = true;
            waiting = supervisor.schedule(PATIENCE, this::finish);
        }
    }

    private void look() {
        victims.addAll(log.take(cgroup, payload, count - victims.size()));
    }

    private void tell() {
        waiting.close();
        isWaiting = false;
        if (count > 0) {
            told.accept(new OomKill(Instant.now(), count, victims));
        }
        count = 0;
        victims.clear();
    }

    /** Waits no longer for what the log may still say. */
    synchronized void finish() {
        look();
        tell();
    }

    @Override
    public synchronized void close() {
        waiting.close();
    }
}
