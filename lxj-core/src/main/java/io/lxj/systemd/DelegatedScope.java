package io.lxj.systemd;

import io.lxj.linux.Cgroup;
import io.lxj.linux.CgroupMount;
import io.lxj.linux.LinuxException;
import io.lxj.linux.ProcFs;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A scope of systemd whose cgroup is delegated: what is below it is nobody else's. It lives as long as there are processes
 * in it, which are in leaves, so that controllers can be enabled; then systemd removes it. Immutable and thread-safe.
 *
 * @param unit its name
 * @param slice the slice that it is in
 * @param description for people
 * @param before units that are to be stopped before it is
 */
public record DelegatedScope(String unit, String slice, String description, List<String> before) {
    /** The cgroup below the scope's for processes that are no container's. */
    public static final String LEAF = "lxj-supervisor";

    private static final Logger LOG = LoggerFactory.getLogger(DelegatedScope.class);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofMillis(2);

    /**
     * Brings a process into the scope, which is started if there is none.
     *
     * @param manager whom to ask
     * @param proc where to read
     * @param mount where cgroups are
     * @param pid the process, which this user may move
     * @return the path of the scope's cgroup in the file system
     * @throws IOException if systemd refuses, or doesn't answer
     */
    public String enter(Manager manager, ProcFs proc, CgroupMount mount, int pid) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            String state = manager.state(unit);
            if (state.equals("active")) {
                try {
                    return join(manager, proc, mount, pid);
                } catch (BusException | LinuxException e) {
                    if (System.nanoTime() > deadline) {
                        throw e;
                    }
                    LOG.debug("{} has ended meanwhile, or begins just now", unit, e);
                }
            } else if (manager.startScope(unit, slice, description, before, pid)) {
                awaitActive(manager, deadline);
                return settle(proc, mount, pid);
            } else if (System.nanoTime() > deadline) {
                throw new IOException("the unit " + unit + " can't be had, it stays " + state);
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    /**
     * Moves another process into the scope, which is active.
     *
     * @param manager whom to ask
     * @param pid the process
     * @throws IOException if systemd refuses
     */
    public void attach(Manager manager, int pid) throws IOException {
        manager.attach(unit, "/" + LEAF, List.of(pid));
    }

    private String join(Manager manager, ProcFs proc, CgroupMount mount, int pid) throws IOException {
        try (Cgroup scope = Cgroup.at(mount.pathOf(manager.controlGroup(unit)))) {
            scope.child(LEAF).close();
        }
        // systemd itself does it, and not while it is about to end the scope because nobody is in it.
        attach(manager, pid);
        return scopeOf(proc, mount, pid);
    }

    private void awaitActive(Manager manager, long deadline) throws IOException {
        String state = manager.state(unit);
        while (!state.equals("active")) {
            if (state.equals("failed") || System.nanoTime() > deadline) {
                throw new IOException("the unit " + unit + " could not be started, it is " + state + ": journalctl -u "
                        + unit + " may know more");
            }
            LockSupport.parkNanos(PAUSE.toNanos());
            state = manager.state(unit);
        }
    }

    private String settle(ProcFs proc, CgroupMount mount, int pid) throws IOException {
        String path = scopeOf(proc, mount, pid);
        try (Cgroup scope = Cgroup.at(path);
                Cgroup leaf = scope.child(LEAF)) {
            leaf.add(pid);
        }
        return path;
    }

    private String scopeOf(ProcFs proc, CgroupMount mount, int pid) throws IOException {
        String member = CgroupMount.membership(proc.read(pid + "/cgroup")).orElse("");
        int end = (member + "/").indexOf("/" + unit + "/");
        if (end < 0) {
            throw new IOException("systemd has made " + unit + " elsewhere than in cgroup v2: the process is in "
                    + (member.isEmpty() ? "none" : member));
        }
        return mount.pathOf(member.substring(0, end + 1 + unit.length()));
    }
}
