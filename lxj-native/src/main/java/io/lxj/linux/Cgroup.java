package io.lxj.linux;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * A cgroup of the v2 hierarchy, pinned by its directory; see the kernel's admin-guide/cgroup-v2. Names of children are
 * single components. Thread-safe.
 */
public final class Cgroup implements AutoCloseable {
    private static final int MAX_ATTRIBUTE = 1024 * 1024;
    private static final Duration STEP = Duration.ofMillis(1);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final String path;
    private final Directory directory;

    Cgroup(String path, Fd fd) {
        this.path = path;
        this.directory = new Directory(fd);
    }

    /**
     * Where the cgroup is, for people.
     *
     * @return the path under the mount point
     */
    public String path() {
        return path;
    }

    /**
     * The directory's fd, for clone3(2) with CLONE_INTO_CGROUP and for bpf(2).
     *
     * @return the fd, which this object still owns
     */
    public Fd fd() {
        return directory.fd();
    }

    /**
     * Makes a child, or opens it if it is there.
     *
     * @param name a single component
     * @return the child
     * @throws LinuxException if the kernel refuses
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
     * Opens a child.
     *
     * @param name a single component
     * @return the child
     * @throws LinuxException ENOENT if there is none
     */
    public Cgroup open(String name) throws LinuxException {
        Fd fd = directory.open(FileName.bytes(name), Open.O_RDONLY | Open.O_DIRECTORY, 0);
        return new Cgroup(path + "/" + name, fd);
    }

    /**
     * The names of the children.
     *
     * @return a list of its own
     * @throws LinuxException if the directory can't be read
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
     * Reads an attribute.
     *
     * @param name a file of the cgroup, for example {@code cgroup.procs}
     * @return its content
     * @throws LinuxException ENOENT if its controller isn't enabled here
     */
    public String read(String name) throws LinuxException {
        try (Fd file = directory.open(FileName.bytes(name), Open.O_RDONLY, 0)) {
            return new String(file.readAll(MAX_ATTRIBUTE), StandardCharsets.UTF_8);
        }
    }

    /**
     * Writes an attribute with a single write(2), as the kernel wants it.
     *
     * @param name a file of the cgroup
     * @param value what to write
     * @throws LinuxException if the kernel refuses the value
     */
    public void write(String name, String value) throws LinuxException {
        try (Fd file = directory.open(FileName.bytes(name), Open.O_WRONLY, 0)) {
            file.write(value.getBytes(StandardCharsets.UTF_8));
        } catch (LinuxException e) {
            throw e.withHint("in " + path + ": " + name + " = " + value);
        }
    }

    /**
     * The processes in this cgroup, without those in its children.
     *
     * @return process ids, as this process sees them; 0 for one that it doesn't see
     * @throws LinuxException if they can't be read
     */
    public List<Integer> processes() throws LinuxException {
        return read("cgroup.procs").lines().map(Integer::valueOf).toList();
    }

    /**
     * What {@code cgroup.events} says.
     *
     * @return the values by name: {@code populated}, {@code frozen}
     * @throws LinuxException if they can't be read
     */
    public Map<String, Boolean> events() throws LinuxException {
        return parse(read("cgroup.events"));
    }

    private static Map<String, Boolean> parse(String content) {
        Map<String, Boolean> events = new TreeMap<>();
        content.lines().forEach(line -> events.put(line.substring(0, line.indexOf(' ')), line.endsWith(" 1")));
        return events;
    }

    /**
     * Opens {@code cgroup.events} for watching: epoll reports EPOLLPRI when it changes.
     *
     * @return the open file
     * @throws LinuxException if it can't be opened
     */
    public Fd watch() throws LinuxException {
        return directory.open(FileName.bytes("cgroup.events"), Open.O_RDONLY, 0);
    }

    /**
     * Suspends all processes in this cgroup and below, and waits until they are.
     *
     * @param timeout how long to wait
     * @return false if some still ran when the time was over; they are going to be suspended all the same
     * @throws LinuxException if the kernel refuses
     */
    public boolean freeze(Duration timeout) throws LinuxException {
        write("cgroup.freeze", "1");
        return await("frozen", true, timeout);
    }

    /**
     * Resumes all processes.
     *
     * @throws LinuxException if the kernel refuses
     */
    public void unfreeze() throws LinuxException {
        write("cgroup.freeze", "0");
    }

    /**
     * Whether the cgroup was told to freeze.
     *
     * @return true from the begin of {@link #freeze} on
     * @throws LinuxException if it can't be read
     */
    public boolean isFreezing() throws LinuxException {
        return read("cgroup.freeze").startsWith("1");
    }

    /**
     * Waits for a change of {@code cgroup.events}.
     *
     * @param event its name
     * @param value the value to wait for
     * @param timeout how long
     * @return whether it has that value
     * @throws LinuxException if it can't be read
     */
    public boolean await(String event, boolean value, Duration timeout) throws LinuxException {
        long deadline = System.nanoTime() + timeout.toNanos();
        try (Fd file = watch()) {
            while (true) {
                // The kernel reports a change that comes after a read of the same fd.
                file.call(Syscall.LSEEK, 0, 0);
                Map<String, Boolean> events = parse(new String(file.readAll(MAX_ATTRIBUTE), StandardCharsets.UTF_8));
                if (events.getOrDefault(event, !value) == value) {
                    return true;
                }
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                Poll.await(file, Poll.POLLPRI, Duration.ofNanos(left));
            }
        }
    }

    /**
     * Kills all processes in this cgroup and below with SIGKILL, and waits until none is left.
     *
     * @throws LinuxException if the kernel refuses, or EBUSY if some are left after ten seconds
     */
    public void kill() throws LinuxException {
        try {
            write("cgroup.kill", "1");
        } catch (LinuxException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
            // Kernels before 5.14.
            killEach(this);
        }
        if (!await("populated", false, PATIENCE)) {
            throw LinuxException.of(-Errno.EBUSY.number(), "write", path + "/cgroup.kill", 1)
                    .withHint("processes are left after " + PATIENCE.toSeconds() + " s: " + processes());
        }
    }

    private static void killEach(Cgroup cgroup) throws LinuxException {
        for (int pid : cgroup.processes()) {
            Kernel.call(Syscall.KILL, pid, Signal.SIGKILL.number());
        }
        for (String name : cgroup.children()) {
            try (Cgroup child = cgroup.open(name)) {
                killEach(child);
            }
        }
    }

    /**
     * Removes a child with all that is below it; its processes are killed first.
     *
     * @param name a single component
     * @throws LinuxException if something can't be removed
     */
    public void remove(String name) throws LinuxException {
        try (Cgroup child = open(name)) {
            if (child.events().getOrDefault("populated", false)) {
                child.kill();
            }
            for (String below : child.children()) {
                child.remove(below);
            }
        } catch (LinuxException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
            return;
        }
        rmdir(name);
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

    /** A process that was just waited for can hold its cgroup for a moment longer. */
    private void rmdir(String name) throws LinuxException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                directory.rmdir(FileName.bytes(name));
                return;
            } catch (LinuxException e) {
                if (e.is(Errno.ENOENT)) {
                    return;
                }
                if (!e.is(Errno.EBUSY) || System.nanoTime() > deadline) {
                    throw e;
                }
                LockSupport.parkNanos(STEP.toNanos());
            }
        }
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
