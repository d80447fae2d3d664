package io.lxj.lifecycle;

import io.lxj.linux.Cgroup;
import io.lxj.linux.Errno;
import io.lxj.linux.LinuxException;
import io.lxj.systemd.DelegatedScope;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A child of a cgroup, for the processes that were in the cgroup itself: as long as there are any, it can't pass controllers
 * on to its other children; see "No Internal Process Constraint" in Documentation/admin-guide/cgroup-v2.rst. The root of the
 * host's hierarchy alone may have both. Stateless and thread-safe.
 */
final class SupervisorLeaf {
    static final String NAME = DelegatedScope.LEAF;

    private static final int ROUNDS = 20;
    private static final Logger LOG = LoggerFactory.getLogger(SupervisorLeaf.class);

    private SupervisorLeaf() {}

    /** Moves all processes of a cgroup to its leaf; those of other PID namespaces stay, as nobody here can name them. */
    static void fill(Cgroup place) throws LinuxException {
        try (Cgroup leaf = place.child(NAME)) {
            LOG.info("Moving the processes of {} to {}, so that it can pass controllers on", place.path(), leaf.path());
            move(place, leaf);
        }
    }

    private static void move(Cgroup from, Cgroup to) throws LinuxException {
        // One that was being forked appears when its parent has gone.
        List<Integer> processes = from.processes();
        for (int round = 0; round < ROUNDS && !processes.isEmpty(); round++) {
            for (int pid : processes) {
                try {
                    to.add(pid);
                } catch (LinuxException e) {
                    if (!e.is(Errno.ESRCH)) {
                        throw e;
                    }
                }
            }
            processes = from.processes();
        }
    }

    /** Puts everything back when the leaf is all that is left: the controllers are given up, the processes return. */
    static void empty(Cgroup place) throws LinuxException {
        try (Cgroup leaf = place.open(NAME)) {
            if (!place.children().equals(List.of(NAME))) {
                return;
            }
            Set<String> enabled = place.controllers().enabled();
            if (!enabled.isEmpty()) {
                place.write("cgroup.subtree_control", "-" + String.join(" -", enabled));
            }
            move(leaf, place);
            place.removeEmpty(NAME);
        } catch (LinuxException e) {
            // Another process needs the leaf again, or has been first.
            if (!e.is(Errno.EBUSY) && !e.is(Errno.ENOENT)) {
                throw e;
            }
            LOG.debug("The leaf of {} is still needed", place.path(), e);
        }
    }
}
