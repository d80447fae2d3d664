package io.lxj.supervise;

import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import java.io.IOException;
import java.time.Duration;

/** One descriptor in the supervisor's epoll. Thread-safe. */
final class FdWatch implements Handler.Watch {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final int MOST_DOUBLINGS = 8;

    private final Supervisor supervisor;
    private final long id;
    private final Fd fd;
    private final int events;
    private final Handler handler;
    private int failures;
    // Both guarded by this.
    private boolean armed;
    private boolean closed;

    FdWatch(Supervisor supervisor, long id, Fd fd, int events, Handler handler) {
        this.supervisor = supervisor;
        this.id = id;
        this.fd = fd;
        this.events = events;
        this.handler = handler;
    }

    long id() {
        return id;
    }

    synchronized void arm() throws LinuxException {
        if (!closed && !armed) {
            supervisor.epoll().add(fd, events, id);
            armed = true;
        }
    }

    private synchronized boolean isArmed() {
        return armed;
    }

    /** Called on the supervisor's thread. */
    void ready(int happened) {
        // An event that was fetched before this was closed or paused is stale.
        if (!isArmed()) {
            return;
        }
        try {
            handler.ready(happened, this);
            failures = 0;
        } catch (Throwable e) {
            if (!isArmed()) {
                Supervisor.ignore(this, e);
                return;
            }
            Supervisor.report(this, e);
            // Not at once: what hasn't been dealt with would be reported again and again.
            pause(FIRST_PAUSE.multipliedBy(1L << Math.min(failures++, MOST_DOUBLINGS)));
        }
    }

    @Override
    public synchronized void pause(Duration pause) {
        if (armed) {
            disarm();
            supervisor.schedule(pause, this::resume);
        }
    }

    private void resume() {
        try {
            arm();
        } catch (IOException | IllegalStateException e) {
            Supervisor.report(this, e);
            close();
        }
    }

    private void disarm() {
        armed = false;
        try {
            supervisor.epoll().remove(fd);
        } catch (LinuxException | IllegalStateException e) {
            // The descriptor is closed, or the supervisor is: then epoll has let go of it by itself.
            Supervisor.ignore(this, e);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        supervisor.forget(this);
        if (armed) {
            disarm();
        }
    }

    @Override
    public String toString() {
        return "watch of " + fd;
    }
}
