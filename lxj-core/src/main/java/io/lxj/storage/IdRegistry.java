package io.lxj.storage;

import io.lxj.config.IdMap;
import io.lxj.error.CorruptStateException;
import io.lxj.linux.Deputy;
import io.lxj.linux.Directory;
import io.lxj.linux.DirectoryEntry;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.Kernel;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.RootDir;
import io.lxj.linux.Scratch;
import io.lxj.linux.Stat;
import io.lxj.linux.Syscall;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * Which container of this host has which ids, whatever the state folder that it is in: a private folder with a symbolic
 * link for each container, whose name is the container's first id and whose target is the container's folder. symlinkat(2)
 * makes a link with its content at once and fails if it is there; so no lock is needed, and no end of a process leaves
 * anything half done.
 *
 * <p>A link that a dead process left is found by what it leads to: there is no container, or one with other ids that
 * doesn't run, and nobody holds the lock under which it would be made. Thread-safe, and safe against other processes.
 */
public final class IdRegistry implements AutoCloseable {
    private static final int OTHERS = 077;

    private final Directory links;
    private final Optional<Deputy> deputy;

    private IdRegistry(Directory links, Optional<Deputy> deputy) {
        this.links = links;
        this.deputy = deputy;
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
                throw LinuxException.of(result, "mkdirat", "AT_FDCWD", path, "0700");
            }
        }
        Fd fd = Fd.open(path, Open.O_RDONLY | Open.O_DIRECTORY | Open.O_NOFOLLOW, 0);
        try {
            Stat stat = fd.stat();
            long uid = Kernel.call(Syscall.GETEUID);
            if (Integer.toUnsignedLong(stat.uid()) != uid || (stat.permissions() & OTHERS) != 0) {
                throw LinuxException.of(-Errno.EACCES.number(), "openat", path, "O_DIRECTORY|O_NOFOLLOW")
                        .withHint("others could change which ids containers have: chown " + uid + " " + folder
                                + ", chmod 700 " + folder);
            }
            return new IdRegistry(new Directory(fd), deputy);
        } catch (LinuxException e) {
            fd.close();
            throw e;
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
        OptionalLong free = claimFree(pool, owner);
        return free.isPresent() || !discardDead() ? free : claimFree(pool, owner);
    }

    private OptionalLong claimFree(IdPool pool, String owner) throws LinuxException {
        TreeMap<Long, String> taken = new TreeMap<>();
        for (DirectoryEntry entry : links.list()) {
            OptionalLong first = number(entry.string());
            if (first.isPresent()) {
                taken.put(first.getAsLong(), entry.string());
            }
        }
        for (long first : pool.firsts()) {
            if (!overlaps(taken, first) && add(first, owner)) {
                return OptionalLong.of(first);
            }
        }
        return OptionalLong.empty();
    }

    /** Gives back what belongs to no container, of whatever state folder: it may have been deleted as a whole. */
    private boolean discardDead() throws LinuxException {
        boolean any = false;
        for (DirectoryEntry entry : links.list()) {
            OptionalLong first = number(entry.string());
            if (first.isPresent()) {
                Optional<String> holder = holder(first.getAsLong());
                if (holder.isPresent() && !isAlive(first.getAsLong(), holder.get())) {
                    any |= discard(first.getAsLong(), holder.get());
                }
            }
        }
        return any;
    }

    /**
     * Whether one of some ids belongs to another container.
     *
     * @param from the first of the ids
     * @param to what is behind the last of them
     * @param owner the folder of the container that is to have them
     * @return the first id of a container that has one of them
     * @throws LinuxException if the registry can't be read
     */
    public OptionalLong taken(long from, long to, String owner) throws LinuxException {
        for (DirectoryEntry entry : links.list()) {
            OptionalLong first = number(entry.string());
            if (first.isPresent() && first.getAsLong() < to && first.getAsLong() + IdPool.SIZE > from) {
                Optional<String> holder = holder(first.getAsLong()).filter(path -> !path.equals(owner));
                if (holder.isPresent() && isAlive(first.getAsLong(), holder.get())) {
                    return first;
                }
            }
        }
        return OptionalLong.empty();
    }

    /**
     * Whether a map has ids of the lot that begins with a first one.
     *
     * @param map the map
     * @param first the first id of the lot
     * @return true if there is one
     */
    public static boolean isIn(IdMap map, long first) {
        return Stream.concat(map.users().stream(), map.groups().stream())
                .anyMatch(range -> range.outside() < first + IdPool.SIZE && range.outside() + range.count() > first);
    }

    /** The pool may have been another one when the others were taken. */
    private static boolean overlaps(TreeMap<Long, String> taken, long first) {
        Long below = taken.floorKey(first + IdPool.SIZE - 1);
        return below != null && below + IdPool.SIZE > first;
    }

    private static OptionalLong number(String name) {
        return name.matches("[0-9]{1,10}") ? OptionalLong.of(Long.parseLong(name)) : OptionalLong.empty();
    }

    private boolean add(long first, String owner) throws LinuxException {
        try {
            links.symlink(FileName.bytes(owner), name(first));
            return true;
        } catch (LinuxException e) {
            if (e.is(Errno.EEXIST)) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Makes sure that a container has its ids alone, and takes them for it if the link was lost or is from a container
     * that is gone.
     *
     * @param first the first id
     * @param owner the folder of the container; its lock is held
     * @return whether it has them
     * @throws LinuxException if the registry can't be read or written
     */
    public boolean take(long first, String owner) throws LinuxException {
        if (add(first, owner)) {
            return true;
        }
        Optional<String> holder = holder(first);
        if (holder.isEmpty()) {
            return add(first, owner);
        }
        if (holder.get().equals(owner)) {
            return true;
        }
        if (isAlive(first, holder.get())) {
            return false;
        }
        if (discard(first, holder.get())) {
            add(first, owner);
        }
        return holder(first).filter(owner::equals).isPresent();
    }

    /**
     * Notes that a container has another folder.
     *
     * @param first its first id
     * @param from the old folder
     * @param to the new folder; the locks of both are held
     * @throws LinuxException if the registry can't be read or written
     */
    public void move(long first, String from, String to) throws LinuxException {
        if (holder(first).filter(from::equals).isPresent()) {
            byte[] made = temporary();
            links.symlink(FileName.bytes(to), made);
            links.rename(made, links, name(first));
        }
    }

    private static byte[] temporary() {
        return FileName.bytes(
                String.format(".lxj-%016x", ThreadLocalRandom.current().nextLong()));
    }

    /** A rename can't tell whether the old link is still the one that was looked at: who comes second finds it gone. */
    private boolean discard(long first, String before) throws LinuxException {
        byte[] aside = temporary();
        try {
            links.rename(name(first), links, aside);
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                return true;
            }
            throw e;
        }
        boolean same = FileName.string(links.readLink(aside)).equals(before);
        if (!same) {
            // Somebody else was faster, and it is his link.
            links.rename(aside, links, name(first));
            return false;
        }
        links.unlink(aside);
        return true;
    }

    /**
     * Who has ids.
     *
     * @param first the first id
     * @return the folder of the container, or empty if nobody has them
     * @throws LinuxException if the registry can't be read
     */
    public Optional<String> holder(long first) throws LinuxException {
        try {
            return Optional.of(FileName.string(links.readLink(name(first))));
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
     * @return the first id of each lot, in ascending order
     * @throws LinuxException if the registry can't be read
     */
    public List<Long> held(String owner) throws LinuxException {
        List<Long> held = new ArrayList<>();
        for (DirectoryEntry entry : links.list()) {
            OptionalLong first = number(entry.string());
            if (first.isPresent()
                    && holder(first.getAsLong()).filter(owner::equals).isPresent()) {
                held.add(first.getAsLong());
            }
        }
        Collections.sort(held);
        return held;
    }

    /**
     * Gives ids back.
     *
     * @param first the first id
     * @param owner the folder of the container that has them; nothing happens if another one has
     * @throws LinuxException if the registry can't be written
     */
    public void release(long first, String owner) throws LinuxException {
        if (holder(first).filter(owner::equals).isEmpty()) {
            return;
        }
        try {
            links.unlink(name(first));
        } catch (LinuxException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
    }

    /**
     * Gives ids back whose container in this state folder is gone.
     *
     * @param folders the path that the folders of containers begin with
     * @throws LinuxException if the registry can't be read or written
     */
    public void sweep(String folders) throws LinuxException {
        for (DirectoryEntry entry : links.list()) {
            OptionalLong first = number(entry.string());
            if (first.isPresent()) {
                Optional<String> holder = holder(first.getAsLong()).filter(path -> path.startsWith(folders));
                if (holder.isPresent() && !isAlive(first.getAsLong(), holder.get())) {
                    release(first.getAsLong(), holder.get());
                }
            }
        }
    }

    /** Whether a container has these ids, or may be about to get them: then its lock is held. */
    private boolean isAlive(long first, String owner) throws LinuxException {
        Path folder = Path.of(owner);
        // In this order: what isn't locked any more has been completed, or never will be.
        return isLocked(folder) || hasIds(folder, first);
    }

    private boolean hasIds(Path folder, long first) throws LinuxException {
        try (Directory directory = new Directory(look(folder, Open.O_RDONLY | Open.O_DIRECTORY | Open.O_NOFOLLOW))) {
            Optional<String> text = JsonFile.read(directory, ContainerFolder.CONTAINER);
            if (text.isEmpty()) {
                return false;
            }
            ContainerRecord record = ContainerRecord.fromJson(folder + "/" + ContainerFolder.CONTAINER, text.get());
            // What it has for containers in it is noted nowhere else; nor is what a run has that began before it was
            // configured otherwise.
            return record.config().nesting() > 0
                    || JsonFile.read(directory, ContainerFolder.RUN).isPresent()
                    || record.firstId().filter(id -> id == first).isPresent()
                    || record.config().idMap().filter(map -> isIn(map, first)).isPresent();
        } catch (CorruptStateException e) {
            // Nobody knows, so nobody else may have them.
            return true;
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
                return false;
            }
            throw e;
        }
    }

    private boolean isLocked(Path folder) throws LinuxException {
        String lock = LockName.container(folder.getFileName().toString()).fileName();
        Path file = folder.getParent().resolveSibling("locks").resolve(lock);
        try (Fd held = look(file, Open.O_RDONLY)) {
            boolean free = FileLock.tryShared(held);
            if (free) {
                FileLock.release(held);
            }
            return !free;
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
                return false;
            }
            throw e;
        }
    }

    /** What is in a state folder is the deputy's; the way there is the user's. */
    private Fd look(Path path, int flags) throws LinuxException {
        if (deputy.isEmpty()) {
            return Fd.open(path, flags, 0);
        }
        Path state = path.getParent().getParent();
        try (Fd own = Fd.open(state, Open.O_PATH | Open.O_DIRECTORY, 0);
                RootDir root = new RootDir(deputy.get().actFor(own))) {
            return root.open(FileName.bytes(state.relativize(path).toString()), flags, 0);
        }
    }

    private static byte[] name(long first) {
        return FileName.bytes(Long.toString(first));
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
