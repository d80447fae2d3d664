package io.lxj.supervise;

import io.lxj.linux.Directory;
import io.lxj.linux.Fd;
import io.lxj.linux.FdInputStream;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.Stat;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The files of a console's log: console.log, and before it console.log.1, console.log.2 and so on, the older the higher
 * the number. Immutable and thread-safe.
 */
public final class LogFiles {
    /** The file that is written to. */
    public static final String CURRENT = "console.log";

    private static final int MOST = 100;

    private final Directory directory;

    /**
     * Of a container's folder.
     *
     * @param directory the pinned folder; the caller goes on owning it
     */
    public LogFiles(Directory directory) {
        this.directory = directory;
    }

    static byte[] name(int age) {
        return FileName.bytes(age == 0 ? CURRENT : CURRENT + "." + age);
    }

    /**
     * All that is logged, oldest first. The files are opened here and now: that others write and rotate them meanwhile
     * neither repeats nor hides anything.
     *
     * @return the log, to be closed by the caller; empty if there is none
     * @throws IOException if a file can't be opened
     */
    public InputStream open() throws IOException {
        List<InputStream> streams =
                openFiles().stream().<InputStream>map(FdInputStream::new).toList();
        return new SequenceInputStream(Collections.enumeration(streams));
    }

    /** Open files, oldest first. */
    Deque<Fd> openFiles() throws LinuxException {
        Deque<Fd> files = new ArrayDeque<>();
        try {
            openInto(files);
            return files;
        } catch (LinuxException | RuntimeException | Error e) {
            files.forEach(Fd::close);
            throw e;
        }
    }

    /**
     * From the newest on, since names only ever move to higher numbers. If a file has its number still when the next one
     * is open, that one is what was written before it; else it is looked for under a higher number, to go on from there.
     */
    private void openInto(Deque<Fd> files) throws LinuxException {
        int age = -1;
        for (int next = 0; next <= MOST; next++) {
            Optional<Fd> file = open(next);
            if (file.isEmpty()) {
                continue;
            }
            if (files.isEmpty() || isAt(age, files.getFirst())) {
                files.addFirst(file.get());
                age = next;
                continue;
            }
            file.get().close();
            age++;
            while (age <= MOST && !isAt(age, files.getFirst())) {
                age++;
            }
            next = age;
        }
    }

    private boolean isAt(int age, Fd file) throws LinuxException {
        Optional<Stat> stat = stat(age);
        return stat.isPresent() && stat.get().isSameFile(file.stat());
    }

    /** A file of the log; empty if it doesn't exist. */
    private Optional<Fd> open(int age) throws LinuxException {
        return directory.find(name(age), Open.O_RDONLY | Open.O_NONBLOCK | Open.O_NOCTTY);
    }

    /** The metadata of a file of the log; empty if it doesn't exist. */
    Optional<Stat> stat(int age) throws LinuxException {
        return directory.findStat(name(age));
    }
}
