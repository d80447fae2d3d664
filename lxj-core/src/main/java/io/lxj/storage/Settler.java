package io.lxj.storage;

import io.lxj.linux.Directory;
import io.lxj.linux.DirectoryEntry;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Syscall;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it, in the background, that new images and copies get to disk: what is marked by {@link SyncMarker} is written
 * out, then the marker goes. The thread for it exists only while there is something to write. It isn't a daemon: a
 * program that imports an image and ends stays for the moment that this takes. Thread-safe.
 */
public final class Settler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Settler.class);

    private final StateFolder state;
    private Thread thread;
    private boolean again;

    /**
     * A settler that has nothing to do yet.
     *
     * @param state the state folder, which the caller keeps open until this is closed
     */
    public Settler(StateFolder state) {
        this.state = state;
    }

    /** Lets all that is marked now be written out, and returns at once. */
    public synchronized void request() {
        again = true;
        if (thread == null) {
            Thread started = new Thread(this::run, "lxj-settler");
            try {
                started.start();
                thread = started;
            } catch (OutOfMemoryError e) {
                LOG.warn("There is no thread to write what is new in {} to disk; the next start tries again", state, e);
            }
        }
    }

    private void run() {
        while (isAgain()) {
            try {
                settle(state);
            } catch (LinuxException e) {
                LOG.warn("What is new in {} could not be written to disk; the next start tries again", state, e);
            }
        }
    }

    private synchronized boolean isAgain() {
        boolean more = again;
        again = false;
        if (!more) {
            thread = null;
        }
        return more;
    }

    /**
     * Waits until all that is marked now is on disk.
     *
     * @param state the state folder
     * @throws LinuxException if it can't be written
     */
    static void settle(StateFolder state) throws LinuxException {
        List<Directory> marked = new ArrayList<>();
        try {
            for (Directory parent : List.of(state.images(), state.containers())) {
                addMarked(parent, marked);
            }
            if (!marked.isEmpty()) {
                settle(marked);
            }
        } finally {
            marked.forEach(Directory::close);
        }
    }

    /** Waits until these folders of one file system are on disk. */
    static void settle(List<Directory> folders) throws LinuxException {
        sync(folders.get(0));
        for (Directory folder : folders) {
            SyncMarker.remove(folder);
        }
    }

    /** Waits until all of the file system that a folder is on is on disk. */
    static void sync(Directory folder) throws LinuxException {
        Fd any = folder.fd();
        long result = any.call(Syscall.SYNCFS);
        if (result < 0) {
            throw LinuxException.of(result, "syncfs", any);
        }
    }

    private static void addMarked(Directory parent, List<Directory> marked) throws LinuxException {
        for (DirectoryEntry entry : parent.list()) {
            try {
                Directory folder = parent.openDirectory(entry.name());
                if (SyncMarker.isMarked(folder)) {
                    marked.add(folder);
                } else {
                    folder.close();
                }
            } catch (LinuxException e) {
                // Deleted or renamed meanwhile, or not a folder of ours.
                if (!e.is(Errno.ENOENT) && !e.is(Errno.ENOTDIR)) {
                    throw e;
                }
            }
        }
    }

    /** Waits for what was requested. */
    @Override
    public void close() {
        boolean interrupted = false;
        Thread running = current();
        while (running != null && running.isAlive()) {
            try {
                running.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized Thread current() {
        return thread;
    }
}
