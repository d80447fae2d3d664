package io.lxj.storage;

import io.lxj.linux.Deputy;
import io.lxj.linux.Directory;
import io.lxj.linux.DirectoryEntry;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.Kernel;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.Scratch;
import io.lxj.linux.Stat;
import io.lxj.linux.Syscall;
import io.lxj.linux.UserNamespaces;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * Which container of this host has which ids, whatever the state folder that it is in: a private folder with a symbolic
 * link for each container, whose name is the container's ids and whose target is the container's folder. symlinkat(2) makes
 * a link with its content at once, so that no end of a process leaves anything half done. Whoever changes it holds a lock
 * on the folder, see flock(2): of two that take ids with one in common, one comes second.
 *
 * <p>A link that a dead process left is found by what it leads to: there is no container, or one with other ids that
 * doesn't run, and nobody holds the lock under which it would be made. Thread-safe, and safe against other processes.
 */
public final class IdRegistry implements AutoCloseable {
    private static final int OTHERS = 077;

    private final Path folder;
    private final Directory links;
    private final IdHolders holders;

    private IdRegistry(Path folder, Directory links, Optional<Deputy> deputy) {
        this.folder = folder;
        this.links = links;
        this.holders = new IdHolders(deputy);
    }

    /**
     * Opens the registry, and makes it if there is none.
     *
     * @param folder its folder, for all state folders of a user
     * @return the registry
     * @throws LinuxException if it can't be opened, or EACCES if others could change it
     */
    public static IdRegistry open(Path folder) throws LinuxException {
        return open(folder, Optional.empty());
    }

    /**
     * Opens the registry of an ordinary user, and makes it if there is none.
     *
     * @param folder its folder, for all state folders of the user
     * @param deputy who can look into state folders
     * @return the registry
     * @throws LinuxException if it can't be opened, or EACCES if others could change it
     */
    public static IdRegistry open(Path folder, Optional<Deputy> deputy) throws LinuxException {
        byte[] path = FileName.bytes(folder);
        try (Scratch scratch = Scratch.open()) {
            long result = Kernel.call(Syscall.MKDIRAT, Open.AT_FDCWD, scratch.string(path), 0700);
            if (result < 0 && !Errno.EEXIST.is(result)) {
                throw explained(LinuxException.of(result, "mkdirat", "AT_FDCWD", path, "0700"), folder);
            }
        }
        Fd fd;
        try {
            fd = Fd.open(path, Open.O_RDONLY | Open.O_DIRECTORY | Open.O_NOFOLLOW, 0);
        } catch (LinuxException e) {
            throw explained(e, folder);
        }
        try {
            Stat stat = fd.stat();
            long uid = Kernel.call(Syscall.GETEUID);
            if (Integer.toUnsignedLong(stat.uid()) != uid || (stat.permissions() & OTHERS) != 0) {
                throw LinuxException.of(-Errno.EACCES.number(), "openat", path, "O_DIRECTORY|O_NOFOLLOW")
                        .withHint("others could change which ids containers have: chown " + uid + " " + folder
                                + ", chmod 700 " + folder);
            }
            IdRegistry registry = new IdRegistry(folder, new Directory(fd), deputy);
            if (deputy.filter(Deputy::hasSeveralIds).isPresent()) {
                OwnIds own = OwnIds.of(deputy.get());
                registry.alone(() -> {
                    IdOrder.note(registry.links, folder, own);
                    return null;
                });
            }
            return registry;
        } catch (LinuxException | RuntimeException | Error e) {
            fd.close();
            throw e;
        }
    }

    private static LinuxException explained(LinuxException failure, Path folder) {
        boolean denied = failure.is(Errno.EACCES) || failure.is(Errno.EPERM) || failure.is(Errno.EROFS);
        if (!denied || UserNamespaces.inFirst()) {
            return failure;
        }
        return failure.withHint(
                "which container has which ids is noted in " + folder + ", and root of this user namespace"
                        + " may not: mount something of its own at " + folder.getParent() + ", a tmpfs for example");
    }

    private interface Change<T> {
        T make() throws LinuxException;
    }

    /** Whoever looks what is free and takes it is alone meanwhile: among threads, too, which share what is locked. */
    private synchronized <T> T alone(Change<T> change) throws LinuxException {
        FileLock.awaitExclusive(links.fd());
        try {
            return change.make();
        } finally {
            FileLock.release(links.fd());
        }
    }

    /**
     * Takes ids that nobody has. What dead processes left is taken only when there is nothing else.
     *
     * @param pool the ids there are
     * @param owner the folder of the container; its lock is held
     * @return the first one, or empty if all are taken
     * @throws LinuxException if the registry can't be read or written
     */
    public OptionalLong claim(IdPool pool, String owner) throws LinuxException {
        return alone(() -> {
            OptionalLong free = claimFree(pool, owner);
            return free.isPresent() || !discardDead() ? free : claimFree(pool, owner);
        });
    }

    private OptionalLong claimFree(IdPool pool, String owner) throws LinuxException {
        // What is behind all ids of the notes up to one that begins there: the pool may have been another one before.
        TreeMap<Long, Long> taken = new TreeMap<>();
        long end = 0;
        for (IdNote note : notes()) {
            end = Math.max(end, note.end());
            taken.put(note.first(), end);
        }
        OptionalLong free = pool.firsts().filter(first -> isFree(first, taken)).findFirst();
        if (free.isPresent()) {
            add(IdNote.lot(free.getAsLong()), owner);
        }
        return free;
    }

    private static boolean isFree(long first, TreeMap<Long, Long> taken) {
        Map.Entry<Long, Long> below = taken.floorEntry(first + IdPool.SIZE - 1);
        return below == null || below.getValue() <= first;
    }

    /** Gives back what belongs to no container, of whatever state folder: it may have been deleted as a whole. */
    private boolean discardDead() throws LinuxException {
        boolean any = false;
        for (IdNote note : notes()) {
            if (!isAlive(note)) {
                remove(note);
                any = true;
            }
        }
        return any;
    }

    /**
     * Takes ids for a container: all of them, or none if another container has one of them.
     *
     * @param wanted the ids
     * @param owner the folder of the container; its lock is held
     * @return what another container has of them, empty if they are this container's now
     * @throws LinuxException if the registry can't be read or written
     */
    public Optional<IdNote> take(Collection<IdNote> wanted, String owner) throws LinuxException {
        return take(wanted, List.of(), owner);
    }

    /**
     * Takes ids for a container: all of them, or none if another container has one of them.
     *
     * @param wanted the ids
     * @param shared ids that the container has together with others who may have them, too, but that none was given alone
     * @param owner the folder of the container; its lock is held
     * @return what another container has of them, empty if they are this container's now
     * @throws LinuxException if the registry can't be read or written
     */
    public Optional<IdNote> take(Collection<IdNote> wanted, Collection<IdNote> shared, String owner)
            throws LinuxException {
        return alone(() -> {
            for (IdNote note : notes()) {
                boolean concerned =
                        Stream.concat(wanted.stream(), shared.stream()).anyMatch(note::overlaps);
                if (concerned && !holder(note).equals(Optional.of(owner))) {
                    if (isAlive(note)) {
                        return Optional.of(note);
                    }
                    remove(note);
                }
            }
            for (IdNote note : new TreeSet<>(wanted)) {
                if (holder(note).isEmpty()) {
                    add(note, owner);
                }
            }
            return Optional.empty();
        });
    }

    /**
     * Makes sure that a container has its ids alone, and takes them for it if the note was lost or is from a container
     * that is gone.
     *
     * @param first the first id of {@link IdPool#SIZE}
     * @param owner the folder of the container; its lock is held
     * @return whether it has them
     * @throws LinuxException if the registry can't be read or written
     */
    public boolean take(long first, String owner) throws LinuxException {
        IdNote lot = IdNote.lot(first);
        // Nobody else takes one of them while the note is there.
        return holder(lot).equals(Optional.of(owner))
                || take(List.of(lot), owner).isEmpty();
    }

    /**
     * Notes that a container has another folder.
     *
     * @param note some of its ids
     * @param from the old folder
     * @param to the new folder; the locks of both are held
     * @throws LinuxException if the registry can't be read or written
     */
    public void move(IdNote note, String from, String to) throws LinuxException {
        alone(() -> {
            if (holder(note).filter(from::equals).isPresent()) {
                replace(links, name(note), to);
            }
            return null;
        });
    }

    /** Makes a link, in one step also if there is one of that name. */
    static void replace(Directory links, byte[] name, String target) throws LinuxException {
        byte[] made = FileName.bytes(
                String.format(".lxj-%016x", ThreadLocalRandom.current().nextLong()));
        links.symlink(FileName.bytes(target), made);
        links.rename(made, links, name);
    }

    /**
     * Who has ids.
     *
     * @param note the ids
     * @return the folder of the container, or empty if nobody has them
     * @throws LinuxException if the registry can't be read
     */
    public Optional<String> holder(IdNote note) throws LinuxException {
        try {
            return Optional.of(FileName.string(links.readLink(name(note))));
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * All ids that a container has.
     *
     * @param owner the folder of the container
     * @return the ids, in ascending order
     * @throws LinuxException if the registry can't be read
     */
    public List<IdNote> held(String owner) throws LinuxException {
        List<IdNote> held = new ArrayList<>();
        for (IdNote note : notes()) {
            if (holder(note).filter(owner::equals).isPresent()) {
                held.add(note);
            }
        }
        return held;
    }

    /**
     * Gives ids back.
     *
     * @param note the ids
     * @param owner the folder of the container that has them; nothing happens if another one has
     * @throws LinuxException if the registry can't be written
     */
    public void release(IdNote note, String owner) throws LinuxException {
        alone(() -> {
            if (holder(note).filter(owner::equals).isPresent()) {
                remove(note);
            }
            return null;
        });
    }

    /**
     * Gives ids back whose container in this state folder is gone.
     *
     * @param folders the path that the folders of containers begin with
     * @throws LinuxException if the registry can't be read or written
     */
    public void sweep(String folders) throws LinuxException {
        alone(() -> {
            for (IdNote note : notes()) {
                if (holder(note).filter(path -> path.startsWith(folders)).isPresent() && !isAlive(note)) {
                    remove(note);
                }
            }
            return null;
        });
    }

    private boolean isAlive(IdNote note) throws LinuxException {
        Optional<String> holder = holder(note);
        return holder.isPresent() && holders.isAlive(note, holder.get());
    }

    private Set<IdNote> notes() throws LinuxException {
        Set<IdNote> notes = new TreeSet<>();
        for (DirectoryEntry entry : links.list()) {
            IdNote.of(entry.string()).ifPresent(notes::add);
        }
        return notes;
    }

    private void add(IdNote note, String owner) throws LinuxException {
        try {
            links.symlink(FileName.bytes(owner), name(note));
        } catch (LinuxException e) {
            throw e.is(Errno.EROFS) || e.is(Errno.ENOSPC)
                    ? e.withHint("which container has which ids is noted in the same folder for all state folders of a"
                            + " user, which has to be writable: " + folder)
                    : e;
        }
    }

    /** Somebody may have removed it by hand. */
    private void remove(IdNote note) throws LinuxException {
        links.unlinkIfThere(name(note));
    }

    private static byte[] name(IdNote note) {
        return FileName.bytes(note.name());
    }

    @Override
    public void close() {
        links.close();
    }

    @Override
    public String toString() {
        return "registry of ids, " + links.fd();
    }
}
