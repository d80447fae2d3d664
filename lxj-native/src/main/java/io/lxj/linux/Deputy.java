package io.lxj.linux;

import io.lxj.linux.jna.NativeMemory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A process that makes system calls for this one, with the rights of root in a user namespace of its own: names, owners and
 * mounts, which an ordinary user may not handle otherwise. The threads of a JVM can't enter a user namespace themselves, see
 * unshare(2).
 *
 * <p>It is asked for by the fds that come from it: what is done to them, and to what they lead to, it does; and the ids of
 * owners that go in and out are those of its namespace. Reading and writing needs nobody's help. It ends with this process.
 * Thread-safe; calls are made one after the other.
 */
public final class Deputy implements AutoCloseable {
    private static final String FDS = "/proc/self/fd/";
    private static final int MSGHDR = 56;
    private static final int IOVEC = 16;
    private static final int CMSG_HEADER = 16;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    private static final int MAX_PIECES = 8;
    // Their fd is no directory.
    private static final DelegatedCall SETTING =
            DelegatedCall.of(Syscall.FSCONFIG).orElseThrow();
    private static final DelegatedCall WATCH =
            DelegatedCall.of(Syscall.INOTIFY_ADD_WATCH).orElseThrow();

    private final DeputyProgram program;
    private final UnixSocket socket;
    private final Spawned process;
    private final ReentrantLock lock = new ReentrantLock();
    private final Fd folder;
    private final Fd userNamespace;
    private final Fd mountNamespace;
    private final long idCount;

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
        DeputyProgram program = new DeputyProgram(FileName.bytes(folder));
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
            } catch (IOException | RuntimeException e) {
                socket.close();
                sockets.first().close();
                reap(process);
                throw e;
            }
        }
    }

    private static void reap(Spawned process) throws LinuxException {
        try (process;
                Pidfd pidfd = Pidfd.open(process.pid())) {
            pidfd.waitFor();
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
        try (Scratch scratch = Scratch.open()) {
            long result = call(Syscall.OPENAT, Open.AT_FDCWD, scratch.string(path), flags | Open.O_CLOEXEC, 0, 0, 0);
            if (result < 0) {
                throw LinuxException.of(result, "openat", "AT_FDCWD", path, "0x" + Integer.toHexString(flags));
            }
            return new Fd((int) result, this);
        }
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
        return process.pid();
    }

    /** Nobody else is served until {@link #unlock}. */
    void lock() {
        lock.lock();
    }

    void unlock() {
        lock.unlock();
    }

    /** Makes a call if it is one that a deputy makes; otherwise this process makes it. */
    long call(Syscall call, long... arguments) {
        Optional<DelegatedCall> delegated = DelegatedCall.of(call);
        if (delegated.isEmpty()) {
            return Kernel.call(
                    call, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
        }
        lock.lock();
        try (Scratch scratch = Scratch.open()) {
            return new Message(scratch, call, delegated.get(), arguments).exchange();
        } finally {
            lock.unlock();
        }
    }

    /** One call and its result. */
    private final class Message {
        private final Scratch scratch;
        private final DelegatedCall delegated;
        private final Block pieces;
        private final int[] carried = new int[DeputyProgram.CARRIED];
        private int count;
        private int carrying;
        private int length = DeputyProgram.REPLY;
        private long output;
        private int outputLength;

        Message(Scratch scratch, Syscall call, DelegatedCall delegated, long[] arguments) {
            this.scratch = scratch;
            this.delegated = delegated;
            this.pieces = scratch.block(MAX_PIECES * IOVEC);
            Block step = scratch.zeroed(SyscallProgram.STEP_SIZE);
            Block reply = scratch.zeroed(DeputyProgram.REPLY);
            piece(step.address(), SyscallProgram.STEP_SIZE);
            piece(reply.address(), DeputyProgram.REPLY);
            step.buffer().putLong(0, call.number(Architecture.current()));
            for (int i = 0; i < 6; i++) {
                step.buffer().putLong(8 + 8 * i, argument(i, arguments));
            }
            long success = delegated.returnsFd() ? program.withFd : program.withNumber;
            step.buffer()
                    .putLong(SyscallProgram.RESULT + 8, success)
                    .putLong(SyscallProgram.RESULT + 16, success)
                    .putLong(SyscallProgram.RESULT + 24, program.withNumber);
            reply.buffer()
                    .putLong(0, program.result)
                    .putLong(8, 8)
                    .putLong(16, outputLength == 0 ? program.room.value() : output(arguments))
                    .putLong(24, outputLength);
        }

        private void piece(long address, int size) {
            pieces.buffer().putLong(count * IOVEC, address).putLong(count * IOVEC + 8, size);
            count++;
        }

        private long argument(int index, long[] arguments) {
            long value = arguments[index];
            switch (delegated.kind(index)) {
                case 'f':
                    return carry((int) value);
                case 's':
                    return value == 0 ? 0 : send(value, NativeMemory.length(value) + 1);
                case 'p':
                    return value == 0 ? 0 : path(value, delegated.kind(0) == 'f' && (int) arguments[0] >= 0);
                case 'i':
                    return value == 0 ? 0 : send(value, delegated.length(arguments));
                case 'o':
                    output = value;
                    outputLength = value == 0 ? 0 : delegated.length(arguments);
                    return outputLength == 0 ? 0 : output(arguments);
                default:
                    return value;
            }
        }

        /** The result is written to the end of the room, whatever else is sent. */
        private long output(long[] arguments) {
            return program.room.value() + DeputyProgram.ROOM - ((delegated.length(arguments) + 7) & ~7);
        }

        private long carry(int fd) {
            if (fd < 0) {
                return fd;
            }
            carried[carrying] = fd;
            return DeputyProgram.FIRST_CARRIED + carrying++;
        }

        private long send(long address, int size) {
            long there = program.room.value() + length;
            piece(address, size);
            length += size;
            return there;
        }

        /**
         * A path through an fd of this process leads through the one that the deputy has in its place. What is looked up
         * below a directory stays what it is: it is the name of a file, and may be anybody's choice.
         */
        private long path(long address, boolean below) {
            int size = NativeMemory.length(address);
            if (below && delegated != SETTING && delegated != WATCH || size < FDS.length()) {
                return send(address, size + 1);
            }
            byte[] bytes = new byte[size];
            NativeMemory.view(address, size).get(bytes);
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            StringBuilder changed = new StringBuilder();
            int done = 0;
            for (int at = text.indexOf(FDS); at >= 0; at = text.indexOf(FDS, done)) {
                int end = at + FDS.length();
                while (end < text.length() && Character.isDigit(text.charAt(end))) {
                    end++;
                }
                int fd = Integer.parseInt(text.substring(at + FDS.length(), end));
                changed.append(text, done, at).append(FDS).append(carry(fd));
                done = end;
            }
            changed.append(text.substring(done));
            byte[] sent = changed.toString().getBytes(StandardCharsets.ISO_8859_1);
            return send(scratch.string(sent), sent.length + 1);
        }

        long exchange() {
            Block control = scratch.zeroed(CMSG_HEADER + 8 * DeputyProgram.CARRIED);
            int header = CMSG_HEADER + 4 * DeputyProgram.CARRIED;
            control.buffer().putLong(0, header).putInt(8, SOL_SOCKET).putInt(12, SCM_RIGHTS);
            return socket.fd().borrow(own -> {
                for (int i = 0; i < DeputyProgram.CARRIED; i++) {
                    control.buffer().putInt(CMSG_HEADER + 4 * i, i < carrying ? carried[i] : own);
                }
                Block request = scratch.zeroed(MSGHDR);
                request.buffer()
                        .putLong(16, pieces.address())
                        .putLong(24, count)
                        .putLong(32, control.address())
                        .putLong(40, header);
                long sent = again(Syscall.SENDMSG, own, request.address(), MSG_NOSIGNAL);
                return sent < 0 ? gone(sent) : receive(own);
            });
        }

        private long receive(int own) {
            Block result = scratch.zeroed(8);
            Block vectors = scratch.block(2 * IOVEC);
            vectors.buffer()
                    .putLong(0, result.address())
                    .putLong(8, 8)
                    .putLong(16, output)
                    .putLong(24, outputLength);
            Block control = scratch.zeroed(CMSG_HEADER + 8);
            Block message = scratch.zeroed(MSGHDR);
            message.buffer()
                    .putLong(16, vectors.address())
                    .putLong(24, 2)
                    .putLong(32, control.address())
                    .putLong(40, control.length());
            long received = again(Syscall.RECVMSG, own, message.address(), MSG_CMSG_CLOEXEC);
            if (received <= 0) {
                return gone(received);
            }
            long value = result.buffer().getLong(0);
            if (value < 0 || !delegated.returnsFd()) {
                return value;
            }
            return message.buffer().getLong(40) < CMSG_HEADER + 4
                    ? -Errno.EMFILE.number()
                    : control.buffer().getInt(CMSG_HEADER);
        }

        private long again(Syscall call, int own, long message, long flags) {
            long result;
            do {
                result = Kernel.call(call, own, message, flags);
            } while (Errno.EINTR.is(result));
            return result;
        }

        private long gone(long result) {
            return result < 0 && !Errno.EPIPE.is(result) && !Errno.ECONNRESET.is(result)
                    ? result
                    : -Errno.ESRCH.number();
        }
    }

    /** Ends the process, once the call that it is making is done. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (!socket.fd().isOpen()) {
                return;
            }
            userNamespace.close();
            mountNamespace.close();
            folder.close();
            socket.close();
            reap(process);
        } catch (LinuxException e) {
            throw new IllegalStateException("the helper in the user namespace could not be waited for", e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return "deputy, process " + process.pid();
    }
}
