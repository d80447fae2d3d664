package io.lxj.lifecycle;

import io.lxj.error.UnsupportedHostException;
import io.lxj.linux.Cgroup;
import io.lxj.linux.CgroupMount;
import io.lxj.linux.Deputy;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.IdleProcess;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.ProcFs;
import io.lxj.systemd.DelegatedScope;
import io.lxj.systemd.Manager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides where the cgroups of containers are. The tree is systemd's where systemd runs: there it is asked for a scope.
 * Elsewhere root uses the top of what it sees, or, in a user namespace that it isn't given to, the cgroup of this process. An ordinary user has what the user's systemd gives, or what was delegated to
 * the user. Thread-safe.
 */
final class CgroupPlaces {
    private static final Logger LOG = LoggerFactory.getLogger(CgroupPlaces.class);
    private static final Path SYSTEMD = Path.of("/run/systemd/system");
    private static final Pattern SCOPE = Pattern.compile("/lxj-[0-9a-f]{8}\\.scope$");
    private static final String PROCESSES = "cgroup.procs";
    private static final String SYSTEM_SLICE = "machine.slice";
    private static final String USER_SLICE = "app.slice";

    /** What root of a container may lack. */
    static final String NOT_WRITABLE = "cgroup v2 in which this root can make cgroups";

    static final String ADVICE_OF_ROOT =
            "where it is mounted read-only: mount -o remount,rw /sys/fs/cgroup, or have the container"
                    + " around mount it writable, as lxc.mount.auto = cgroup:rw:force does; where it is writable, the cgroup of this"
                    + " process has to belong to this root: chown -R on the host, to the id that it has there";

    private final ProcFs proc;
    private final String name;
    private final Path state;
    private final Optional<Deputy> deputy;
    private final boolean ofUser;
    private final Optional<CgroupMount> mount;
    private final List<String> known = new ArrayList<>();

    private CgroupPlaces(
            ProcFs proc, String name, Path state, Optional<Deputy> deputy, boolean ofUser, Optional<CgroupMount> mount)
            throws LinuxException {
        this.proc = proc;
        this.name = name;
        this.state = state;
        this.deputy = deputy;
        this.ofUser = ofUser;
        this.mount = mount;
        if (mount.isPresent()) {
            if (Files.isDirectory(SYSTEMD)) {
                known.add(mount.get().pathOf(scopePath()));
            }
            fallback().ifPresent(known::add);
        }
    }

    /**
     * Looks for the hierarchy.
     *
     * @param name what the state folder's cgroups are called
     * @param state the state folder
     * @param deputy who makes cgroups for an ordinary user
     */
    static CgroupPlaces of(ProcFs proc, String name, Path state, Optional<Deputy> deputy) throws LinuxException {
        Optional<CgroupMount> mount = CgroupMount.find(FileName.string(proc.readSelf("mountinfo")));
        if (mount.isEmpty() && deputy.isEmpty()) {
            throw new UnsupportedHostException("open lxj", "cgroup v2 that this process sees", CgroupMount.advice());
        }
        CgroupPlaces places = new CgroupPlaces(proc, name, state, deputy, deputy.isPresent(), mount);
        if (deputy.isEmpty() && places.manager().isEmpty() && places.fallback().isEmpty()) {
            throw new UnsupportedHostException("open lxj", NOT_WRITABLE, ADVICE_OF_ROOT);
        }
        return places;
    }

    /**
     * Looks where the cgroups of a state folder would be, and makes none.
     *
     * @param mount where the hierarchy is
     * @param ofUser whether it is that of an ordinary user
     * @return where, for people
     * @throws IOException if there is a better place, which can't be had
     */
    static Optional<String> look(ProcFs proc, CgroupMount mount, boolean ofUser) throws IOException {
        CgroupPlaces places = new CgroupPlaces(proc, "", Path.of("/"), Optional.empty(), ofUser, Optional.of(mount));
        if (places.manager().isPresent()) {
            try (Manager manager = Manager.connect(places.manager().get())) {
                return Optional.of("a scope of " + (ofUser ? "the user's " : "") + "systemd " + manager.version()
                        + " in " + places.slice());
            } catch (IOException e) {
                Optional<String> other = ofUser ? Optional.empty() : places.fallback();
                if (other.isPresent()) {
                    return Optional.of(other.get() + ", as systemd can't be asked: " + e.getMessage());
                }
                throw e;
            }
        }
        return places.fallback();
    }

    /** Opens a cgroup as the one that handles files here. */
    Cgroup open(String path) throws LinuxException {
        if (deputy.isEmpty()) {
            return Cgroup.at(path);
        }
        Fd fd = deputy.get().open(path, Open.O_RDONLY | Open.O_DIRECTORY);
        return Cgroup.of(fd, path);
    }

    /** The same if it is there. */
    Optional<Cgroup> find(String path) throws LinuxException {
        if (deputy.isEmpty()) {
            return Cgroup.find(path);
        }
        Optional<Fd> fd = deputy.get().find(path, Open.O_RDONLY | Open.O_DIRECTORY);
        return fd.isPresent() ? Optional.of(Cgroup.of(fd.get(), path)) : Optional.empty();
    }

    /** Where this or another process may have made cgroups; nobody is asked for that. */
    List<String> known() {
        return List.copyOf(known);
    }

    /** Whether a place is the scope of a state folder, perhaps of another one: all in it is lxj's. */
    boolean isScope(String path) {
        return SCOPE.matcher(path).find();
    }

    private String scopePath() throws LinuxException {
        String above = managersPath();
        if (!ofUser) {
            return above + "/" + slice() + "/" + unit();
        }
        long uid = uid();
        return above + "/user.slice/user-" + uid + ".slice/user@" + uid + ".service/" + slice() + "/" + unit();
    }

    /** The cgroup below which the host's systemd has everything: not the top, if it runs in a container that shows more. */
    private String managersPath() throws LinuxException {
        try {
            String first = CgroupMount.membership(proc.read("1/cgroup")).orElse("/");
            return first.replaceFirst("/(init\\.scope)?$", "");
        } catch (LinuxException e) {
            // A procfs may hide others' processes from an ordinary user, see "hidepid" in proc(5).
            if (e.is(Errno.ENOENT) || e.is(Errno.EACCES) || e.is(Errno.EPERM)) {
                return "";
            }
            throw e;
        }
    }

    private Optional<Manager.Address> manager() {
        Manager.Address address = ofUser ? Manager.Address.user(runtimeFolder()) : Manager.Address.SYSTEM;
        return Optional.of(address).filter(there -> Files.isDirectory(SYSTEMD) && there.isThere());
    }

    private String slice() {
        return ofUser ? USER_SLICE : SYSTEM_SLICE;
    }

    private String unit() {
        return name + ".scope";
    }

    /** Takes a place, which may mean to ask systemd for one; none if an ordinary user has none. */
    Optional<CgroupPlace> take() throws LinuxException {
        if (mount.isEmpty()) {
            warnOfNone();
            return Optional.empty();
        }
        Optional<Manager.Address> manager = manager();
        if (manager.isPresent()) {
            try {
                return Optional.of(scope(manager.get(), mount.get()));
            } catch (IOException e) {
                LOG.warn("systemd gives no cgroup to containers; they are in that of this process instead", e);
            }
        }
        Optional<String> path = fallback();
        if (path.isEmpty()) {
            warnOfNone();
            return Optional.empty();
        }
        boolean managed = Files.isDirectory(SYSTEMD);
        boolean atTop = Path.of(path.get()).equals(mount.get().path());
        String kind = atTop ? "the top of what is seen here" : "that of this process";
        // The processes of a service or of a login are systemd's, unless it gave them to this user.
        return Optional.of(CgroupPlace.of(open(path.get()), kind, ofUser || !managed));
    }

    private void warnOfNone() throws LinuxException {
        LOG.warn(
                "Containers run without cgroups: the cgroup of this process, {}, isn't this user's. They can't be frozen,"
                        + " limited or given a cgroup of their own, which systemd needs as an init: {}",
                membership(),
                CgroupTree.ADVICE);
    }

    private String membership() throws LinuxException {
        return CgroupMount.membership(proc.readSelf("cgroup")).orElse("none");
    }

    private CgroupPlace scope(Manager.Address address, CgroupMount where) throws IOException {
        String own = membership();
        DelegatedScope scope = new DelegatedScope(
                unit(),
                slice(),
                "Containers of lxj in " + state,
                Units.of(own, ofUser).filter(unit -> !unit.equals(unit())).stream()
                        .toList());
        IdleProcess anchor = IdleProcess.start();
        try (Manager manager = Manager.connect(address)) {
            String path = scope.enter(manager, proc, where, anchor.pid());
            if (ofUser && !mayLeave(Path.of(where.pathOf(own)), Path.of(path))) {
                LOG.info(
                        "Moving this process from {} to {}: the user's containers can't be started from there",
                        own,
                        path);
                scope.attach(manager, (int) ProcessHandle.current().pid());
            }
            String kind = "the scope " + unit() + " of systemd";
            return CgroupPlace.scope(open(path), kind, !ofUser ? mount : Optional.empty(), anchor);
        } catch (IOException | RuntimeException | Error e) {
            anchor.close();
            throw e;
        }
    }

    /** Who isn't root of the host moves processes only between cgroups whose common one is the user's. */
    private static boolean mayLeave(Path from, Path to) {
        Path common = from;
        while (!to.startsWith(common)) {
            common = common.getParent();
        }
        return Files.isWritable(common.resolve(PROCESSES));
    }

    /** Where cgroups are made if systemd doesn't run, or doesn't help. */
    private Optional<String> fallback() throws LinuxException {
        boolean managed = Files.isDirectory(SYSTEMD);
        Path top = mount.orElseThrow().path();
        if (!ofUser && !managed && isOurs(top)) {
            return Optional.of(top.toString());
        }
        Path own = Path.of(mount.orElseThrow().pathOf(membership()));
        if (own.endsWith(SupervisorLeaf.NAME)) {
            return Optional.of(own.getParent()).filter(CgroupPlaces::isOurs).map(Path::toString);
        }
        if (!ofUser && managed) {
            return Optional.of(own).filter(CgroupPlaces::isOurs).map(Path::toString);
        }
        // What is in a slice is systemd's business.
        Path above = own.getParent();
        boolean free = above.startsWith(top) && !above.toString().endsWith(".slice");
        return (free ? Stream.of(above, own) : Stream.of(own))
                .filter(CgroupPlaces::isOurs)
                .map(Path::toString)
                .findFirst();
    }

    /** The top of all may belong to nobody of the user namespace that this process is root of. */
    private static boolean isOurs(Path place) {
        return Files.isWritable(place) && Files.isWritable(place.resolve(PROCESSES));
    }

    private Path runtimeFolder() {
        String folder = System.getenv("XDG_RUNTIME_DIR");
        return folder == null || folder.isEmpty() ? Path.of("/run/user/" + uid()) : Path.of(folder);
    }

    private static long uid() {
        try {
            return Integer.toUnsignedLong((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException e) {
            throw new IllegalStateException("/proc tells nothing of this process", e);
        }
    }
}
