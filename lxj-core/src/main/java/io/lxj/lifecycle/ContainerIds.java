package io.lxj.lifecycle;

import io.lxj.config.Config;
import io.lxj.config.IdMap;
import io.lxj.config.IdRange;
import io.lxj.error.Failure;
import io.lxj.error.InvalidConfigException;
import io.lxj.error.LxjException;
import io.lxj.failure.Failures;
import io.lxj.linux.Deputy;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.Kernel;
import io.lxj.linux.LinuxException;
import io.lxj.linux.ProcFs;
import io.lxj.linux.Syscall;
import io.lxj.linux.UserNamespaces;
import io.lxj.storage.ContainerFolder;
import io.lxj.storage.ContainerRecord;
import io.lxj.storage.Deputies;
import io.lxj.storage.IdNote;
import io.lxj.storage.IdPool;
import io.lxj.storage.IdRegistry;
import io.lxj.storage.StatePath;
import io.lxj.storage.SubordinateIds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which ids containers have: each its own, unless its configuration says otherwise. They are set apart when a container is
 * created and given back when it is destroyed. Thread-safe.
 */
final class ContainerIds implements AutoCloseable {
    private final ProcFs proc;
    private final String folders;
    private final Optional<Deputy> deputy;
    private IdRegistry registry;
    private IdPool pool;

    /** For the containers of a state folder. */
    ContainerIds(ProcFs proc, Path state, Optional<Deputy> deputy) {
        this.deputy = deputy;
        this.proc = proc;
        this.folders = state + "/containers/";
    }

    /** The ids of a container's user namespace when it is started; empty if it has none of its own. */
    Optional<IdMap> of(ContainerRecord record) {
        Config config = record.config();
        if (config.isPrivileged() || config.idMap().isPresent()) {
            return config.idMap();
        }
        return of(record.firstId());
    }

    /** The ids from a first one on, as many as a container has. */
    Optional<IdMap> of(Optional<Long> first) {
        long count = hasOneId() ? 1 : IdPool.SIZE;
        return first.map(id -> IdMap.of(id, count));
    }

    /** The ids of a process that runs, whatever its container is configured for by now. */
    static Optional<IdMap> of(ProcFs proc, int pid) throws LinuxException {
        int self = (int) ProcessHandle.current().pid();
        try (Fd own = proc.userNamespaceOf(self);
                Fd other = proc.userNamespaceOf(pid)) {
            if (own.stat().isSameFile(other.stat())) {
                return Optional.empty();
            }
        }
        return Optional.of(map(proc, pid));
    }

    /** The ids of a process that is in a user namespace of its own. */
    static IdMap map(ProcFs proc, int pid) throws LinuxException {
        return new IdMap(ranges(proc, pid + "/uid_map"), ranges(proc, pid + "/gid_map"));
    }

    private static List<IdRange> ranges(ProcFs proc, String file) throws LinuxException {
        List<IdRange> ranges = new ArrayList<>();
        for (String line : new String(proc.read(file), StandardCharsets.US_ASCII).split("\n")) {
            String[] numbers = line.strip().split("\\s+");
            ranges.add(new IdRange(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]), Long.parseLong(numbers[2])));
        }
        return ranges;
    }

    private static boolean wantsIds(Config config) {
        return !config.isPrivileged() && config.idMap().isEmpty();
    }

    /** Sets ids apart for a container that is about to be created, if it needs any; its lock is held. */
    Optional<Long> claim(String container, Config config) {
        if (hasOneId()) {
            return Optional.of(0L);
        }
        if (!wantsIds(config)) {
            claimByHand(container, config);
            return Optional.empty();
        }
        String action = "set ids apart for " + container;
        try {
            // The files of images have these on disk: it is worth a look whether whoever had them is gone.
            boolean images = deputy.isPresent() && pool().firsts().limit(1).anyMatch(first -> first == 0);
            if (images && registry().take(0, folders + container)) {
                return Optional.of(0L);
            }
            OptionalLong first = registry().claim(pool(), folders + container);
            if (first.isEmpty()) {
                throw exhausted(action);
            }
            return Optional.of(first.getAsLong());
        } catch (LinuxException e) {
            throw Failures.exception(action, e);
        }
    }

    /**
     * The ids of a container with those for containers in it, which are set apart now if they aren't yet; its lock is held.
     */
    Optional<IdMap> withNested(String container, Config config, Optional<IdMap> own) {
        if (own.isEmpty() || config.nesting() == 0) {
            return own;
        }
        String action = "set ids apart for containers in " + container;
        String owner = folders + container;
        try {
            List<IdRange> ranges = new ArrayList<>(own.get().users());
            List<Long> nested = registry().held(owner).stream()
                    .filter(note -> note.isLot() && !note.isIn(own.get()))
                    .map(IdNote::first)
                    .collect(Collectors.toCollection(ArrayList::new));
            while (nested.size() < config.nesting()) {
                OptionalLong more = registry().claim(pool(), owner);
                if (more.isEmpty()) {
                    throw exhausted(action);
                }
                nested.add(more.getAsLong());
            }
            for (int i = 0; i < config.nesting(); i++) {
                ranges.add(new IdRange(IdPool.FIRST + i * IdPool.SIZE, nested.get(i), IdPool.SIZE));
            }
            return Optional.of(new IdMap(ranges, ranges));
        } catch (LinuxException e) {
            throw Failures.exception(action, e);
        }
    }

    /** Gives all ids of a container back that is gone. */
    void release(String container, ContainerRecord record) {
        release(container, record.firstId());
        releaseMore(container, record.config());
    }

    /** Gives back what a container that is gone had for containers in it, or by hand. */
    void releaseMore(String container, Config config) {
        if (hasMore(config)) {
            release(container, note -> true);
        }
    }

    /** Whether a container has ids that its record doesn't name. */
    static boolean hasMore(Config config) {
        return config.nesting() > 0 || config.idMap().isPresent();
    }

    private void release(String container, Predicate<IdNote> which) {
        try {
            for (IdNote note : registry().held(folders + container)) {
                if (which.test(note)) {
                    registry().release(note, folders + container);
                }
            }
        } catch (LinuxException e) {
            throw Failures.exception("give the ids of " + container + " back", e);
        }
    }

    /**
     * Sets ids apart that were chosen by hand, so that no other container has them; the container's lock is held. A single
     * id is a user or group of the host, which may be passed on to several containers: unless it is among the ids that are
     * given out, where it takes as many away as a container is given.
     *
     * @throws InvalidConfigException if another container has one of them
     */
    void claimByHand(String container, Config config) {
        if (deputy.isPresent() || config.idMap().isEmpty()) {
            return;
        }
        IdMap map = config.idMap().get();
        Map<Boolean, List<IdNote>> ranges = Stream.concat(map.users().stream(), map.groups().stream())
                .map(IdNote::of)
                .collect(Collectors.partitioningBy(note -> note.count() > 1));
        try {
            List<IdNote> own = new ArrayList<>(ranges.get(true));
            pool().firsts()
                    .mapToObj(IdNote::lot)
                    .filter(lot -> ranges.get(false).stream().anyMatch(lot::overlaps))
                    .forEach(own::add);
            Optional<IdNote> taken = registry().take(own, ranges.get(false), folders + container);
            if (taken.isPresent()) {
                throw new InvalidConfigException(
                        "idMap",
                        map,
                        "ids that no other container has; " + taken.get() + " belong to "
                                + registry().holder(taken.get()).orElse("one that was just destroyed"));
            }
        } catch (LinuxException e) {
            throw Failures.exception("set the ids of " + container + " apart", e);
        }
    }

    /**
     * Gives back what a container had for containers in it, or by hand, before its configuration was changed, but for what a
     * run has that goes on; its lock is held.
     */
    void releaseFormer(String container, ContainerRecord record, Optional<IdMap> running) {
        if (deputy.isEmpty() && record.config().nesting() == 0) {
            List<IdMap> needed = Stream.of(record.config().idMap(), of(record.firstId()), running)
                    .flatMap(Optional::stream)
                    .toList();
            release(container, note -> needed.stream().noneMatch(note::isIn));
        }
    }

    /** Gives back what only the run had that has ended; its lock is held. */
    void releaseEnded(String container, ContainerRecord record, Optional<IdMap> ran) {
        if (!ran.equals(of(record))) {
            releaseFormer(container, record, Optional.empty());
        }
    }

    /** Refuses ids set by hand that this process hasn't itself: the kernel lets nobody give a container others. */
    void refuseForeign(String container, Config config) {
        if (deputy.isPresent() || config.idMap().isEmpty()) {
            return;
        }
        IdMap map = config.idMap().get();
        try {
            IdMap own = map(proc, (int) ProcessHandle.current().pid());
            refuseForeign("idMap.users", map.users(), own.users());
            refuseForeign("idMap.groups", map.groups(), own.groups());
        } catch (LinuxException e) {
            throw Failures.exception("look whether there are the ids of " + container, e);
        }
    }

    /** What is a range for a container has to be in one range of this process, see user_namespaces(7). */
    private static void refuseForeign(String field, List<IdRange> ranges, List<IdRange> own) {
        for (IdRange range : ranges) {
            long end = range.outside() + range.count();
            if (own.stream().noneMatch(ids -> ids.inside() <= range.outside() && end <= ids.inside() + ids.count())) {
                String all = own.stream()
                        .map(ids -> ids.inside() + " to " + (ids.inside() + ids.count() - 1))
                        .collect(Collectors.joining(", "));
                throw new InvalidConfigException(
                        field, range, "ids out of one of the ranges that lxj has itself on this host: " + all);
            }
        }
    }

    /** Whether this user's containers have one id each, which is the user's own: there is nothing to be given out. */
    private boolean hasOneId() {
        return deputy.isPresent() && !deputy.get().hasSeveralIds();
    }

    private LxjException exhausted(String action) throws LinuxException {
        long containers = pool().firsts().count();
        // Those of an ordinary user are numbers of a namespace, which say nothing to anybody.
        String which = deputy.isPresent() ? "those of this user in /etc/subuid and /etc/subgid" : pool().toString();
        String problem = containers == 0
                ? "there are no " + IdPool.SIZE + " ids for a container"
                        + (pool().ranges().isEmpty() ? "" : ", only " + which)
                : "all ids for containers are taken, by " + containers + " of them: " + which;
        return new LxjException(Failure.of(action, problem).hint(moreIds()));
    }

    private String moreIds() throws LinuxException {
        if (!Deputies.areNeeded() && !UserNamespaces.inFirst()) {
            return IdPool.adviceInside(proc, pool().firsts().findFirst().isPresent());
        }
        String more = "destroy containers; or get more ids, " + IdPool.advice(SubordinateIds.user());
        return Deputies.areNeeded()
                ? more
                : more + "; or set ids by hand with Config.idMap(...), or do without with Config.privileged()";
    }

    /** The record of a container that is about to start, which has ids that nobody else has; its lock is held. */
    ContainerRecord keep(String container, ContainerRecord record, ContainerFolder folder) {
        if (hasOneId() || !wantsIds(record.config())) {
            ConfigChecks.refuseHostRoot(record.config());
            refuseForeign(container, record.config());
            claimByHand(container, record.config());
            return record;
        }
        if (record.firstId().isEmpty()) {
            long first = claim(container, record.config()).orElseThrow();
            folder.giveIds(first);
            return record.withIds(first);
        }
        long first = record.firstId().get();
        String action = "start " + container;
        try {
            if (!registry().take(first, folders + container)) {
                throw new LxjException(Failure.of(
                                action,
                                "its ids from " + first + " on belong to the container "
                                        + registry().holder(IdNote.lot(first)).orElse("that was destroyed just now"))
                        .hint("two containers must not share ids: destroy one of them"));
            }
            return record;
        } catch (LinuxException e) {
            throw Failures.exception(action, e);
        }
    }

    /** Gives the ids of a container back that is gone. */
    void release(String container, Optional<Long> first) {
        if (!hasOneId() && first.isPresent()) {
            try {
                registry().release(IdNote.lot(first.get()), folders + container);
            } catch (LinuxException e) {
                throw Failures.exception("give the ids of " + container + " back", e);
            }
        }
    }

    /** Notes the new name of a container; the locks of both are held. */
    void rename(String from, String to, ContainerRecord record) {
        if (!hasOneId()) {
            try {
                if (record.firstId().isPresent()) {
                    registry().move(IdNote.lot(record.firstId().get()), folders + from, folders + to);
                }
                if (hasMore(record.config())) {
                    for (IdNote note : registry().held(folders + from)) {
                        registry().move(note, folders + from, folders + to);
                    }
                }
            } catch (LinuxException e) {
                throw Failures.exception("note the ids of " + to, e);
            }
        }
    }

    /** Gives ids back that dead processes left. */
    void sweep() throws LinuxException {
        if (!hasOneId()) {
            registry().sweep(folders);
        }
    }

    /** Notes the ids of a container again, if the note was lost. */
    void note(String container, Optional<Long> first) throws LinuxException {
        if (!hasOneId() && first.isPresent()) {
            registry().take(first.get(), folders + container);
        }
    }

    private synchronized IdRegistry registry() throws LinuxException {
        if (registry == null) {
            Path folder = StatePath.ids();
            if (deputy.isPresent()) {
                makeAbove(folder);
            }
            registry = IdRegistry.open(folder, deputy);
        }
        return registry;
    }

    /** A user may have no folder for data yet. */
    private static void makeAbove(Path folder) throws LinuxException {
        try {
            Files.createDirectories(folder.getParent());
        } catch (IOException e) {
            throw LinuxException.of(
                            -Errno.EACCES.number(), "mkdir", folder.getParent().toString())
                    .withHint(
                            e + "; which container has which ids is noted there, whatever the state folder: a user with"
                                    + " containers needs a home folder");
        }
    }

    /** As it was when it was needed first. */
    private synchronized IdPool pool() throws LinuxException {
        if (pool == null) {
            pool = deputy.isPresent()
                    ? IdPool.of(deputy.get())
                    : IdPool.of(SubordinateIds.user(), Kernel.call(Syscall.GETEUID), proc);
        }
        return pool;
    }

    @Override
    public synchronized void close() {
        if (registry != null) {
            registry.close();
            registry = null;
        }
    }
}
