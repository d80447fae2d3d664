package io.lxj.storage;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * Who of the threads of this JVM may try for a lock, first come first served. It spares them from waiting for each other
 * by looking again and again. Thread-safe.
 */
final class Turns {
    private static final int ALL = Integer.MAX_VALUE;

    private final Map<LockName, Queue> queues = new HashMap<>();

    /** A semaphore of which a sharer takes one part and a sole user all of them. */
    private static final class Queue {
        final Semaphore parts = new Semaphore(ALL, true);
        int users;
    }

    /** A thread's turn. */
    final class Turn implements AutoCloseable {
        private final LockName name;
        private final Queue queue;
        private final int parts;

        private Turn(LockName name, Queue queue, int parts) {
            this.name = name;
            this.queue = queue;
            this.parts = parts;
        }

        @Override
        public void close() {
            queue.parts.release(parts);
            leave(name, queue);
        }
    }

    Turn take(LockName name, boolean alone) throws InterruptedException {
        int parts = alone ? ALL : 1;
        Queue queue = enter(name);
        boolean taken = false;
        try {
            queue.parts.acquire(parts);
            taken = true;
            return new Turn(name, queue, parts);
        } finally {
            if (!taken) {
                leave(name, queue);
            }
        }
    }

    Optional<Turn> tryTake(LockName name, boolean alone) {
        int parts = alone ? ALL : 1;
        Queue queue = enter(name);
        if (queue.parts.tryAcquire(parts)) {
            return Optional.of(new Turn(name, queue, parts));
        }
        leave(name, queue);
        return Optional.empty();
    }

    private synchronized Queue enter(LockName name) {
        Queue queue = queues.computeIfAbsent(name, key -> new Queue());
        queue.users++;
        return queue;
    }

    private synchronized void leave(LockName name, Queue queue) {
        queue.users--;
        if (queue.users == 0) {
            queues.remove(name);
        }
    }
}
