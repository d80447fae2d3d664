package io.lxj.linux;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A cgroup of version 2, held by a descriptor of its directory; see the kernel's {@code admin-guide/cgroup-v2}. Names of
 * children and attributes are single path components, so nothing in the hierarchy can lead elsewhere. Closing it does
 * nothing to the cgroup. Thread-safe.
 */
public final class Cgroup implements AutoCloseable {
    private static final int LIMIT = 16 << 20;

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
        Fd fd = Fd.open(FileName.bytes(path), Open.O_RDONLY | Open.O_DIRECTORY, 0);
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
        try {
            directory.mkdir(FileName.bytes(name), 0755);
        } catch (LinuxException e) {
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
        }
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
        try {
            directory.stat(FileName.bytes(attribute));
            return true;
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                return false;
            }
            throw e;
        }
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
        try (Fd file = watch(attribute)) {
            return keyed(file);
        }
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
     * The controllers that can be used here.
     *
     * @return their names, sorted
     * @throws LinuxException if they can't be read
     */
    public Set<String> controllers() throws LinuxException {
        return names("cgroup.controllers");
    }

    /**
     * The controllers that the children can use.
     *
     * @return their names, sorted
     * @throws LinuxException if they can't be read
     */
    public Set<String> enabled() throws LinuxException {
        return names("cgroup.subtree_control");
    }

    private Set<String> names(String attribute) throws LinuxException {
        String text = read(attribute);
        return text.isEmpty() ? new TreeSet<>() : new TreeSet<>(Arrays.asList(text.split(" ")));
    }

    /**
     * Lets the children use controllers.
     *
     * @param controllers their names
     * @throws LinuxException ENOENT if one isn't available here, EBUSY if there are processes in this cgroup itself
     */
    public void enable(Set<String> controllers) throws LinuxException {
        if (controllers.isEmpty()) {
            return;
        }
        try {
            write("cgroup.subtree_control", "+" + String.join(" +", new TreeSet<>(controllers)));
        } catch (LinuxException e) {
            if (e.is(Errno.EBUSY)) {
                throw e.withHint("a cgroup with processes of its own can't pass controllers on to children: move the"
                        + " processes of " + path + " into a child first");
            }
            if (e.is(Errno.ENOENT)) {
                throw e.withHint("available in " + path + ": " + String.join(" ", controllers()));
            }
            throw e;
        }
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
        write("cgroup.freeze", "1");
        return await("frozen", true, timeout);
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
     * @return true from the begin of {@link #freeze} to {@link #unfreeze}
     * @throws LinuxException if it can't be read
     */
    public boolean isFreezing() throws LinuxException {
        return read("cgroup.freeze").equals("1");
    }

    /**
     * What {@code cgroup.events} says.
     *
     * @return the values by name: {@code populated}, {@code frozen}
     * @throws LinuxException ENOENT for the root cgroup, ENODEV if the cgroup was removed
     */
    public Map<String, Boolean> events() throws LinuxException {
        try (Fd file = watch()) {
            return events(file);
        }
    }

    /**
     * Opens {@code cgroup.events} for watching: EPOLLPRI or POLLPRI reports each change since it was last read by
     * {@link #events(Fd)}.
     *
     * @return the open file
     * @throws LinuxException ENOENT for the root cgroup
     */
    public Fd watch() throws LinuxException {
        return watch("cgroup.events");
    }

    /**
     * Opens an attribute that announces its changes, {@code memory.events} for example, for watching.
     *
     * @param attribute which one
     * @return the open file
     * @throws LinuxException ENOENT if there is no such attribute
     */
    public Fd watch(String attribute) throws LinuxException {
        return directory.open(FileName.bytes(attribute), Open.O_RDONLY, 0);
    }

    /**
     * Reads a watched {@code cgroup.events} and waits for the next change.
     *
     * @param watched from {@link #watch()}
     * @return the values by name
     * @throws LinuxException ENODEV if the cgroup was removed
     */
    public static Map<String, Boolean> events(Fd watched) throws LinuxException {
        Map<String, Boolean> events = new LinkedHashMap<>();
        keyed(watched).forEach((name, value) -> events.put(name, value != 0));
        return events;
    }

    /**
     * Reads an open attribute that has a name and a number on each line, from its beginning.
     *
     * @param file from {@link #watch(String)}
     * @return the numbers by name, in the kernel's order
     * @throws LinuxException ENODEV if the cgroup was removed
     */
    public static Map<String, Long> keyed(Fd file) throws LinuxException {
        Map<String, Long> values = new LinkedHashMap<>();
        try (Scratch scratch = Scratch.open()) {
            // Every such file is far below a page, and the kernel gives it in one piece.
            Block block = scratch.block(16 * 1024);
            byte[] bytes = new byte[file.read(block, 0, block.length(), 0)];
            block.buffer().get(0, bytes);
            FileName.string(bytes).lines().forEach(line -> {
                int blank = line.lastIndexOf(' ');
                values.put(line.substring(0, blank), Long.parseUnsignedLong(line.substring(blank + 1)));
            });
        }
        return values;
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
        return CgroupKiller.await(this, event, value, timeout);
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
