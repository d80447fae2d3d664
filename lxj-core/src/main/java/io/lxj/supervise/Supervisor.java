package io.lxj.supervise;

import io.lxj.linux.Epoll;
import io.lxj.linux.EventFd;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Pidfd;
import io.lxj.linux.WaitStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One daemon thread that waits for everything: the ends of processes, output of consoles, changes of cgroup files,
 * timers. What it calls must never wait; whatever may take its time, listeners and the completion of futures above all,
 * belongs on a {@linkplain #lane lane}. Thread-safe.
 *
 * <p>Something watched costs some hundred bytes and no thread. Nothing that is called ends the thread: what is thrown is
 * logged.
 */
public final class Supervisor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
    private static final long WAKE = 0;

    private final Epoll epoll;
    private final EventFd wake;
    private final Map<Long, FdWatch> watches = new ConcurrentHashMap<>();
    private final AtomicLong lastId = new AtomicLong(WAKE);
    private final Timers timers = new Timers();
    private final TaskQueue tasks = new TaskQueue();
    private final Dispatcher dispatcher = new Dispatcher(this::schedule);
    private final Thread thread = new Thread(this::run, "lxj-supervisor");
    // Once there is a folder to watch; guarded by this.
    private Optional<FolderWatcher> folders = Optional.empty();
    private volatile boolean closing;

    private Supervisor(Epoll epoll, EventFd wake) {
        this.epoll = epoll;
        this.wake = wake;
    }

    /**
     * Starts the thread.
     *
     * @return the supervisor, to be closed by the caller
     * @throws IOException if there are too many open files
     */
    public static Supervisor open() throws IOException {
        Epoll epoll = Epoll.open();
        EventFd wake = null;
        try {
            wake = EventFd.open();
            epoll.add(wake.fd(), Epoll.EPOLLIN, WAKE);
        } catch (IOException e) {
            epoll.close();
            if (wake != null) {
                wake.close();
            }
            throw e;
        }
        Supervisor supervisor = new Supervisor(epoll, wake);
        supervisor.thread.setDaemon(true);
        supervisor.thread.start();
        return supervisor;
    }

    /**
     * Watches a descriptor until the registration is closed, which has to be done before the descriptor is closed. A
     * descriptor can be watched once at a time.
     *
     * @param fd what to watch; the caller goes on owning it
     * @param events EPOLL bits of {@link Epoll}, level-triggered
     * @param handler is called on this supervisor's thread
     * @return ends the watch when it is closed
     * @throws IOException if epoll refuses the descriptor, as it does for a regular file
     * @throws IllegalStateException if this supervisor is closed
     */
    public Registration watch(Fd fd, int events, Handler handler) throws IOException {
        checkOpen();
        FdWatch watch = new FdWatch(this, lastId.incrementAndGet(), fd, events, handler);
        watches.put(watch.id(), watch);
        try {
            watch.arm();
        } catch (IOException | RuntimeException | Error e) {
            watches.remove(watch.id());
            throw e;
        }
        return watch;
    }

    /**
     * Watches for the end of a process. A child is waited for by its pidfd, so that no other child of this JVM is ever
     * touched; how any other process ended isn't known to us.
     *
     * @param pidfd the process; the caller goes on owning it, and closes it after the registration
     * @param child whether it is a child of this JVM
     * @param onExit is called once on this supervisor's thread; empty if it isn't known how the process ended: it is no
     *     child, or somebody else has waited for it
     * @return ends the watch when it is closed
     * @throws IOException if epoll refuses the descriptor
     */
    public Registration watchExit(Pidfd pidfd, boolean child, Consumer<Optional<WaitStatus>> onExit)
            throws IOException {
        return watch(pidfd.fd(), Epoll.EPOLLIN, new ExitHandler(pidfd, child, onExit));
    }

    /**
     * Watches for changes in a folder: of its names, and of the content of its files.
     *
     * @param folder the folder; may be closed afterwards
     * @param listener is called on this supervisor's thread, once for any number of changes
     * @return ends the watch when it is closed
     * @throws IOException ENOSPC if this user watches too many folders, see inotify(7)
     */
    public synchronized Registration watchFolder(Fd folder, Runnable listener) throws IOException {
        if (folders.isEmpty()) {
            folders = Optional.of(FolderWatcher.open(this));
        }
        return folders.get().add(folder, listener);
    }

    /**
     * Runs a task on this supervisor's thread after a time.
     *
     * @param delay how long
     * @param task what to run; it must not wait
     * @return takes the task back when it is closed
     * @throws IllegalStateException if this supervisor is closed
     */
    public Registration schedule(Duration delay, Runnable task) {
        boolean inside = Thread.currentThread() == thread;
        if (!inside) {
            checkOpen();
        }
        Registration timer = timers.add(delay, task);
        if (!inside && timers.isNext(timer)) {
            // The thread may be waiting for a later time than this one.
            execute(() -> {});
        }
        return timer;
    }

    private void checkOpen() {
        if (closing) {
            throw new IllegalStateException("the supervisor is closed");
        }
    }

    /**
     * Runs a task on this supervisor's thread, after those that were given to it before.
     *
     * @param task what to run; it must not wait
     * @throws IllegalStateException if this supervisor is closed
     */
    public void execute(Runnable task) {
        if (tasks.add(task) && Thread.currentThread() != thread) {
            signal();
        }
    }

    /**
     * A new lane for whatever may take its time. Its tasks run one after the other, in order; those of different lanes
     * run beside each other, on threads that end when there is nothing to do.
     *
     * @return an executor that can be forgotten when it isn't needed any more
     */
    public Executor lane() {
        return new Lane(dispatcher);
    }

    /**
     * Runs a task outside of all lanes. One that comes from a task of a lane is run behind that on the same thread, so that no
     * other has to be woken for it; if several do, the others get threads of their own.
     *
     * @param task what to run; it may wait for whatever it likes
     */
    public void outsideLanes(Runnable task) {
        if (!Lane.runAfterwards(task)) {
            dispatcher.execute(task);
        }
    }

    Epoll epoll() {
        return epoll;
    }

    void forget(FdWatch watch) {
        watches.remove(watch.id());
    }

    private void signal() {
        try {
            wake.signal();
        } catch (LinuxException | IllegalStateException e) {
            // The thread has ended meanwhile, and has run what was left itself.
            ignore(this, e);
        }
    }

    private void run() {
        try {
            while (!closing) {
                round();
            }
        } catch (LinuxException e) {
            LOG.error("The supervisor can't wait for events any more", e);
        } finally {
            dispatcher.close();
            tasks.close();
            runTasks();
            closeFolders();
            watches.clear();
            epoll.close();
            wake.close();
        }
    }

    private synchronized void closeFolders() {
        folders.ifPresent(FolderWatcher::close);
        folders = Optional.empty();
    }

    private void round() throws LinuxException {
        try {
            for (Epoll.Event event : await()) {
                dispatch(event);
            }
            for (Optional<Runnable> due = timers.takeDue(); due.isPresent(); due = timers.takeDue()) {
                run(due.get());
            }
            runTasks();
        } catch (OutOfMemoryError e) {
            report("waiting for events", e);
        }
    }

    private List<Epoll.Event> await() throws LinuxException {
        if (tasks.size() > 0) {
            return epoll.await(Duration.ZERO);
        }
        Optional<Duration> next = timers.untilNext();
        return next.isPresent() ? epoll.await(next.get()) : epoll.await();
    }

    private void dispatch(Epoll.Event event) throws LinuxException {
        if (event.data() == WAKE) {
            wake.take();
            return;
        }
        FdWatch watch = watches.get(event.data());
        if (watch != null) {
            watch.ready(event.events());
        }
    }

    /** Only those that are here by now: a task that gives itself to the queue again must not keep events waiting. */
    private void runTasks() {
        for (int left = tasks.size(); left > 0; left--) {
            tasks.poll().ifPresent(Supervisor::run);
        }
    }

    /** Whatever is thrown is logged. */
    static void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            report(task, e);
        }
    }

    /** What is thrown by something that was closed meanwhile. */
    static void ignore(Object what, Throwable failure) {
        LOG.debug("After the end of {}", what, failure);
    }

    static void report(Object what, Throwable failure) {
        try {
            LOG.error("Unexpected failure in the supervisor: {}", what, failure);
        } catch (Throwable e) {
            // There is no one left to tell, and the thread has to go on.
            failure.addSuppressed(e);
        }
    }

    /**
     * Ends the thread, after the tasks that were given to it; nothing is watched any more and timers don't run. What is
     * on a lane is still run. Closing twice is harmless.
     */
    @Override
    public void close() {
        closing = true;
        signal();
        if (Thread.currentThread() == thread) {
            return;
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                // Nothing that runs there waits: it won't be long.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return "supervisor of " + watches.size() + " descriptors";
    }
}
