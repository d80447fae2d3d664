package io.lxj.linux;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Empties and removes cgroups. */
final class CgroupKiller {
    private static final int ROUNDS = 50;
    static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private CgroupKiller() {}

    static void kill(Cgroup cgroup) throws LinuxException {
        signal(cgroup);
        if (!cgroup.await("populated", false, PATIENCE)) {
            throw LinuxException.of(-Errno.EBUSY.number(), "write", cgroup.path() + "/cgroup.kill", 1)
                    .withHint("still there after " + PATIENCE.toSeconds() + " s: processes " + cgroup.allProcesses());
        }
    }

    static void signal(Cgroup cgroup) throws LinuxException {
        try {
            cgroup.write("cgroup.kill", "1");
        } catch (LinuxException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
            killOneByOne(cgroup);
        }
    }

    /**
     * What cgroup.kill does, for kernels before 5.14. Frozen processes can't fork, and die of SIGKILL all the same.
     */
    static void killOneByOne(Cgroup cgroup) throws LinuxException {
        boolean freezes = cgroup.has("cgroup.freeze");
        if (freezes) {
            cgroup.freeze(PAUSE.multipliedBy(5));
        }
        try {
            List<Integer> pids = cgroup.allProcesses();
            for (int round = 0; !pids.isEmpty() && round < ROUNDS; round++) {
                kill(cgroup, pids);
                cgroup.await("populated", false, PAUSE);
                pids = cgroup.allProcesses();
            }
        } finally {
            if (freezes) {
                cgroup.unfreeze();
            }
        }
    }

    // A process id may have been given to another process since it was listed: the pidfd pins it, the second look
    // makes sure that it is still one of ours.
    private static void kill(Cgroup cgroup, List<Integer> pids) throws LinuxException {
        List<Optional<Pidfd>> found = new ArrayList<>();
        try {
            for (int pid : pids) {
                found.add(Pidfd.find(pid));
            }
            List<Integer> still = cgroup.allProcesses();
            for (int i = 0; i < pids.size(); i++) {
                if (found.get(i).isPresent() && still.contains(pids.get(i))) {
                    found.get(i).get().send(Signal.SIGKILL);
                }
            }
        } finally {
            found.forEach(pidfd -> pidfd.ifPresent(Pidfd::close));
        }
    }

    static void remove(Cgroup parent, Directory directory, String name, Duration timeout) throws LinuxException {
        long start = System.nanoTime();
        byte[] bytes = FileName.bytes(name);
        while (true) {
            try (Cgroup cgroup = parent.open(name)) {
                signal(cgroup);
                cgroup.await("populated", false, timeout.minusNanos(System.nanoTime() - start));
                removeBelow(cgroup);
                directory.rmdir(bytes);
                return;
            } catch (LinuxException e) {
                if (CgroupWalk.isGone(e)) {
                    return;
                }
                Duration left = timeout.minusNanos(System.nanoTime() - start);
                if (!e.is(Errno.EBUSY) || left.isNegative() || left.isZero()) {
                    throw e.is(Errno.EBUSY) ? e.withHint(occupants(parent, name)) : e;
                }
            }
            pause();
        }
    }

    private static String occupants(Cgroup parent, String name) {
        try (Cgroup cgroup = parent.open(name)) {
            return "after SIGKILL there are still the processes " + cgroup.allProcesses() + " and "
                    + cgroup.children().size() + " children in " + cgroup.path();
        } catch (LinuxException e) {
            return "its processes can't be listed: " + e.getMessage();
        }
    }

    private static void pause() {
        // Only where something makes new cgroups or processes while they are removed.
        LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
    }

    private static void removeBelow(Cgroup cgroup) throws LinuxException {
        cgroup.walk(new CgroupWalk.Visitor() {
            @Override
            public void enter(Directory walked, CharSequence path) {}

            @Override
            public void leave(Directory parent, byte[] name) throws LinuxException {
                try {
                    parent.rmdir(name);
                } catch (LinuxException e) {
                    if (!CgroupWalk.isGone(e)) {
                        throw e;
                    }
                }
            }
        });
    }
}
