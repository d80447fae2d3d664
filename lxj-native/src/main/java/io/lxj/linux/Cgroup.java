package io.lxj.linux;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A cgroup of version 2, held by a descriptor of its directory; see the kernel's {@code admin-guide/cgroup-v2}. Names of
 * children and attributes are single path components, so nothing in the hierarchy can lead elsewhere. Closing it does
 * nothing to the cgroup. Thread-safe.
 */
public final class Cgroup implements AutoCloseable {
    private static final int LIMIT = 16 << 20;
    private static final String EVENTS = "cgroup.events";
    private static final List<String> DELEGATED = List.of("cgroup.procs", "cgroup.threads", "cgroup.subtree_control");

    private final Directory directory;
    private final String path;

    private Cgroup(Directory directory, String path) {
        this.directory = directory;
        this.path = path;
    }

    /**
     * Opens a cgroup of the host.
     *
     * @param path a path that the caller trusts, below the mount point of cgroup v2
     * @return the cgroup
     * @throws LinuxException if it can't be opened, ENODEV if it isn't a cgroup of version 2
     */
    public static Cgroup at(String path) throws LinuxException {
        return of(Fd.open(FileName.bytes(path), Open.O_RDONLY | Open.O_DIRECTORY, 0), path);
    }

    /**
     * Opens a cgroup of the host, if it is there.
     *
     * @param path a path that the caller trusts, below the mount point of cgroup v2
     * @return the cgroup, or empty if there is none
     * @throws LinuxException if it can't be opened otherwise, ENODEV if it isn't a cgroup of version 2
     */
    public static Optional<Cgroup> find(String path) throws LinuxException {
        Optional<Fd> found = Fd.find(FileName.bytes(path), Open.O_RDONLY | Open.O_DIRECTORY);
        return found.isPresent() ? Optional.of(of(found.get(), path)) : Optional.empty();
    }

    /**
     * A cgroup that is open.
     *
     * @param fd its directory, which the cgroup owns from now on, even if this fails
     * @param path where it is
     * @return the cgroup
     * @throws LinuxException ENODEV if it isn't on cgroup v2
     */
    public static Cgroup of(Fd fd, String path) throws LinuxException {
        try {
            FileSystemType type = FileSystemType.of(fd);
            if (!type.equals(FileSystemType.CGROUP2)) {
                throw LinuxException.of(-Errno.ENODEV.number(), "fstatfs", path)
                        .withHint("not on cgroup v2 but on " + type);
            }
            return new Cgroup(new Directory(fd), path);
        } catch (LinuxException e) {
            fd.close();
            throw e;
        }
    }

    /**
     * The descriptor of the directory, for CLONE_INTO_CGROUP and BPF.
     *
     * @return the fd, which this object still owns
     */
    public Fd fd() {
        return directory.fd();
    }

    /**
     * Where this cgroup was opened, for people.
     *
     * @return the path on the host
     */
    public String path() {
        return path;
    }

    /**
     * Opens a child.
     *
     * @param name a single component
     * @return the child
     * @throws LinuxException ENOENT if there is none
     */
    public Cgroup open(String name) throws LinuxException {
        return new Cgroup(directory.openDirectory(FileName.bytes(name)), path + "/" + name);
    }

    /**
     * Makes a child, or opens it if it is there.
     *
     * @param name a single component
     * @return the child
     * @throws LinuxException EAGAIN if the host allows no more cgroups
     */
    public Cgroup child(String name) throws LinuxException {
        directory.mkdirIfMissing(FileName.bytes(name), 0755);
        return open(name);
    }

    /**
     * Makes a child that wasn't there.
     *
     * @param name a single component
     * @return the child
     * @throws LinuxException EEXIST if the name is taken, EAGAIN if the host allows no more cgroups
     */
    public Cgroup create(String name) throws LinuxException {
        directory.mkdir(FileName.bytes(name), 0755);
        return open(name);
    }

    /**
     * Gives this cgroup to a user who may then move processes in it, make children and hand controllers on to them, but
     * not change its limits: see "Delegation" in Documentation/admin-guide/cgroup-v2.rst.
     *
     * @param uid the owner
     * @param gid the group
     * @throws LinuxException if fchownat(2) fails
     */
    public void delegate(int uid, int gid) throws LinuxException {
        for (String file : DELEGATED) {
            Metadata.chown(directory, FileName.bytes(file), uid, gid);
        }
        Metadata.chown(fd(), uid, gid);
    }

    /**
     * The names of the children.
     *
     * @return a list of its own
     * @throws LinuxException ENODEV or ENOENT if the cgroup was removed
     */
    public List<String> children() throws LinuxException {
        List<String> names = new ArrayList<>();
        for (DirectoryEntry entry : directory.list()) {
            if (entry.type() == Stat.S_IFDIR) {
                names.add(entry.string());
            }
        }
        return names;
    }

    /**
     * The paths of all cgroups below this one, parents before their children.
     *
     * @return paths relative to this cgroup
     * @throws LinuxException if they can't be listed; what is removed meanwhile is left out
     */
    public List<String> descendants() throws LinuxException {
        List<String> found = new ArrayList<>();
        walk((walked, name) -> found.add(name.toString()));
        return found;
    }

    /**
     * The processes in this cgroup, not those below it.
     *
     * @return process ids as the PID namespace of the caller has them
     * @throws LinuxException EOPNOTSUPP for a threaded cgroup
     */
    public List<Integer> processes() throws LinuxException {
        return processes(directory);
    }

    /**
     * The processes in this cgroup and in all below it.
     *
     * @return process ids as the PID namespace of the caller has them
     * @throws LinuxException if they can't be read
     */
    public List<Integer> allProcesses() throws LinuxException {
        List<Integer> all = new ArrayList<>(processes());
        walk((walked, name) -> all.addAll(processes(walked)));
        return all;
    }

    // A process of a PID namespace that the reader doesn't see into is listed as 0.
    static List<Integer> processes(Directory cgroup) throws LinuxException {
        try (Fd file = cgroup.open(FileName.bytes("cgroup.procs"), Open.O_RDONLY, 0)) {
            return new String(file.readAll(LIMIT), StandardCharsets.US_ASCII)
                    .lines()
                    .map(Integer::valueOf)
                    .filter(pid -> pid != 0)
                    .toList();
        }
    }

    /**
     * Moves a process here.
     *
     * @param pid its id, 0 for the calling process
     * @throws LinuxException ESRCH if there is no such process, EBUSY if this cgroup passes controllers on to children
     */
    public void add(int pid) throws LinuxException {
        write("cgroup.procs", Integer.toString(pid));
    }

    /**
     * Whether an attribute exists here: that of a controller that isn't enabled doesn't.
     *
     * @param attribute for example {@code memory.max}
     * @return true if it exists
     * @throws LinuxException if the kernel can't be asked
     */
    public boolean has(String attribute) throws LinuxException {
        return directory.findStat(FileName.bytes(attribute)).isPresent();
    }

    /**
     * Reads an attribute.
     *
     * @param attribute for example {@code memory.max}
     * @return its content without the newline at the end
     * @throws LinuxException ENOENT if there is no such attribute
     */
    public String read(String attribute) throws LinuxException {
        try (Fd file = directory.open(FileName.bytes(attribute), Open.O_RDONLY, 0)) {
            return FileName.string(file.readAll(LIMIT)).stripTrailing();
        }
    }

    /**
     * Reads an attribute that has a name and a number on each line, for example {@code memory.stat}.
     *
     * @param attribute which one
     * @return the numbers by name, in the kernel's order
     * @throws LinuxException ENOENT if there is no such attribute
     */
    public Map<String, Long> readKeyed(String attribute) throws LinuxException {
        try (KeyedAttribute opened = watch(attribute)) {
            return opened.read();
        }
    }

    /**
     * Opens such an attribute for reading it again and again; {@code cgroup.events} and {@code memory.events} announce
     * their changes.
     *
     * @param attribute which one
     * @return the open attribute, to be closed by the caller
     * @throws LinuxException ENOENT if there is no such attribute
     */
    public KeyedAttribute watch(String attribute) throws LinuxException {
        return new KeyedAttribute(directory.open(FileName.bytes(attribute), Open.O_RDONLY, 0));
    }

    /**
     * Opens an attribute of any form, for reading it again and again, or for what is done to an open file of it.
     *
     * @param attribute which one
     * @param flags of {@link Open}
     * @return the open file, to be closed by the caller
     * @throws LinuxException ENOENT if there is no such attribute
     */
    public Fd openAttribute(String attribute, int flags) throws LinuxException {
        return directory.open(FileName.bytes(attribute), flags, 0);
    }

    /**
     * Writes an attribute, with a single write(2).
     *
     * @param attribute for example {@code memory.max}
     * @param value what to write
     * @throws LinuxException ENOENT if there is no such attribute, or what the kernel says to the value
     */
    public void write(String attribute, String value) throws LinuxException {
        byte[] bytes = FileName.bytes(value);
        try (Fd file = directory.open(FileName.bytes(attribute), Open.O_WRONLY, 0);
                Scratch scratch = Scratch.open()) {
            Block block = scratch.block(bytes.length);
            block.buffer().put(0, bytes);
            long result = file.call(Syscall.WRITE, block.address(), bytes.length);
            if (result < 0) {
                throw LinuxException.of(result, "write", path + "/" + attribute, FileName.quote(bytes));
            }
        }
    }

    /**
     * The controllers of this cgroup.
     *
     * @return what can be asked about them, and changed, as long as this object is open
     */
    public CgroupControllers controllers() {
        return new CgroupControllers(this);
    }

    /**
     * Kills all processes here and below with SIGKILL, those that are being forked included, and waits until none is
     * left.
     *
     * @throws LinuxException if the kernel refuses, or EBUSY if some are left after ten seconds: one that hangs in the
     *     kernel can't be killed
     */
    public void kill() throws LinuxException {
        CgroupKiller.kill(this);
    }

    /**
     * Sends SIGKILL to all processes here and below, those that are being forked included, and doesn't wait for their
     * end.
     *
     * @throws LinuxException if the kernel refuses; ENODEV if the cgroup was removed
     */
    public void sendKill() throws LinuxException {
        CgroupKiller.signal(this);
    }

    /**
     * Suspends all processes here and below, and waits until they are.
     *
     * @param timeout how long to wait
     * @return false if some still ran when the time was over; they are going to be suspended all the same
     * @throws LinuxException ENOENT for the root cgroup, which can't be frozen
     */
    public boolean freeze(Duration timeout) throws LinuxException {
        sendFreeze();
        return await("frozen", true, timeout);
    }

    /**
     * Tells all processes here and below to suspend, without waiting until they are.
     *
     * @throws LinuxException ENOENT for the root cgroup, which can't be frozen
     */
    public void sendFreeze() throws LinuxException {
        write("cgroup.freeze", "1");
    }

    /**
     * Lets the processes run again.
     *
     * @throws LinuxException ENOENT for the root cgroup
     */
    public void unfreeze() throws LinuxException {
        write("cgroup.freeze", "0");
    }

    /**
     * Whether the cgroup was told to freeze.
     *
     * @return true from the begin of {@link #freeze} or {@link #sendFreeze} to {@link #unfreeze}
     * @throws LinuxException if it can't be read
     */
    public boolean isFreezing() throws LinuxException {
        return read("cgroup.freeze").equals("1");
    }

    /**
     * Whether all processes here and below are suspended.
     *
     * @return true once {@link #freeze} has come to its end
     * @throws LinuxException ENOENT for the root cgroup, ENODEV if the cgroup was removed
     */
    public boolean isFrozen() throws LinuxException {
        try (KeyedAttribute events = watch(EVENTS)) {
            return events.is("frozen");
        }
    }

    /**
     * Waits until {@code cgroup.events} says something.
     *
     * @param event its name: {@code populated} or {@code frozen}
     * @param value the value to wait for
     * @param timeout how long; zero only looks
     * @return whether it has that value; a removed cgroup has neither processes nor frozen ones
     * @throws LinuxException if it can't be read
     */
    public boolean await(String event, boolean value, Duration timeout) throws LinuxException {
        try (KeyedAttribute events = watch(EVENTS)) {
            return events.await(event, value, timeout);
        } catch (LinuxException e) {
            if (CgroupWalk.isGone(e)) {
                return !value;
            }
            throw e;
        }
    }

    /**
     * Removes a child with all its processes and everything below it.
     *
     * @param name a single component; nothing happens if there is none
     * @throws LinuxException EBUSY if there are still processes or new children after ten seconds
     */
    public void remove(String name) throws LinuxException {
        CgroupKiller.remove(this, directory, name, CgroupKiller.PATIENCE);
    }

    /**
     * Removes a child that has no processes and no children.
     *
     * @param name a single component
     * @throws LinuxException EBUSY if it isn't empty, ENOENT if there is none
     */
    public void removeEmpty(String name) throws LinuxException {
        directory.rmdir(FileName.bytes(name));
    }

    void walk(CgroupWalk.Visitor visitor) throws LinuxException {
        CgroupWalk.run(directory, visitor);
    }

    @Override
    public void close() {
        directory.close();
    }

    @Override
    public String toString() {
        return "cgroup " + path;
    }
}
