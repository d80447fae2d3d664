package io.lxj.storage;

import io.lxj.linux.Directory;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.Stat;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Small files that are replaced as a whole: whoever reads one sees the old content or the new, whatever ends the writer.
 * Thread-safe, and safe against other processes; of several writers the last one wins.
 *
 * <p>The content is written to a file of its own in the same directory, which the writer holds locked with flock(2), and
 * renamed over the old one. A temporary file that nobody holds locked belongs to a dead process and is removed by
 * {@link #sweep}.
 */
public final class JsonFile {
    /** No file of ours comes near this; what does is not ours, and isn't read into memory. */
    static final int LIMIT = 8 << 20;

    private static final String PREFIX = ".new-";
    private static final int ATTEMPTS = 16;

    /** What a file has to survive once it was written. */
    public enum Survives {
        /**
         * The end of the process, however it ends, but not of the machine: after a power cut the file may be empty. For
         * what means nothing after a boot anyway. Costs some tens of microseconds.
         */
        PROCESS,

        /**
         * A power cut too: the content is on disk before the file gets its name. That the name itself is on disk isn't
         * waited for: after a power cut within seconds the old file may be there again, whole. On ext4 that fsync(2)
         * costs 0.3 to 0.5 ms; waiting for the directory as well would double it and make nothing more consistent.
         */
        POWER_CUT
    }

    private JsonFile() {}

    /**
     * Replaces a file, or makes it.
     *
     * @param directory where it is
     * @param name its name, a single component
     * @param text the new content
     * @param survives what it has to survive
     * @throws LinuxException if that fails; the old content is still there then
     */
    public static void write(Directory directory, String name, String text, Survives survives) throws LinuxException {
        try (Draft draft = draft(directory, name)) {
            draft.publish(text, survives);
        }
    }

    /**
     * Begins to write a file, before what is to be in it is known.
     *
     * @param directory where it will be, to stay open until the draft is closed
     * @param name its name, a single component
     * @return a file that isn't there under that name yet
     * @throws LinuxException if it can't be made
     */
    static Draft draft(Directory directory, String name) throws LinuxException {
        for (int attempt = 1; ; attempt++) {
            Draft draft = Draft.make(directory, name);
            // A sweep can remove the file in the moment before it is locked.
            if (draft.isHeld() || attempt == ATTEMPTS) {
                return draft;
            }
            draft.close();
        }
    }

    /** A file in the making, which is gone if it isn't published until this is closed. Not thread-safe. */
    static final class Draft implements AutoCloseable {
        private final Directory directory;
        private final byte[] name;
        private final byte[] temporary;
        private final Fd file;
        private boolean published;

        private Draft(Directory directory, byte[] name, byte[] temporary, Fd file) {
            this.directory = directory;
            this.name = name;
            this.temporary = temporary;
            this.file = file;
        }

        private static Draft make(Directory directory, String name) throws LinuxException {
            byte[] temporary = FileName.bytes(PREFIX + name + "-"
                    + Long.toHexString(ThreadLocalRandom.current().nextLong()));
            Fd file = directory.open(temporary, Open.O_WRONLY | Open.O_CREAT | Open.O_EXCL, 0600);
            return new Draft(directory, FileName.bytes(name), temporary, file);
        }

        private boolean isHeld() throws LinuxException {
            try {
                return FileLock.tryExclusive(file) && file.stat().links() > 0;
            } catch (LinuxException e) {
                try (this) {
                    throw e;
                }
            }
        }

        /** Gives the file its content and its name, once. */
        void publish(String text, Survives survives) throws LinuxException {
            file.write(text.getBytes(StandardCharsets.UTF_8));
            if (survives == Survives.POWER_CUT) {
                file.sync();
            }
            directory.rename(temporary, directory, name);
            published = true;
        }

        @Override
        public void close() throws LinuxException {
            try (file) {
                if (!published) {
                    directory.unlinkIfThere(temporary);
                }
            }
        }
    }

    /**
     * Makes a file in a folder that nobody else can see yet.
     *
     * @param directory where to make it
     * @param name its name, a single component
     * @param text its content
     * @return the file, which isn't on disk yet, to be closed by the caller
     * @throws LinuxException if that fails, EEXIST if it is there already
     */
    static Fd make(Directory directory, String name, String text) throws LinuxException {
        Fd file = directory.open(FileName.bytes(name), Open.O_WRONLY | Open.O_CREAT | Open.O_EXCL, 0600);
        try {
            file.write(text.getBytes(StandardCharsets.UTF_8));
            return file;
        } catch (LinuxException e) {
            file.close();
            throw e;
        }
    }

    /**
     * Reads a file.
     *
     * @param directory where it is
     * @param name its name, a single component
     * @return the content, or empty if there is no such file
     * @throws LinuxException if it can't be read, EFBIG if it is larger than 8 MiB, EINVAL if it isn't a regular file
     */
    public static Optional<String> read(Directory directory, String name) throws LinuxException {
        Optional<Fd> found = directory.find(FileName.bytes(name), Open.O_RDONLY | Open.O_NONBLOCK | Open.O_NOCTTY);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (Fd file = found.get()) {
            if (!file.stat().isRegular()) {
                throw LinuxException.of(-Errno.EINVAL.number(), "read", name).withHint("not a regular file");
            }
            return Optional.of(new String(file.readAll(LIMIT), StandardCharsets.UTF_8));
        }
    }

    /**
     * Whether a name is one of those that {@link #write} gives to temporary files.
     *
     * @param name a single component
     * @return true if it is
     */
    static boolean isTemporary(String name) {
        return name.startsWith(PREFIX);
    }

    /**
     * Removes the temporary files that writers left when they were killed.
     *
     * @param directory where to look
     * @return how many there were
     * @throws LinuxException if that fails
     */
    static int sweep(Directory directory) throws LinuxException {
        int removed = 0;
        for (var entry : directory.list()) {
            if (isTemporary(entry.string())
                    && entry.type() == Stat.S_IFREG
                    && removeIfAbandoned(directory, entry.name())) {
                removed++;
            }
        }
        return removed;
    }

    private static boolean removeIfAbandoned(Directory directory, byte[] name) throws LinuxException {
        try (Fd file = directory.find(name, Open.O_RDONLY | Open.O_NONBLOCK).orElse(null)) {
            return file != null && FileLock.tryExclusive(file) && directory.unlinkIfThere(name);
        }
    }
}
