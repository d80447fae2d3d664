package io.lxj.supervise;

import io.lxj.linux.Cgroup;
import io.lxj.linux.Epoll;
import io.lxj.linux.Errno;
import io.lxj.linux.KeyedAttribute;
import io.lxj.linux.LinuxException;
import java.io.IOException;
import java.util.Map;

/** Tells of changes of the numbers in one file of a cgroup, as the kernel announces them. Thread-safe. */
final class CounterWatch implements AutoCloseable {
    private final KeyedAttribute file;
    private final Change change;
    // All guarded by this.
    private Map<String, Long> last;
    private Registration registration = () -> {};
    private boolean closed;

    /** Is told of a change, on the supervisor's thread or on that of whoever looks. */
    interface Change {
        void happened(String name, long before, long now);
    }

    private CounterWatch(KeyedAttribute file, Map<String, Long> last, Change change) {
        this.file = file;
        this.last = last;
        this.change = change;
    }

    /**
     * Watches a file.
     *
     * @param known the numbers that need not be told
     */
    static CounterWatch open(Supervisor supervisor, Cgroup cgroup, String name, Map<String, Long> known, Change change)
            throws IOException {
        CounterWatch watch = new CounterWatch(cgroup.watch(name), known, change);
        try {
            watch.begin(supervisor);
            return watch;
        } catch (IOException | RuntimeException | Error e) {
            watch.close();
            throw e;
        }
    }

    private synchronized void begin(Supervisor supervisor) throws IOException {
        look();
        if (!closed) {
            // Whatever has changed since that look is reported at once.
            registration = supervisor.watch(file.fd(), Epoll.EPOLLPRI, (events, self) -> look());
        }
    }

    /** Tells of what has changed. */
    synchronized void look() throws LinuxException {
        if (closed) {
            return;
        }
        Map<String, Long> before = last;
        try {
            last = file.read();
        } catch (LinuxException e) {
            if (!e.is(Errno.ENODEV)) {
                throw e;
            }
            // The cgroup was removed; nothing comes any more, and epoll would say so again and again.
            close();
            return;
        }
        last.forEach((name, now) -> {
            long old = before.getOrDefault(name, 0L);
            if (old != now) {
                change.happened(name, old, now);
            }
        });
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            registration.close();
            file.close();
        }
    }

    @Override
    public String toString() {
        return "watch of " + file;
    }
}
