package io.lxj.lifecycle;

import io.lxj.config.IdMap;
import io.lxj.failure.Failures;
import io.lxj.linux.Cgroup;
import io.lxj.linux.Deputy;
import io.lxj.linux.Errno;
import io.lxj.linux.FileIdentity;
import io.lxj.linux.LinuxException;
import io.lxj.linux.ProcFs;
import io.lxj.storage.OwnIds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cgroups of one state folder: {@code lxj-<id>/<container>/payload}, below the place that {@link CgroupPlaces} finds when
 * the first container needs one. The container's own cgroup is lxj's and carries the limits; the one below is delegated to
 * the container, whose cgroup namespace has it as its root. So no process of lxj is in the container's tree, and the
 * container can't change what holds it. Thread-safe.
 */
final class CgroupTree implements AutoCloseable {
    static final String PAYLOAD = "payload";
    /** How an ordinary user gets cgroups. */
    static final String ADVICE =
            "start the program in one that is delegated to the user: systemd-run --user --scope -p Delegate=yes PROGRAM; or"
                    + " where no systemd runs, in one that root has made with mkdir and given with chown -R USER:";

    /** More than a userland with containers of its own has. */
    private static final String MAX_DESCENDANTS = "5000";

    private static final String NONE = "none";
    private static final int ATTEMPTS = 100;
    private static final Set<String> COUNTED = Set.of("cpu", "io", "memory", "pids");
    private static final Logger LOG = LoggerFactory.getLogger(CgroupTree.class);

    private final CgroupPlaces places;
    private final String base;
    // Which is empty for a user without cgroups, and null as long as nobody has asked.
    private Optional<CgroupPlace> place;

    private CgroupTree(CgroupPlaces places, String base) {
        this.places = places;
        this.base = base;
    }

    /** Nothing is made yet. */
    static CgroupTree open(ProcFs proc, String stateId, Path state, Optional<Deputy> deputy) throws LinuxException {
        String name = "lxj-" + stateId;
        return new CgroupTree(CgroupPlaces.of(proc, name, state, deputy), name);
    }

    private synchronized Optional<CgroupPlace> place() throws LinuxException {
        if (place != null && place.isPresent() && place.get().isLost()) {
            LOG.info("{} was ended by somebody else", place.get());
            place.get().close();
            place = null;
        }
        if (place == null) {
            place = places.take();
        }
        return place;
    }

    private CgroupPlace above() throws LinuxException {
        return place().orElseThrow(() -> new IllegalStateException("there are no cgroups"));
    }

    /** Whether containers have cgroups at all. */
    boolean isThere() {
        try {
            return place().isPresent();
        } catch (LinuxException e) {
            throw Failures.exception("look for a place for cgroups", e);
        }
    }

    /**
     * Makes the cgroup of a container, empty; nothing where there are none. What is counted the container can limit in
     * cgroups of its own, as systemd does with services.
     */
    Optional<Cgroup> create(String container) throws LinuxException {
        for (int attempt = 1; ; attempt++) {
            Optional<CgroupPlace> found = place();
            if (found.isEmpty()) {
                return Optional.empty();
            }
            try (Cgroup all = found.get().cgroup().child(base)) {
                Set<String> counted = count(all);
                Cgroup own = all.child(container);
                prepare(own, counted);
                return Optional.of(own);
            } catch (LinuxException e) {
                // Another process may have removed the empty base in between.
                if (!isGone(e) || attempt == ATTEMPTS) {
                    throw e.is(Errno.EACCES)
                            ? e.withHint(notOurs(found.get().cgroup().path()))
                            : e;
                }
            }
        }
    }

    private static String notOurs(String path) {
        return "a cgroup that is delegated to a user has to belong to the user and to the user's own group: chown USER: "
                + path;
    }

    private static void prepare(Cgroup own, Set<String> controllers) throws LinuxException {
        try {
            own.controllers().enable(controllers);
            // Whoever ends the container removes them one by one.
            own.write("cgroup.max.descendants", MAX_DESCENDANTS);
        } catch (LinuxException e) {
            own.close();
            throw e;
        }
    }

    private static boolean isGone(LinuxException e) {
        return e.is(Errno.ENOENT) || e.is(Errno.ENODEV);
    }

    /** Whether a container had a cgroup when it was started. */
    static boolean isRecorded(String path) {
        return !path.equals(NONE);
    }

    /** The controllers that containers can have. */
    Set<String> controllers() throws LinuxException {
        return isThere() ? above().controllers() : Set.of();
    }

    /** Where the containers' cgroups are, for people. */
    String description() throws LinuxException {
        return place().map(CgroupPlace::toString).orElse("no cgroup of this user's: " + ADVICE);
    }

    /** Makes a container's cgroup and that of its payload have controllers. */
    void enable(Cgroup container, Set<String> controllers) throws LinuxException {
        above().enable(controllers);
        try (Cgroup all = above().cgroup().open(base)) {
            all.controllers().enable(controllers);
        }
        container.controllers().enable(controllers);
    }

    /** Reads an attribute of the cgroup that all containers are in. */
    String read(String attribute) throws LinuxException {
        try (Cgroup all = above().cgroup().open(base)) {
            return all.read(attribute);
        }
    }

    /** What is to be done with a cgroup that has controllers. */
    interface Look {
        void at(Cgroup cgroup) throws LinuxException;
    }

    /** Looks at what a container's cgroup would be like with these controllers; nothing is left of it. */
    void look(Set<String> controllers, Look look) throws LinuxException {
        above().enable(controllers);
        try (Cgroup all = above().cgroup().child(base)) {
            look.at(all);
        } finally {
            removeEmptyBase(above().cgroup().path());
        }
    }

    /** Lets the kernel count what containers use, where it can. The controllers that do. */
    private Set<String> count(Cgroup all) throws LinuxException {
        Set<String> counted = new TreeSet<>(COUNTED);
        counted.retainAll(above().cgroup().controllers().available());
        try {
            above().enable(counted);
            all.controllers().enable(counted);
            return counted;
        } catch (LinuxException e) {
            // There are other processes: what isn't limited isn't counted there either.
            if (!e.is(Errno.EBUSY) && !e.is(Errno.EACCES)) {
                throw e;
            }
            LOG.debug("Of the containers' use not everything is counted", e);
            return Set.of();
        }
    }

    /**
     * Makes the cgroup of a container's payload. Its files belong to whoever makes it, and that is not to be the container:
     * for the kernel an ordinary user's deputy may be who the container's root is, so the user makes it.
     */
    static Cgroup makePayload(Cgroup container) throws LinuxException {
        if (container.fd().deputy().filter(Deputy::hasSeveralIds).isEmpty()) {
            return container.child(PAYLOAD);
        }
        return FileIdentity.as(container.fd(), OwnIds.USER, OwnIds.USER, () -> container.child(PAYLOAD));
    }

    /**
     * Gives the cgroup of a container's payload to its root, as far as Documentation/admin-guide/cgroup-v2.rst says that
     * delegation goes: the folder, and the files by which processes and controllers are moved in it.
     */
    static void delegate(Cgroup payload, IdMap ids) throws LinuxException {
        payload.delegate(
                (int) ids.hostUser(0).orElseThrow(), (int) ids.hostGroup(0).orElseThrow());
    }

    /** A process that keeps a container alive must not end with the service that this process may be. */
    void shelter(int pid) throws LinuxException {
        if (isThere()) {
            above().shelter(pid);
        }
    }

    /** The places at which there are containers of this state folder, or may be. */
    private synchronized List<String> paths() throws LinuxException {
        List<String> paths = new ArrayList<>(places.known());
        if (place != null && place.isPresent()) {
            paths.remove(place.get().cgroup().path());
            paths.add(0, place.get().cgroup().path());
        }
        return paths;
    }

    /** The cgroup of all containers at a place. */
    private Optional<Cgroup> all(String path) throws LinuxException {
        return find(path + "/" + base);
    }

    /**
     * The cgroup of a container that runs.
     *
     * @param recorded where it was when it was started
     */
    Optional<Cgroup> find(String recorded) throws LinuxException {
        try {
            return isRecorded(recorded) ? places.find(recorded) : Optional.empty();
        } catch (LinuxException e) {
            if (isGone(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The containers that have a cgroup. */
    List<String> containers() throws LinuxException {
        List<String> found = new ArrayList<>();
        for (String path : paths()) {
            try (Cgroup all = all(path).orElse(null)) {
                if (all != null) {
                    found.addAll(all.children());
                }
            } catch (LinuxException e) {
                // Removed meanwhile, as the last container has ended.
                if (!isGone(e)) {
                    throw e;
                }
            }
        }
        return found;
    }

    /** Whether a container has a cgroup. */
    boolean has(String container) throws LinuxException {
        for (String path : paths()) {
            try (Cgroup own = find(path + "/" + base + "/" + container).orElse(null)) {
                if (own != null) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Kills what is left in the cgroup of a container, and removes it; the base goes with the last container. */
    void remove(String container) throws LinuxException {
        for (String path : paths()) {
            removeFrom(path, container);
            removeEmptyBase(path);
        }
    }

    /**
     * The same for one that ran; the base stays.
     *
     * @param recorded where it was when it was started
     */
    void removeRecorded(String container, String recorded) throws LinuxException {
        for (String path : places(recorded)) {
            removeFrom(path, container);
        }
    }

    /**
     * Removes the base if no container of any process is left.
     *
     * @param recorded where one was that ran
     */
    void removeBase(String recorded) throws LinuxException {
        for (String path : places(recorded)) {
            removeEmptyBase(path);
        }
    }

    /** The places at which a container may be that ran. */
    private List<String> places(String recorded) throws LinuxException {
        Path all = Path.of(recorded).getParent();
        return all != null && all.endsWith(base) ? List.of(all.getParent().toString()) : paths();
    }

    private void removeFrom(String path, String container) throws LinuxException {
        try (Cgroup all = all(path).orElse(null)) {
            if (all == null) {
                return;
            }
            if (!removeEmpty(all, container)) {
                all.remove(container);
            }
        } catch (LinuxException e) {
            if (!isGone(e)) {
                throw e;
            }
        }
    }

    /** Mostly nothing is left, and there is nothing to be killed. */
    private static boolean removeEmpty(Cgroup all, String container) throws LinuxException {
        try (Cgroup own = all.open(container)) {
            return removeIfEmpty(own, PAYLOAD) && removeIfEmpty(all, container);
        }
    }

    private boolean removeEmptyBase(String path) throws LinuxException {
        try (Cgroup above = places.find(path).orElse(null)) {
            return above != null && removeIfEmpty(above, base);
        } catch (LinuxException e) {
            if (isGone(e)) {
                return false;
            }
            throw e;
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

    /** Leaves everything as it was before there were containers, if none is left. */
    void tidy() throws LinuxException {
        for (String path : paths()) {
            if (removeEmptyBase(path) && !places.isScope(path)) {
                try (Cgroup above = places.open(path)) {
                    SupervisorLeaf.empty(above);
                }
            }
        }
    }

    /** Where the cgroup of a container is that has one. */
    String path(String container) throws LinuxException {
        return place().map(found -> found.cgroup().path() + "/" + base + "/" + container)
                .orElse(NONE);
    }

    @Override
    public synchronized void close() {
        if (place != null) {
            place.ifPresent(CgroupPlace::close);
        }
    }
}
