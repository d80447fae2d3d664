package io.lxj.linux;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The threads of one copy. The calling thread hands out work and does what the others have no room for; the first failure
 * ends it all.
 */
final class CopyWorkers {
    private static final int MAX_THREADS = 4;
    private static final int QUEUE = 64;

    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AtomicInteger started = new AtomicInteger();
    // The calling thread is one, too. Threads are started as work comes in.
    private final ThreadPoolExecutor pool = new ThreadPoolExecutor(
            threads(), threads(), 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(QUEUE), this::thread, this::callerRuns);

    /** Something that can fail as system calls do. */
    interface Work {
        void run() throws LinuxException;
    }

    private static int threads() {
        return Math.max(1, Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors()) - 1);
    }

    private Thread thread(Runnable work) {
        Thread thread = new Thread(work, "lxj-copy-" + started.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }

    private void callerRuns(Runnable work, ThreadPoolExecutor full) {
        work.run();
    }

    void submit(Work work) {
        pool.execute(() -> attempt(work));
    }

    boolean failed() {
        return failure.get() != null;
    }

    private void attempt(Work work) {
        try {
            work.run();
        } catch (LinuxException | RuntimeException | Error e) {
            if (!failure.compareAndSet(null, e) && failure.get() != e) {
                failure.get().addSuppressed(e);
            }
        }
    }

    /** Runs the work that hands out the rest, and returns when all is done. */
    void run(Work walk) throws LinuxException {
        attempt(walk);
        Runnable left;
        while ((left = pool.getQueue().poll()) != null) {
            left.run();
        }
        // Not before the queue is empty: a thread that saw work in it would wait for good for what was taken from here.
        pool.shutdown();
        awaitEnd();
        Throwable first = failure.get();
        if (first instanceof LinuxException e) {
            throw e;
        }
        if (first instanceof Error e) {
            throw e;
        }
        if (first != null) {
            throw (RuntimeException) first;
        }
    }

    // Not to be interrupted: the others still use what the caller is about to close. They are quick once it has failed.
    private void awaitEnd() {
        boolean interrupted = false;
        while (true) {
            try {
                if (pool.awaitTermination(1, TimeUnit.MINUTES)) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
