package io.lxj.supervise;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A few daemon threads for listeners and the completion of futures, started when there is something to do and ended
 * soon after. A listener may wait for another one: when no task has ended for a while although some are queued, one more
 * thread is started, so that listeners can't bring all others to a standstill. Where no thread can be started for a second, the one of the
 * timer does the work. Thread-safe.
 */
final class Dispatcher implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final int THREADS = 4;
    private static final int ATTEMPTS = 10;
    private static final Duration STALLED = Duration.ofMillis(100);
    private static final int WITHOUT_TIMER = 1000;
    private static final long KEEP_ALIVE_MILLIS = 1000;

    private final BiConsumer<Duration, Runnable> timer;
    private final AtomicInteger names = new AtomicInteger();
    private final AtomicBoolean checking = new AtomicBoolean();
    private final ThreadPoolExecutor pool;
    private volatile boolean closed;

    /**
     * No thread is started yet.
     *
     * @param timer runs a task after a time
     */
    Dispatcher(BiConsumer<Duration, Runnable> timer) {
        this.timer = timer;
        pool = new ThreadPoolExecutor(
                THREADS,
                Integer.MAX_VALUE,
                KEEP_ALIVE_MILLIS,
                TimeUnit.MILLISECONDS,
                new LinkedBlockingQueue<>(),
                this::thread);
        pool.allowCoreThreadTimeOut(true);
    }

    private Thread thread(Runnable work) {
        // Thread-locals of whoever happens to cause an event are none of its business.
        Thread thread = new Thread(null, work, "lxj-events-" + names.incrementAndGet(), 0, false);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void execute(Runnable task) {
        start(task, 1);
        watchForStall();
    }

    /** There may be no more threads now, see RLIMIT_NPROC in getrlimit(2), but somebody waits for this to be done. */
    private void start(Runnable task, int attempt) {
        try {
            pool.execute(task);
        } catch (OutOfMemoryError e) {
            if (pool.getPoolSize() > 0) {
                pool.getQueue().add(task);
            } else if (closed || attempt == ATTEMPTS || !isLater(task, attempt + 1)) {
                LOG.warn("There is no thread for {}; it runs on {}", task, Thread.currentThread(), e);
                task.run();
            }
        }
    }

    private boolean isLater(Runnable task, int attempt) {
        try {
            timer.accept(STALLED, () -> start(task, attempt));
            return true;
        } catch (IllegalStateException e) {
            // The supervisor was closed in this moment.
            Supervisor.ignore(this, e);
            return false;
        }
    }

    /** There is no timer any more to notice a standstill: from now on nearly every task gets its own thread. */
    void close() {
        closed = true;
        pool.setCorePoolSize(WITHOUT_TIMER);
    }

    private void grow() {
        try {
            pool.setCorePoolSize(pool.getPoolSize() + 1);
        } catch (OutOfMemoryError e) {
            LOG.debug("There can be no more threads for listeners now", e);
            Runnable waiting = pool.getPoolSize() == 0 ? pool.getQueue().poll() : null;
            if (waiting != null) {
                Supervisor.run(waiting);
            }
        }
    }

    private void watchForStall() {
        if (!closed && !pool.getQueue().isEmpty() && checking.compareAndSet(false, true)) {
            long completed = pool.getCompletedTaskCount();
            try {
                timer.accept(STALLED, () -> check(completed));
            } catch (IllegalStateException e) {
                // The supervisor was closed in this moment, and so is this.
                Supervisor.ignore(this, e);
            }
        }
    }

    private void check(long completed) {
        checking.set(false);
        if (closed) {
            return;
        }
        if (pool.getQueue().isEmpty()) {
            pool.setCorePoolSize(THREADS);
        } else if (pool.getCompletedTaskCount() == completed) {
            grow();
        }
        watchForStall();
    }
}
