package io.lxj.linux;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A process that makes system calls for this one, with the rights of root in a user namespace of its own: names, owners and
 * mounts, which an ordinary user may not handle otherwise. The threads of a JVM can't enter a user namespace themselves, see
 * unshare(2).
 *
 * <p>It is asked for by the fds that come from it: what is done to them, and to what they lead to, it does; and the ids of
 * owners that go in and out are those of its namespace. Reading and writing needs nobody's help, but for {@linkplain
 * #startForFiles files that may hold it up}. It ends with this process.
 * Thread-safe; calls are made one after the other.
 */
public final class Deputy implements AutoCloseable {
    private static final Duration CLOSING = Duration.ofSeconds(1);
    /** Each container has one that runs this: they share it, as it has room for messages. */
    private static final DeputyProgram FOR_FILES =
            new DeputyProgram(FileName.bytes("/"), DeputyProgram.Namespaces.MAKE_USER);

    /** How many calls one that has little time makes for a message. */
    private static final int FEW = 64;

    private final DeputyProgram program;
    private final UnixSocket socket;
    private final Spawned process;
    private final int pid;
    /**
     * Who has the monitor is served, and nobody else. It is no Lock, which whoever runs out of memory may leave locked for
     * good: the JVM drops compiled methods without their finally blocks if it can't make the objects that they had been
     * compiled without ("failed reallocation of scalar replaced objects"); monitors it releases.
     */
    final Object calls = new Object();

    private final Fd folder;
    private final Fd userNamespace;
    private final Fd mountNamespace;
    private final long idCount;
    // How long it may take for a call; null if that doesn't matter.
    private volatile Duration patience;
    // Whether it has ended, or may still answer something that nobody waits for any more.
    private volatile boolean lost;
    // Whether a call was sent whose answer nobody has taken yet; needs the monitor.
    private boolean asked;

    /** Gives a new user namespace its ids. */
    public interface Ids {
        /**
         * Writes the maps of ids.
         *
         * @param pid the process that is in the namespace, and waits
         * @throws IOException if it can't
         */
        void map(int pid) throws IOException;

        /**
         * How many ids there are, from 0 on: if there is more than one, files can be given to others than root.
         *
         * @return at least 1
         */
        long count();
    }

    private Deputy(DeputyProgram program, UnixSocket socket, Spawned process, long idCount) throws LinuxException {
        this.idCount = idCount;
        this.program = program;
        this.socket = socket;
        this.process = process;
        this.pid = process.pid();
        List<Fd> fds = socket.receive(8, 1).fds();
        if (fds.isEmpty()) {
            throw failure();
        }
        this.folder = new Fd(fds.get(0).number(), this);
        this.userNamespace = open("/proc/self/ns/user", Open.O_RDONLY);
        this.mountNamespace = open("/proc/self/ns/mnt", Open.O_RDONLY);
    }

    /**
     * Starts one.
     *
     * @param folder what it opens first, as the user that this process is
     * @param ids gives it ids, 0 among them
     * @return the process
     * @throws LinuxException if the namespaces can't be made: the call is unshare(2) then, or the folder can't be opened
     * @throws IOException what {@code ids} throws
     */
    public static Deputy start(Path folder, Ids ids) throws IOException {
        return start(new DeputyProgram(FileName.bytes(folder), DeputyProgram.Namespaces.MAKE), ids);
    }

    /**
     * Starts one that mounts nothing: it acts for what this process has opened, see {@link #actFor}. It works on files that
     * may be there to hold it up: without an answer it is given up after some time, see {@link #isLost}.
     *
     * @param ids gives it ids, 0 among them
     * @param patience how long a call may take
     * @return the process
     * @throws LinuxException if the namespace can't be made: the call is unshare(2) then
     * @throws IOException what {@code ids} throws
     */
    public static Deputy startForFiles(Ids ids, Duration patience) throws IOException {
        return impatient(start(FOR_FILES, ids), patience);
    }

    /**
     * The same in a user namespace that is there.
     *
     * @param namespace the user namespace, in which this process has all rights: its owner's
     * @param idCount how many ids there are in it
     * @param patience how long a call may take
     * @return the process
     * @throws LinuxException if it can't be entered: the call is setns(2) then
     */
    public static Deputy joinForFiles(Fd namespace, long idCount, Duration patience) throws LinuxException {
        DeputyProgram program = new DeputyProgram(FileName.bytes("/"), DeputyProgram.Namespaces.JOIN_USER);
        return impatient(join(program, namespace, idCount), patience);
    }

    private static Deputy impatient(Deputy deputy, Duration patience) throws LinuxException {
        try {
            deputy.socket.receiveWithin(patience);
            deputy.patience = patience;
            return deputy;
        } catch (LinuxException e) {
            deputy.close();
            throw e;
        }
    }

    private static Deputy start(DeputyProgram program, Ids ids) throws IOException {
        try (UnixSocket.Pair sockets = UnixSocket.pair()) {
            Spawned process = Spawner.spawn(
                    program.program,
                    Map.of(DeputyProgram.SOCKET, sockets.second().fd()));
            UnixSocket socket = new UnixSocket(sockets.first().fd().duplicate());
            try {
                sockets.second().close();
                if (socket.receive(8, 1).bytes().length == 0) {
                    throw failure(process);
                }
                ids.map(process.pid());
                socket.send(new byte[1], List.of());
                return new Deputy(program, socket, process, ids.count());
            } catch (IOException | RuntimeException | Error e) {
                socket.close();
                sockets.first().close();
                reap(process);
                throw e;
            }
        }
    }

    /**
     * Starts one in a user namespace that another process has made.
     *
     * @param folder what it opens first, as the user that this process is
     * @param namespace the user namespace, in which this process has all rights: its owner's
     * @param idCount how many ids there are in it
     * @return the process
     * @throws LinuxException if it can't be entered: the call is setns(2) then, or the folder can't be opened
     */
    public static Deputy join(Path folder, Fd namespace, long idCount) throws LinuxException {
        return join(new DeputyProgram(FileName.bytes(folder), DeputyProgram.Namespaces.JOIN), namespace, idCount);
    }

    private static Deputy join(DeputyProgram program, Fd namespace, long idCount) throws LinuxException {
        try (UnixSocket.Pair sockets = UnixSocket.pair()) {
            Spawned process = Spawner.spawn(
                    program.program,
                    Map.of(DeputyProgram.SOCKET, sockets.second().fd(), DeputyProgram.NAMESPACE, namespace));
            UnixSocket socket = new UnixSocket(sockets.first().fd().duplicate());
            try {
                sockets.second().close();
                return new Deputy(program, socket, process, idCount);
            } catch (LinuxException | RuntimeException | Error e) {
                socket.close();
                sockets.first().close();
                reap(process);
                throw e;
            }
        }
    }

    private static void reap(Spawned process) throws LinuxException {
        try (process) {
            process.waitFor();
        }
    }

    /** It may not end before a file system answers it, whoever kills it. */
    private void abandon() {
        Kernel.call(Syscall.KILL, pid, Signal.SIGKILL.number());
        Thread reaper = new Thread(
                () -> {
                    try {
                        reap(process);
                    } catch (LinuxException e) {
                        throw new IllegalStateException(e);
                    }
                },
                "lxj-reaper-" + pid);
        reaper.setDaemon(true);
        try {
            reaper.start();
        } catch (OutOfMemoryError e) {
            // No thread is to be had. It is killed, and the kernel reaps it when this process ends.
            return;
        }
    }

    private LinuxException failure() throws LinuxException {
        return failure(process);
    }

    private static LinuxException failure(Spawned process) throws LinuxException {
        Optional<StepFailure> failure = process.failure();
        return LinuxException.of(
                failure.flatMap(StepFailure::errno)
                        .map(errno -> -(long) errno.number())
                        .orElse(-(long) Errno.ESRCH.number()),
                failure.map(step -> step.step().call().manName()).orElse("recvmsg"),
                failure.map(step -> step.step().what()).orElse("the helper in the user namespace has ended"));
    }

    /**
     * The folder, as the deputy has opened it.
     *
     * @return an fd that this object still owns; what is done to it and below it is done by the deputy
     */
    public Fd folder() {
        return folder;
    }

    /**
     * Lets the deputy act for what this process has opened, by the rights that it has as its user. It can't be mounted.
     *
     * @param fd any file; it stays the caller's
     * @return the same file, owned by the caller
     * @throws LinuxException if the fd can't be duplicated
     */
    public Fd actFor(Fd fd) throws LinuxException {
        return new Fd(fd.duplicate().number(), this);
    }

    /**
     * The user namespace in which it is root.
     *
     * @return an fd that this object still owns
     */
    public Fd userNamespace() {
        return userNamespace;
    }

    /**
     * The mount namespace that it sees.
     *
     * @return an fd that this object still owns
     */
    public Fd mountNamespace() {
        return mountNamespace;
    }

    /**
     * Opens a file where the deputy sees it.
     *
     * @param path absolute
     * @param flags of open(2), without O_CREAT
     * @return an fd owned by the caller, for whose files the deputy acts
     * @throws LinuxException if open(2) fails
     */
    public Fd open(String path, int flags) throws LinuxException {
        return opened(openat(path, flags), path, flags);
    }

    /**
     * Opens a file where the deputy sees it, if it is there.
     *
     * @param path absolute
     * @param flags of open(2), without O_CREAT
     * @return an fd owned by the caller, for whose files the deputy acts, or empty if the kernel says ENOENT
     * @throws LinuxException if open(2) fails otherwise
     */
    public Optional<Fd> find(String path, int flags) throws LinuxException {
        long result = openat(path, flags);
        return Errno.ENOENT.is(result) ? Optional.empty() : Optional.of(opened(result, path, flags));
    }

    private long openat(String path, int flags) {
        try (Scratch scratch = Scratch.open()) {
            return call(Syscall.OPENAT, Open.AT_FDCWD, scratch.string(path), flags | Open.O_CLOEXEC, 0, 0, 0);
        }
    }

    private Fd opened(long result, String path, int flags) throws LinuxException {
        if (result < 0) {
            throw LinuxException.of(result, "openat", "AT_FDCWD", path, "0x" + Integer.toHexString(flags));
        }
        return new Fd((int) result, this);
    }

    /**
     * Whether files can be given to others than root.
     *
     * @return false if there is no other id
     */
    public boolean hasSeveralIds() {
        return idCount > 1;
    }

    /**
     * How many ids there are, from 0 on.
     *
     * @return at least 1
     */
    public long idCount() {
        return idCount;
    }

    /**
     * The process.
     *
     * @return its process id
     */
    public int pid() {
        return pid;
    }

    /**
     * Makes the same call for each of some names in a directory, many at a time: a deputy that is asked for each of them
     * spends its time with waiting.
     *
     * @param call the call, whose first arguments are a directory and a name in it, and which returns no fd
     * @param last its third argument
     * @return what each call has returned
     */
    long[] callForEach(Syscall call, Fd directory, List<byte[]> names, long last) throws LinuxException {
        synchronized (calls) {
            return new DeputyBatch(program, this::answer, patience == null ? Integer.MAX_VALUE : FEW)
                    .run(call, directory, names, last);
        }
    }

    /** Whoever has the monitor gets an answer of the process, or EOWNERDEAD or ETIMEDOUT. */
    private long answer(DeputyExchange.Call call) {
        // Somebody ran out of memory before the answer came: it would be taken for this call's.
        lost = lost || asked;
        if (lost) {
            return -Errno.EOWNERDEAD.number();
        }
        asked = true;
        long result = call.make(socket);
        asked = false;
        if (result == DeputyExchange.GONE || result == DeputyExchange.SILENT) {
            lost = true;
            Errno errno = result == DeputyExchange.GONE ? Errno.EOWNERDEAD : Errno.ETIMEDOUT;
            return -errno.number();
        }
        return result;
    }

    /** Nothing is asked of it any more: it may be other than it should be. */
    void giveUp() {
        lost = true;
    }

    /**
     * Whether it has ended, or was given up because it didn't answer: all that is asked of it fails with EOWNERDEAD.
     *
     * @return whether another one is needed
     */
    public boolean isLost() {
        if (!lost && socket.isClosedByPeer()) {
            lost = true;
        }
        return lost;
    }

    /** Makes a call if it is one that a deputy makes; otherwise this process makes it. */
    long call(Syscall call, long... arguments) {
        Optional<DelegatedCall> delegated = DelegatedCall.of(call, patience != null);
        if (delegated.isEmpty()) {
            return Kernel.call(
                    call, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
        }
        synchronized (calls) {
            try (Scratch scratch = Scratch.open()) {
                DeputyMessage message = new DeputyMessage(program, scratch, call, delegated.get(), arguments);
                return answer(message::exchange);
            }
        }
    }

    /** Ends the process, once the call that it is making is done, or was given up. */
    @Override
    public void close() {
        synchronized (calls) {
            if (!socket.fd().isOpen()) {
                return;
            }
            userNamespace.close();
            mountNamespace.close();
            folder.close();
            socket.close();
            try {
                if (lost || !endsSoon()) {
                    abandon();
                } else {
                    reap(process);
                }
            } catch (LinuxException e) {
                throw new IllegalStateException("the helper in the user namespace could not be waited for", e);
            }
        }
    }

    /** It may be held up after its answer, by what it closes then. */
    private boolean endsSoon() throws LinuxException {
        if (patience == null) {
            return true;
        }
        try (Pidfd end = Pidfd.open(pid)) {
            return end.awaitExit(CLOSING);
        }
    }

    @Override
    public String toString() {
        return "deputy, process " + pid;
    }
}
