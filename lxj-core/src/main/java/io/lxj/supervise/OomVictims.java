package io.lxj.supervise;

import io.lxj.config.ContainerEvent.Victim;
import io.lxj.linux.Errno;
import io.lxj.linux.KernelLog;
import io.lxj.linux.LinuxException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which processes were killed because memory had run out. A cgroup only counts them; the kernel's log says which they
 * were. It is read while somebody wants to know, and only after a count has risen. Thread-safe.
 *
 * <p>The names in the log are those of processes and cgroups, which containers choose: a container may be told of as a
 * victim what isn't one, but only when there was one.
 */
public final class OomVictims {
    private static final Logger LOG = LoggerFactory.getLogger(OomVictims.class);
    private static final int MOST = 1000;
    private static final Found NOBODY = new Found("", 0, "", false);
    /** By the kernel's dump_oom_victim(), before it kills. Left out if there are more than ten in five seconds. */
    private static final Pattern VICTIM = Pattern.compile("oom-kill:.*?,task_memcg=(.*),task=(.*),pid=(\\d+),uid=\\d+");
    /** By its mem_cgroup_print_oom_group(), before it kills the rest of a group. */
    private static final Pattern GROUP =
            Pattern.compile("Tasks in (.*) are going to be killed due to memory\\.oom\\.group set");
    /** By its __oom_kill_process(), once for each process that it kills. */
    private static final Pattern KILLED = Pattern.compile(".*: Killed process (\\d+) \\((.*)\\) total-vm:.*");

    private final Deque<Found> found = new ArrayDeque<>();
    private int users;
    private KernelLog log;
    private Found announced = NOBODY;
    private String group = "";

    /** What the log says of one that was killed. In a group the first one is killed again, with all others. */
    record Found(String cgroup, long pid, String name, boolean again) {
        /** The process, with its cgroup as the container has it. */
        Victim victim(String container, String payload) {
            int at = cgroup.indexOf(container + "/");
            return new Victim(pid, name, inside(at < 0 ? "" : cgroup.substring(at + container.length()), payload));
        }

        private boolean isIn(String container) {
            return cgroup.contains(container + "/") || cgroup.endsWith(container);
        }
    }

    /** Begins to note what is logged, if this is the first who wants to know. */
    synchronized Registration begin() {
        if (users++ == 0) {
            try {
                log = KernelLog.open();
            } catch (LinuxException e) {
                LOG.debug("Which processes are killed when memory runs out can't be told", e);
            }
        }
        return new Registration() {
            private boolean closed;

            @Override
            public void close() {
                synchronized (OomVictims.this) {
                    if (!closed) {
                        closed = true;
                        end();
                    }
                }
            }
        };
    }

    private void end() {
        if (--users == 0) {
            found.clear();
            announced = NOBODY;
            group = "";
            if (log != null) {
                log.close();
                log = null;
            }
        }
    }

    /** Whether the log can be read at all. */
    synchronized boolean isKnown() {
        return log != null;
    }

    /**
     * Takes those that were in a cgroup. The kernel logs one for each that it counts there.
     *
     * @param cgroup the end of its path, from a slash on: what is above it in this process's view needn't be all
     * @param most how many at most
     */
    synchronized List<Found> take(String cgroup, long most) {
        read();
        List<Found> taken = new ArrayList<>();
        for (Iterator<Found> each = found.iterator(); each.hasNext() && taken.size() < most; ) {
            Found victim = each.next();
            if (victim.isIn(cgroup)) {
                each.remove();
                taken.add(victim);
            }
        }
        return taken;
    }

    private static String inside(String below, String payload) {
        String root = "/" + payload;
        if (below.equals(root)) {
            return "/";
        }
        return below.startsWith(root + "/") ? below.substring(root.length()) : "";
    }

    private void read() {
        if (log == null) {
            return;
        }
        try {
            log.read().forEach(this::note);
        } catch (LinuxException e) {
            // EINVAL is what a kernel says to a reader whose place in the log it has lost.
            if (!e.is(Errno.EINVAL)) {
                LOG.warn("The kernel's log can't be read any more", e);
            }
        }
    }

    /** What the log says of one that is killed: first where it was, if that is said at all, and last that it was killed. */
    void note(String message) {
        Matcher victim = VICTIM.matcher(message);
        Matcher all = GROUP.matcher(message);
        Matcher killed = KILLED.matcher(message);
        if (victim.matches()) {
            group = "";
            announced = new Found(victim.group(1), Long.parseLong(victim.group(3)), victim.group(2), false);
        } else if (all.matches()) {
            group = all.group(1);
        } else if (killed.matches()) {
            kill(Long.parseLong(killed.group(1)), killed.group(2));
        }
    }

    private void kill(long pid, String name) {
        boolean isAnnounced = pid == announced.pid;
        if (!group.isEmpty()) {
            add(new Found(group, pid, name, isAnnounced));
        } else if (isAnnounced) {
            add(announced);
        }
    }

    private void add(Found victim) {
        if (found.size() == MOST) {
            found.removeFirst();
        }
        found.addLast(victim);
    }
}
