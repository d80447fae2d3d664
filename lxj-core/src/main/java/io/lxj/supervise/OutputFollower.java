package io.lxj.supervise;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One who follows a console's output, with a queue of its own of up to 1 MiB, so that it can fall behind for a while.
 * When the queue is full the oldest bytes are lost, and {@link #lost} says how many. Thread-safe.
 */
public final class OutputFollower implements AutoCloseable {
    private static final int LIMIT = 1024 * 1024;

    private final ConsoleOutput output;
    // Called whenever there is something new: bytes or the end.
    private final Runnable signal;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ByteRing queue = new ByteRing(LIMIT);
    private long position;
    private long lost;
    private boolean ended;

    OutputFollower(ConsoleOutput output, Runnable signal) {
        this.output = output;
        this.signal = signal;
    }

    void offer(byte[] bytes, int length) {
        if (length == 0) {
            return;
        }
        lock.lock();
        try {
            if (ended) {
                return;
            }
            queue.append(bytes, 0, length);
            missed(queue.start() - position);
            position = queue.start();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        signal.run();
    }

    void missed(long bytes) {
        lock.lock();
        try {
            lost += bytes;
        } finally {
            lock.unlock();
        }
    }

    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        signal.run();
    }

    /**
     * Takes bytes, and waits for some if there are none.
     *
     * @param target where to
     * @param offset of the first byte in the target
     * @param length how many at most, at least 1
     * @return how many, or -1 if there will be no more
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public int read(byte[] target, int offset, int length) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (queue.size() == 0 && !ended) {
                changed.await();
            }
            return poll(target, offset, length);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes bytes, and waits for some up to a time if there are none.
     *
     * @param target where to
     * @param length how many at most, at least 1
     * @param timeout how long to wait at most; zero for not at all
     * @return how many, 0 if the time is over, or -1 if there will be no more
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public int read(byte[] target, int length, Duration timeout) throws InterruptedException {
        // Saturates: 292 years are enough.
        long left = TimeUnit.NANOSECONDS.convert(timeout);
        lock.lockInterruptibly();
        try {
            while (queue.size() == 0 && !ended && left > 0) {
                left = changed.awaitNanos(left);
            }
            return poll(target, 0, length);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes bytes if there are some.
     *
     * @param target where to
     * @param offset of the first byte in the target
     * @param length how many at most, at least 1
     * @return how many, 0 if there are none now, or -1 if there will be no more
     */
    public int poll(byte[] target, int offset, int length) {
        lock.lock();
        try {
            if (queue.size() == 0) {
                return ended ? -1 : 0;
            }
            int count = queue.copy(position, target, offset, length);
            position += count;
            queue.discard(position);
            return count;
        } finally {
            lock.unlock();
        }
    }

    /**
     * How many bytes can be taken without waiting.
     *
     * @return a number of bytes
     */
    public int available() {
        lock.lock();
        try {
            return queue.size();
        } finally {
            lock.unlock();
        }
    }

    /**
     * How many bytes were lost so far, because this follower was slower than the container or came too late.
     *
     * @return a number of bytes
     */
    public long lost() {
        lock.lock();
        try {
            return lost;
        } finally {
            lock.unlock();
        }
    }

    /** Follows no longer: what is queued is dropped, and a waiting reader comes to the end. */
    @Override
    public void close() {
        output.remove(this);
        lock.lock();
        try {
            ended = true;
            queue.discard(queue.end());
            position = queue.end();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
