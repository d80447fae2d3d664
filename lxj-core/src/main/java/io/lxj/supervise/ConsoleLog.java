package io.lxj.supervise;

import io.lxj.linux.Block;
import io.lxj.linux.Directory;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Metadata;
import io.lxj.linux.Open;
import io.lxj.linux.Scratch;
import io.lxj.linux.Stat;
import io.lxj.linux.Syscall;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a console's output to console.log of a container's folder. A file that has reached its limit is renamed to
 * console.log.1, and older ones to the next higher number; the oldest goes. Files are for their owner only: what is
 * typed on a console may be a password.
 *
 * <p>When the disk is full, or something else keeps the log from being written, output is dropped rather than the
 * container held up; once writing is possible again, a line in the log says how much is missing. There is no file before
 * there is something to write. Thread-safe.
 */
public final class ConsoleLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConsoleLog.class);
    private static final int OWNER_ONLY = 0600;
    private static final int FLAGS = Open.O_WRONLY | Open.O_APPEND | Open.O_NONBLOCK | Open.O_NOCTTY;

    private final String owner;
    private final Directory directory;
    private final long limit;
    private final int rotations;
    // Null before the first output, and after something went wrong while it was being changed for a new one.
    private Fd file;
    private long size;
    private long dropped;
    private String reason;

    private ConsoleLog(String owner, Directory directory, long limit, int rotations) {
        if (limit < 1 || rotations < 0) {
            throw new IllegalArgumentException("no log can have " + limit + " bytes and " + rotations + " rotations");
        }
        this.owner = owner;
        this.directory = directory;
        this.limit = limit;
        this.rotations = rotations;
    }

    /**
     * Opens the log, and goes on where an earlier one ended.
     *
     * @param owner whose console it is, for messages
     * @param directory the pinned folder; the log owns it from here on, unless this call fails
     * @param limit how many bytes a file has at most, at least 1
     * @param rotations how many older files are kept, 0 to 100
     * @return the log, to be closed by the caller
     * @throws LinuxException if the file can't be opened; ELOOP if it is a symbolic link, EINVAL if it is no file
     */
    public static ConsoleLog open(String owner, Directory directory, long limit, int rotations) throws LinuxException {
        ConsoleLog log = new ConsoleLog(owner, directory, limit, rotations);
        Optional<Fd> earlier = directory.find(LogFiles.name(0), FLAGS);
        if (earlier.isPresent()) {
            log.goOn(earlier.get());
        }
        return log;
    }

    private void openFile() throws LinuxException {
        goOn(directory.open(LogFiles.name(0), FLAGS | Open.O_CREAT, OWNER_ONLY));
    }

    private void goOn(Fd opened) throws LinuxException {
        try {
            Stat stat = opened.stat();
            if (!stat.isRegular()) {
                throw LinuxException.of(-Errno.EINVAL.number(), "openat", directory.fd(), LogFiles.CURRENT)
                        .withHint("not a regular file");
            }
            if (stat.permissions() != OWNER_ONLY) {
                Metadata.chmod(opened, OWNER_ONLY);
            }
            size = stat.size();
        } catch (LinuxException | RuntimeException | Error e) {
            opened.close();
            throw e;
        }
        file = opened;
    }

    /**
     * Appends output.
     *
     * @param memory where it is
     * @param length how many bytes, from the beginning of the memory
     */
    synchronized void append(Block memory, int length) {
        int done = 0;
        try {
            if (dropped > 0) {
                noteDropped();
            }
            while (done < length) {
                done += write(memory, done, length - done);
            }
        } catch (LinuxException | IllegalStateException e) {
            if (dropped == 0) {
                LOG.warn("Console output of {} isn't logged for now", owner, e);
            }
            dropped += length - done;
            reason = String.valueOf(e.getMessage());
        }
    }

    private int write(Block memory, int offset, int length) throws LinuxException {
        if (file == null) {
            openFile();
        }
        if (size >= limit) {
            rotate();
        }
        int count = (int) Math.min(length, limit - size);
        long result = file.call(Syscall.WRITE, memory.address() + offset, count);
        if (Errno.EINTR.is(result)) {
            return 0;
        }
        if (result < 0) {
            throw LinuxException.of(result, "write", LogFiles.CURRENT, "output", count);
        }
        size += result;
        return (int) result;
    }

    private void noteDropped() throws LinuxException {
        String note = "\r\n[lxj: " + dropped + " bytes are missing here: " + reason + "]\r\n";
        byte[] bytes = note.getBytes(StandardCharsets.UTF_8);
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(bytes.length);
            block.buffer().put(0, bytes);
            for (int done = 0; done < bytes.length; ) {
                done += write(block, done, bytes.length - done);
            }
        }
        LOG.info("Console output of {} is logged again; {} bytes are missing", owner, dropped);
        dropped = 0;
    }

    /** Whichever step fails, the next write goes on from there: the numbers are filled up to the first free one. */
    private void rotate() throws LinuxException {
        file.close();
        file = null;
        int free = 1;
        while (free < rotations && exists(free)) {
            free++;
        }
        for (int age = Math.min(free, rotations); age > 0; age--) {
            if (exists(age - 1)) {
                directory.rename(LogFiles.name(age - 1), directory, LogFiles.name(age));
            }
        }
        // The file itself where no older ones are kept, and what an earlier setting kept.
        for (int age = rotations == 0 ? 0 : rotations + 1; exists(age); age++) {
            directory.unlink(LogFiles.name(age));
        }
        openFile();
    }

    private boolean exists(int age) throws LinuxException {
        return new LogFiles(directory).stat(age).isPresent();
    }

    @Override
    public synchronized void close() {
        if (file != null) {
            file.close();
        }
        directory.close();
    }

    @Override
    public String toString() {
        return "console log of " + owner;
    }
}
