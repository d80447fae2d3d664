package io.lxj.supervise;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/** Tasks for the supervisor's thread, in order. Thread-safe. */
final class TaskQueue {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean closed;

    /** Whether the thread has to be woken for it: the queue was empty. */
    synchronized boolean add(Runnable task) {
        if (closed) {
            throw new IllegalStateException("the supervisor is closed");
        }
        tasks.add(task);
        return tasks.size() == 1;
    }

    synchronized int size() {
        return tasks.size();
    }

    synchronized Optional<Runnable> poll() {
        return Optional.ofNullable(tasks.poll());
    }

    /** Takes no more tasks; those that it has are still to be polled. */
    synchronized void close() {
        closed = true;
    }
}
