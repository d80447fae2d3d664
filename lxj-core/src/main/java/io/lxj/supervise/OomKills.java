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
 * one before it has logged it: some time may pass between both. It logs each that it counts. Thread-safe.
 */
final class OomKills implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(50);
    /** A second in all: on a busy machine whoever counts may have to wait for a processor until it logs. */
    private static final int MOST_PAUSES = 20;

    private final Supervisor supervisor;
    private final OomVictims log;
    private final String cgroup;
    private final String payload;
    private final Consumer<OomKill> told;
    // All guarded by this.
    private final List<Victim> victims = new ArrayList<>();
    private long count;
    private long logged;
    private int pauses;
    private Registration waiting = () -> {};

    OomKills(Supervisor supervisor, OomVictims log, String cgroup, String payload, Consumer<OomKill> told) {
        this.supervisor = supervisor;
        this.log = log;
        this.cgroup = cgroup;
        this.payload = payload;
        this.told = told;
    }

    synchronized void add(long killed) {
        count += killed;
        pauses = 0;
        lookAgain();
    }

    private synchronized void lookAgain() {
        look();
        waiting.close();
        if (logged == count || pauses++ == MOST_PAUSES || !log.isKnown()) {
            tell();
        } else {
            waiting = supervisor.schedule(PAUSE, this::lookAgain);
        }
    }

    private void look() {
        for (OomVictims.Found each : log.take(cgroup, count - logged)) {
            logged++;
            if (!each.again()) {
                victims.add(each.victim(cgroup, payload));
            }
        }
    }

    private void tell() {
        if (count > 0) {
            told.accept(new OomKill(Instant.now(), count, victims));
        }
        count = 0;
        logged = 0;
        victims.clear();
    }

    /** Waits no longer for what the log may still say. */
    synchronized void finish() {
        look();
        waiting.close();
        tell();
    }

    @Override
    public synchronized void close() {
        waiting.close();
        count = 0;
        logged = 0;
    }
}
