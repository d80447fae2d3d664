package io.lxj.supervise;

import io.lxj.config.ContainerEvent;
import io.lxj.linux.Cgroup;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Tells what the kernel says of a container's cgroup: which is one of lxj's with the limits, and one of the container's
 * below it. Each file that announces its changes is kept open and watched. Thread-safe.
 */
public final class CgroupEvents implements AutoCloseable {
    private static final String MAX = "max";
    private static final String POPULATED = "populated";
    private static final String FROZEN = "frozen";
    private static final Set<String> FLAGS = Set.of(POPULATED, FROZEN);
    private static final String MEMORY = "memory.events";
    private static final String MEMORY_LOCAL = "memory.events.local";
    private static final String PIDS = "pids.events";
    private static final String PIDS_LOCAL = "pids.events.local";

    private final Supervisor supervisor;
    private final Consumer<ContainerEvent> told;
    private final OomKills kills;
    private final Registration logging;
    private final List<CounterWatch> watches = new ArrayList<>();
    private final Set<String> set = ConcurrentHashMap.newKeySet();

    private CgroupEvents(Supervisor supervisor, OomKills kills, Registration logging, Consumer<ContainerEvent> told) {
        this.supervisor = supervisor;
        this.kills = kills;
        this.logging = logging;
        this.told = told;
    }

    /** The kernel's log has the whole path, of which this process may see only the end. */
    private static String end(String path) {
        int parent = path.lastIndexOf('/', path.lastIndexOf('/') - 1);
        return path.substring(parent);
    }

    /**
     * Begins to watch.
     *
     * @param supervisor on whose thread that is done
     * @param cgroup the container's cgroup that carries its limits
     * @param payload the name of the one below it that is the container's own
     * @param victims knows which processes were killed
     * @param fresh whether the cgroup is new, so that whatever is counted there is to be told
     * @param told is told; must not wait
     * @return what watches, to be closed by the caller
     * @throws IOException if a file can't be opened or watched
     */
    public static CgroupEvents watch(
            Supervisor supervisor,
            Cgroup cgroup,
            String payload,
            OomVictims victims,
            boolean fresh,
            Consumer<ContainerEvent> told)
            throws IOException {
        Registration logging = cgroup.has(MEMORY) ? victims.begin() : () -> {};
        OomKills kills = new OomKills(supervisor, victims, end(cgroup.path()), payload, told::accept);
        CgroupEvents events = new CgroupEvents(supervisor, kills, logging, told);
        try (Cgroup below = cgroup.open(payload)) {
            events.add(cgroup, "cgroup.events", fresh, events::flag);
            // Of all cgroups below, too: the container's own ones.
            events.add(cgroup, MEMORY, fresh, events::memory);
            // Of these two alone: what the container does to itself isn't this limit. The one below has the limit, too,
            // for whoever looks from inside, and is the first to be slowed down: that may be enough.
            events.add(cgroup, MEMORY_LOCAL, fresh, events::memoryHere);
            events.add(below, MEMORY_LOCAL, fresh, events::memoryHere);
            if (cgroup.has(PIDS_LOCAL)) {
                events.add(cgroup, PIDS_LOCAL, fresh, events::processes);
            } else {
                events.add(cgroup, PIDS, fresh, events::processes);
                events.add(below, PIDS, fresh, events::processes);
            }
            return events;
        } catch (IOException | RuntimeException | Error e) {
            events.close();
            throw e;
        }
    }

    private void add(Cgroup cgroup, String file, boolean fresh, CounterWatch.Change change) throws IOException {
        if (cgroup.has(file)) {
            Map<String, Long> known = fresh ? Map.of() : cgroup.readKeyed(file);
            known.forEach((name, value) -> {
                if (value != 0 && FLAGS.contains(name)) {
                    set.add(name);
                }
            });
            watches.add(CounterWatch.open(supervisor, cgroup, file, known, change));
        }
    }

    private void flag(String name, long before, long now) {
        boolean is = now != 0;
        if (is ? set.add(name) : set.remove(name)) {
            if (name.equals(POPULATED)) {
                told.accept(new ContainerEvent.Populated(Instant.now(), is));
            } else if (name.equals(FROZEN)) {
                told.accept(new ContainerEvent.Frozen(Instant.now(), is));
            }
        }
    }

    private void memory(String name, long before, long now) {
        if (name.equals("oom_kill")) {
            kills.add(now - before);
        }
    }

    private void memoryHere(String name, long before, long now) {
        if (name.equals("high")) {
            told.accept(new ContainerEvent.MemoryHigh(Instant.now(), now - before));
        }
    }

    private void processes(String name, long before, long now) {
        if (name.equals(MAX)) {
            told.accept(new ContainerEvent.PidsMax(Instant.now(), now - before));
        }
    }

    /**
     * Tells what has happened so far: before the cgroup is removed, and with it what was counted there.
     *
     * @throws IOException if a file can't be read
     */
    public void look() throws IOException {
        for (CounterWatch watch : watches) {
            watch.look();
        }
        kills.finish();
    }

    /** Tells that nothing is left: the cgroup was removed. */
    public void removed() {
        flag(FROZEN, 1, 0);
        flag(POPULATED, 1, 0);
    }

    @Override
    public void close() {
        watches.forEach(CounterWatch::close);
        kills.close();
        logging.close();
    }
}
