package io.lxj.supervise;

import io.lxj.linux.Block;
import io.lxj.linux.Directory;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Scratch;
import io.lxj.linux.Stat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The console of a container that may outlive this JVM: its keeper reads the master of the PTY and writes console.log,
 * and this follows the file, from one to the next when it is rotated. Thread-safe.
 */
public final class LogFollower implements ConsoleSource {
    private static final int CHUNK = 16 * 1024;
    /** How much is read before others get their turn. */
    private static final int PER_TURN = 4 * CHUNK;

    private final Supervisor supervisor;
    private final Directory directory;
    private final LogFiles files;
    private final ConsoleOutput output;
    private Registration watch = () -> {};
    // The file that is being read; null while there is none.
    private Fd file;
    private long position;
    private boolean rotated;
    private boolean closed;

    private LogFollower(Supervisor supervisor, Directory directory, ConsoleOutput output) {
        this.supervisor = supervisor;
        this.directory = directory;
        this.files = new LogFiles(directory);
        this.output = output;
    }

    /**
     * Follows a log from its present end on. To be opened before the keeper is started, so that nothing is missed.
     *
     * @param supervisor whose thread reads
     * @param directory the pinned folder of the log; owned by the follower from here on, unless this call fails
     * @param output gets what is read
     * @return the follower, to be closed by the caller
     * @throws IOException if the log can't be read or watched
     */
    public static LogFollower open(Supervisor supervisor, Directory directory, ConsoleOutput output)
            throws IOException {
        return open(supervisor, directory, output, 0);
    }

    /**
     * Follows a log of which this JVM has seen nothing yet: as much of its end as the output can keep is there when this
     * returns.
     *
     * @param supervisor whose thread reads
     * @param directory the pinned folder of the log; owned by the follower from here on, unless this call fails
     * @param output gets what is read
     * @return the follower, to be closed by the caller
     * @throws IOException if the log can't be read or watched
     */
    public static LogFollower takeOver(Supervisor supervisor, Directory directory, ConsoleOutput output)
            throws IOException {
        return open(supervisor, directory, output, output.capacity());
    }

    private static LogFollower open(Supervisor supervisor, Directory directory, ConsoleOutput output, int history)
            throws IOException {
        LogFollower follower = new LogFollower(supervisor, directory, output);
        synchronized (follower) {
            try {
                follower.goBack(history);
                // Watched before it is read: what is written in between is told of.
                follower.watch = supervisor.watchFolder(directory.fd(), follower::changed);
                follower.read(history);
                // What has come since, or is more than fits.
                supervisor.execute(follower::changed);
            } catch (IOException | RuntimeException | Error e) {
                follower.watch.close();
                follower.leaveFile();
                throw e;
            }
        }
        return follower;
    }

    /** Goes to the place that has so many bytes behind it. */
    private void goBack(long bytes) throws LinuxException {
        List<Fd> chain = new ArrayList<>(files.openFiles());
        try {
            long left = bytes;
            for (int i = chain.size() - 1; i >= 0; i--) {
                long size = chain.get(i).stat().size();
                if (size >= left || i == 0) {
                    file = chain.remove(i);
                    position = Math.max(0, size - left);
                    return;
                }
                left -= size;
            }
        } finally {
            chain.forEach(Fd::close);
        }
    }

    private synchronized void changed() {
        try {
            if (read(PER_TURN)) {
                supervisor.execute(this::changed);
            }
        } catch (LinuxException e) {
            // The next change tries again.
            Supervisor.report(this, e);
        }
    }

    /** Reads what is there, up to a limit; whether there may be more. */
    private boolean read(long limit) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(CHUNK);
            long total = 0;
            while (total < limit && !closed) {
                int count = file == null ? 0 : file.read(block, 0, CHUNK, position);
                if (count > 0) {
                    byte[] bytes = new byte[count];
                    block.buffer().get(0, bytes);
                    output.append(bytes, count);
                    position += count;
                    total += count;
                } else if (!goOn()) {
                    return false;
                }
            }
        }
        return !closed;
    }

    /** At the end of a file: whether there is something behind it. */
    private boolean goOn() throws LinuxException {
        if (file != null && !rotated) {
            Optional<Stat> current = files.stat(0);
            rotated = current.isEmpty() || !current.get().isSameFile(file.stat());
            // Once more, since it may have been written to until it was renamed.
            return rotated;
        }
        Optional<Fd> next = next();
        if (next.isEmpty()) {
            return false;
        }
        leaveFile();
        file = next.get();
        return true;
    }

    /** The file that came after this one; the oldest one if this one is gone. */
    private Optional<Fd> next() throws LinuxException {
        List<Fd> chain = new ArrayList<>(files.openFiles());
        try {
            int at = 0;
            for (int i = 0; i < chain.size() && file != null; i++) {
                if (chain.get(i).stat().isSameFile(file.stat())) {
                    at = i + 1;
                }
            }
            return at < chain.size() ? Optional.of(chain.remove(at)) : Optional.empty();
        } finally {
            chain.forEach(Fd::close);
        }
    }

    private void leaveFile() {
        if (file != null) {
            file.close();
            file = null;
        }
        position = 0;
        rotated = false;
    }

    /** To be called when the keeper has ended: it writes no more then. */
    @Override
    public synchronized void finish() {
        try {
            read(Long.MAX_VALUE);
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
            leaveFile();
            directory.close();
        }
    }

    @Override
    public String toString() {
        return "follower of the console log in " + directory;
    }
}
