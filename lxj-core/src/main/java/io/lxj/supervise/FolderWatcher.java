package io.lxj.supervise;

import io.lxj.linux.Epoll;
import io.lxj.linux.Fd;
import io.lxj.linux.Inotify;
import io.lxj.linux.LinuxException;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Tells of changes in folders. One inotify instance serves all of them, since the kernel allows few. Thread-safe.
 */
final class FolderWatcher implements AutoCloseable {
    private static final int CHANGES = Inotify.IN_MODIFY
            | Inotify.IN_CREATE
            | Inotify.IN_DELETE
            | Inotify.IN_MOVED_FROM
            | Inotify.IN_MOVED_TO
            | Inotify.IN_ONLYDIR;

    private final Inotify inotify;
    // Guarded by this. The kernel gives a folder that is watched twice the same number.
    private final Map<Integer, List<Runnable>> listeners = new HashMap<>();
    private Registration watch = () -> {};

    private FolderWatcher(Inotify inotify) {
        this.inotify = inotify;
    }

    static FolderWatcher open(Supervisor supervisor) throws IOException {
        FolderWatcher watcher = new FolderWatcher(Inotify.open());
        try {
            watcher.watch = supervisor.watch(watcher.inotify.fd(), Epoll.EPOLLIN, (events, self) -> watcher.readable());
        } catch (IOException | RuntimeException | Error e) {
            watcher.close();
            throw e;
        }
        return watcher;
    }

    /** Has a listener called on the supervisor's thread whenever something in a folder has changed. */
    synchronized Registration add(Fd folder, Runnable listener) throws LinuxException {
        int number = inotify.add(folder, CHANGES);
        listeners.computeIfAbsent(number, n -> new CopyOnWriteArrayList<>()).add(listener);
        return () -> remove(number, listener);
    }

    private synchronized void remove(int number, Runnable listener) {
        List<Runnable> others = listeners.get(number);
        if (others == null || !others.remove(listener) || !others.isEmpty()) {
            return;
        }
        listeners.remove(number);
        try {
            inotify.remove(number);
        } catch (LinuxException | IllegalStateException e) {
            // The folder is gone, or the supervisor is closed.
            Supervisor.ignore(this, e);
        }
    }

    /** However many changes of a folder there were, it is told of once. */
    private void readable() throws LinuxException {
        Set<Runnable> affected = new LinkedHashSet<>();
        List<Inotify.Event> events = inotify.read();
        synchronized (this) {
            for (Inotify.Event event : events) {
                if ((event.mask() & Inotify.IN_Q_OVERFLOW) != 0) {
                    listeners.values().forEach(affected::addAll);
                } else if ((event.mask() & Inotify.IN_IGNORED) != 0) {
                    // It has ended by itself; the number isn't used again.
                    listeners.remove(event.watch());
                } else {
                    affected.addAll(listeners.getOrDefault(event.watch(), List.of()));
                }
            }
        }
        affected.forEach(Supervisor::run);
    }

    @Override
    public void close() {
        watch.close();
        inotify.close();
    }

    @Override
    public String toString() {
        return "watcher of folders";
    }
}
