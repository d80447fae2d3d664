package io.lxj.supervise;

import io.lxj.linux.Block;
import io.lxj.linux.Epoll;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Poll;
import io.lxj.linux.Pty;
import io.lxj.linux.Scratch;
import io.lxj.linux.Syscall;
import java.io.IOException;
import java.util.Optional;

/**
 * The console of a container that ends with this JVM: the supervisor reads the master of its PTY, keeps what arrives and
 * logs it. Thread-safe.
 *
 * <p>A slave is held open here, so that the master doesn't report a hang-up while no process of the container has the
 * console open.
 */
public final class PtyConsole implements ConsoleSource {
    /** The kernel gives out up to 4 KiB at a time. */
    private static final int CHUNK = 4096;
    /** How many chunks are read before others get their turn. */
    private static final int CHUNKS_PER_TURN = 8;
    /** More than the kernel queues for a terminal; what comes on top of it was written after the end. */
    private static final int MOST_AT_THE_END = 4 * 1024 * 1024;

    private final Fd master;
    private final Fd slave;
    private final ConsoleOutput output;
    private final Optional<ConsoleLog> log;
    private Registration watch;
    private boolean closed;

    private PtyConsole(Fd master, Fd slave, ConsoleOutput output, Optional<ConsoleLog> log) {
        this.master = master;
        this.slave = slave;
        this.output = output;
        this.log = log;
    }

    /**
     * Begins to read a console.
     *
     * @param supervisor whose thread reads
     * @param master of the PTY; owned by the console from here on, unless this call fails
     * @param output gets what is read
     * @param log gets it too, if there is one; owned likewise
     * @return the console, to be closed by the caller
     * @throws IOException if the master isn't one, or can't be watched
     */
    public static PtyConsole open(Supervisor supervisor, Fd master, ConsoleOutput output, Optional<ConsoleLog> log)
            throws IOException {
        Poll.nonBlocking(master);
        Fd slave = Pty.peer(master);
        PtyConsole console = new PtyConsole(master, slave, output, log);
        try {
            // Nothing is read before there is something to close.
            synchronized (console) {
                console.watch = supervisor.watch(master, Epoll.EPOLLIN, (events, watch) -> console.readable());
            }
        } catch (IOException | RuntimeException | Error e) {
            slave.close();
            throw e;
        }
        return console;
    }

    /**
     * What is typed on this console.
     *
     * @return the input, until this is closed
     */
    public ConsoleSink input() {
        return new PtyInput(master);
    }

    private synchronized void readable() throws LinuxException {
        read(CHUNKS_PER_TURN * CHUNK);
    }

    /** Reads what is there, up to a limit. */
    private void read(int limit) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(CHUNK);
            int total = 0;
            while (total < limit && !closed) {
                int count = read(block);
                if (count == 0) {
                    return;
                }
                log.ifPresent(file -> file.append(block, count));
                byte[] bytes = new byte[count];
                block.buffer().get(0, bytes);
                output.append(bytes, count);
                total += count;
            }
        }
    }

    /** How many bytes were read; none if there are none now. */
    private int read(Block block) throws LinuxException {
        long result;
        do {
            result = master.call(Syscall.READ, block.address(), block.length());
        } while (Errno.EINTR.is(result));
        // Never EIO, which says that no slave is open: there is ours.
        if (result < 0 && !Errno.EAGAIN.is(result)) {
            throw LinuxException.of(result, "read", master, "buffer", block.length());
        }
        return (int) Math.max(0, result);
    }

    /** {@inheritDoc} */
    @Override
    public synchronized void finish() {
        try {
            read(MOST_AT_THE_END);
        } catch (LinuxException e) {
            Supervisor.report(this, e);
        }
        close();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            watch.close();
            slave.close();
            master.close();
            log.ifPresent(ConsoleLog::close);
        }
    }

    @Override
    public String toString() {
        return "console on " + master;
    }
}
