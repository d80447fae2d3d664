package io.lxj.lifecycle;

import io.lxj.config.IdMap;
import io.lxj.error.UnsupportedHostException;
import io.lxj.linux.Cgroup;
import io.lxj.linux.CgroupMount;
import io.lxj.linux.Deputy;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.ProcFs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cgroups of one state folder: {@code lxj-<id>/<container>/payload}. The container's own cgroup is lxj's and
 * carries the limits; the one below is delegated to the container, whose cgroup namespace has it as its root. So no
 * process of lxj is in the container's tree, and the container can't change what holds it. Thread-safe.
 */
final class CgroupTree implements AutoCloseable {
    static final String PAYLOAD = "payload";
    /** How an ordinary user gets cgroups. */
    static final String ADVICE =
            "start the program in one that is delegated to the user: systemd-run --user --scope -p Delegate=yes PROGRAM";

    private static final int ATTEMPTS = 100;
    private static final Set<String> COUNTED = Set.of("cpu", "io", "memory", "pids");
    private static final Logger LOG = LoggerFactory.getLogger(CgroupTree.class);
    private static final String DELEGATION = "cgroup.procs";

    private final Optional<Cgroup> parent;
    private final String base;

    private CgroupTree(Optional<Cgroup> parent, String base) {
        this.parent = parent;
        this.base = base;
    }

    /**
     * For an ordinary user: below the cgroup that this process is in, or beside it, if the user may make cgroups there; see
     * "Delegation" in Documentation/admin-guide/cgroup-v2.rst. Otherwise there are none.
     */
    static CgroupTree open(ProcFs proc, String stateId, Deputy deputy) throws LinuxException {
        String name = "lxj-" + stateId;
        String mountInfo = new String(proc.read("self/mountinfo"), StandardCharsets.UTF_8);
        Optional<CgroupMount> mount = CgroupMount.find(mountInfo);
        String own = CgroupMount.membership(proc.read("self/cgroup")).orElse("none");
        if (mount.isPresent()) {
            String path = mount.get().pathOf(own);
            Path folder = Path.of(path);
            // Only root of the host may move processes between cgroups whose common one isn't the user's.
            for (Path place : List.of(folder.resolveSibling(""), folder)) {
                if (isDelegated(place)) {
                    Fd fd = deputy.open(place.toString(), Open.O_RDONLY | Open.O_DIRECTORY);
                    return new CgroupTree(Optional.of(Cgroup.of(fd, place.toString())), name);
                }
            }
        }
        LOG.warn(
                "Containers run without cgroups: the cgroup of this process, {}, isn't this user's. They can't be frozen,"
                        + " limited or given a cgroup of their own, which systemd needs as an init: {}",
                own,
                ADVICE);
        return new CgroupTree(Optional.empty(), name);
    }

    private static boolean isDelegated(Path place) {
        return Files.isWritable(place) && Files.isWritable(place.resolve(DELEGATION));
    }

    static CgroupTree open(ProcFs proc, String stateId) throws LinuxException {
        String mountInfo = new String(proc.read("self/mountinfo"), StandardCharsets.UTF_8);
        CgroupMount mount = CgroupMount.find(mountInfo)
                .orElseThrow(
                        () -> new UnsupportedHostException(
                                "open lxj",
                                "cgroup v2",
                                "mount it: mount -t cgroup2 none /sys/fs/cgroup, or boot with systemd.unified_cgroup_hierarchy=1"));
        Cgroup parent = mount.open();
        // The top of the tree is systemd's where systemd runs; there, stay in what it gave to this process.
        Optional<String> own = CgroupMount.membership(proc.read("self/cgroup"));
        if (Files.isDirectory(Path.of("/run/systemd/system")) && own.isPresent()) {
            for (String name : own.get().substring(1).split("/")) {
                Cgroup above = parent;
                parent = name.isEmpty() ? above : above.open(name);
                if (parent != above) {
                    above.close();
                }
            }
        }
        return new CgroupTree(Optional.of(parent), "lxj-" + stateId);
    }

    /** Whether containers have cgroups at all. */
    boolean isThere() {
        return parent.isPresent();
    }

    /** Makes the cgroup of a container, empty; nothing where there are none. */
    Optional<Cgroup> create(String container) throws LinuxException {
        if (parent.isEmpty()) {
            return Optional.empty();
        }
        for (int attempt = 1; ; attempt++) {
            try (Cgroup all = parent.get().child(base)) {
                count(all);
                return Optional.of(all.child(container));
            } catch (LinuxException e) {
                // Another process may have removed the empty base in between.
                boolean removed = e.is(Errno.ENOENT) || e.is(Errno.ENODEV);
                if (!removed || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private Cgroup above() {
        return parent.orElseThrow(() -> new IllegalStateException("there are no cgroups"));
    }

    /** The controllers that containers can have. */
    Set<String> controllers() throws LinuxException {
        return parent.isPresent() ? parent.get().controllers().available() : Set.of();
    }

    /** Where the containers' cgroups are, for people. */
    String place() {
        return parent.map(cgroup -> "cgroup v2 at " + cgroup.path()).orElse("no cgroup of this user's: " + ADVICE);
    }

    /** Makes a container's cgroup and that of its payload have controllers. */
    void enable(Cgroup container, Set<String> controllers) throws LinuxException {
        above().controllers().enable(controllers);
        try (Cgroup all = above().open(base)) {
            all.controllers().enable(controllers);
        }
        container.controllers().enable(controllers);
    }

    /** Reads an attribute of the cgroup that all containers are in. */
    String read(String attribute) throws LinuxException {
        try (Cgroup all = above().open(base)) {
            return all.read(attribute);
        }
    }

    /** What is to be done with a cgroup that has controllers. */
    interface Look {
        void at(Cgroup cgroup) throws LinuxException;
    }

    /** Looks at what a container's cgroup would be like with these controllers; nothing is left of it. */
    void look(Set<String> controllers, Look look) throws LinuxException {
        above().controllers().enable(controllers);
        try (Cgroup all = above().child(base)) {
            look.at(all);
        } finally {
            removeIfEmpty();
        }
    }

    /** Lets the kernel count what containers use, where it can. */
    private void count(Cgroup all) throws LinuxException {
        Set<String> counted = new TreeSet<>(COUNTED);
        counted.retainAll(controllers());
        try {
            above().controllers().enable(counted);
            all.controllers().enable(counted);
        } catch (LinuxException e) {
            // There are other processes: what isn't limited isn't counted there either.
            if (!e.is(Errno.EBUSY) && !e.is(Errno.EACCES)) {
                throw e;
            }
            LOG.debug("Of the containers' use not everything is counted", e);
        }
    }

    /**
     * Gives the cgroup of a container's payload to its root, as far as Documentation/admin-guide/cgroup-v2.rst says that
     * delegation goes: the folder, and the files by which processes and controllers are moved in it.
     */
    static void delegate(Cgroup payload, IdMap ids) throws LinuxException {
        payload.delegate(
                (int) ids.hostUser(0).orElseThrow(), (int) ids.hostGroup(0).orElseThrow());
    }

    Optional<Cgroup> find(String container) throws LinuxException {
        if (parent.isEmpty()) {
            return Optional.empty();
        }
        try (Cgroup all = parent.get().open(base)) {
            return Optional.of(all.open(container));
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The containers that have a cgroup. */
    List<String> containers() throws LinuxException {
        if (parent.isEmpty()) {
            return List.of();
        }
        try (Cgroup all = parent.get().open(base)) {
            return all.children();
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                return List.of();
            }
            throw e;
        }
    }

    /** Kills what is left in the cgroup of a container, and removes it; the base goes with the last container. */
    void remove(String container) throws LinuxException {
        if (parent.isEmpty()) {
            return;
        }
        try (Cgroup all = parent.get().open(base)) {
            if (!removeEmpty(all, container)) {
                all.remove(container);
            }
        } catch (LinuxException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
        removeIfEmpty();
    }

    /** Mostly nothing is left, and there is nothing to be killed. */
    private static boolean removeEmpty(Cgroup all, String container) throws LinuxException {
        try (Cgroup own = all.open(container)) {
            return removeIfEmpty(own, PAYLOAD) && removeIfEmpty(all, container);
        }
    }

    /** Removes the base if no container of any process is left. */
    void removeIfEmpty() throws LinuxException {
        if (parent.isPresent()) {
            removeIfEmpty(parent.get(), base);
        }
    }

    private static boolean removeIfEmpty(Cgroup above, String name) throws LinuxException {
        try {
            above.removeEmpty(name);
            return true;
        } catch (LinuxException e) {
            if (e.is(Errno.EBUSY) || e.is(Errno.ENOTEMPTY)) {
                return false;
            }
            if (e.is(Errno.ENOENT)) {
                return true;
            }
            throw e;
        }
    }

    String path(String container) {
        return parent.map(cgroup -> cgroup.path() + "/" + base + "/" + container)
                .orElse("none");
    }

    @Override
    public void close() {
        parent.ifPresent(Cgroup::close);
    }
}
