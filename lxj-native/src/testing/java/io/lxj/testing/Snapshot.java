package io.lxj.testing;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was there at one moment, by probe. */
final class Snapshot {
    /** The kernel takes down namespaces, their mounts and their interfaces some time after the last process is gone. */
    private static final Duration TEARDOWN = Duration.ofSeconds(5);

    private static final Duration PAUSE = Duration.ofMillis(20);

    private final Map<Probe, List<String>> things;

    private Snapshot(Map<Probe, List<String>> things) {
        this.things = things;
    }

    static Snapshot take(List<Probe> probes) throws IOException {
        Map<Probe, List<String>> things = new LinkedHashMap<>();
        for (Probe probe : probes) {
            things.put(probe, probe.look());
        }
        return new Snapshot(things);
    }

    /** Compares until nothing is new or what is new has had its time to go. Newest first. */
    List<Leak> awaitNoLeaks() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TEARDOWN.toNanos();
        List<Leak> leaks = leaksNow();
        while (!leaks.isEmpty() && System.nanoTime() - deadline < 0) {
            Thread.sleep(PAUSE.toMillis());
            leaks = leaksNow();
        }
        return leaks;
    }

    /** Compares once, without waiting. Newest first. */
    List<Leak> leaksNow() throws IOException {
        List<Leak> leaks = new ArrayList<>();
        for (Map.Entry<Probe, List<String>> entry : things.entrySet()) {
            Probe probe = entry.getKey();
            List<String> added = new ArrayList<>(probe.look());
            // One by one: two open files may well refer to the same thing.
            entry.getValue().forEach(added::remove);
            Collections.reverse(added);
            added.forEach(name -> leaks.add(new Leak(probe, name)));
        }
        return leaks;
    }
}
