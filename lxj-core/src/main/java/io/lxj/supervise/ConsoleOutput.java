package io.lxj.supervise;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;

/**
 * What a container has written to its console: the latest part of it, kept in memory across its runs, and those who
 * follow it. Thread-safe. Whoever appends is never held up: locks are held for the copying of some kilobytes only, and
 * a follower that is slow loses its oldest bytes.
 */
public final class ConsoleOutput {
    private static final int COPY = 64 * 1024;

    private final int capacity;
    // Guards itself, runStart and running, and the adding of followers.
    private final ByteRing ring;
    private final List<OutputFollower> followers = new CopyOnWriteArrayList<>();
    private long runStart;
    private boolean running;

    /**
     * Of a container that isn't running.
     *
     * @param capacity how many bytes are kept at most; memory is taken as they come
     */
    public ConsoleOutput(int capacity) {
        this.capacity = capacity;
        ring = new ByteRing(capacity);
    }

    /** How many bytes are kept at most. */
    int capacity() {
        return capacity;
    }

    /** A run begins: of a container that was started, or has rebooted. Those who follow go on following. */
    public void begin() {
        synchronized (ring) {
            runStart = ring.end();
            running = true;
        }
    }

    /**
     * Adds output.
     *
     * @param bytes the output; copied
     * @param length how many bytes of the array
     */
    public void append(byte[] bytes, int length) {
        synchronized (ring) {
            ring.append(bytes, 0, length);
            for (OutputFollower follower : followers) {
                follower.offer(bytes, length);
            }
        }
    }

    /** The container has stopped, and all of its output was added: those who follow come to the end. */
    public void end() {
        synchronized (ring) {
            running = false;
            followers.forEach(OutputFollower::end);
            followers.clear();
        }
    }

    /**
     * Whether more output may come.
     *
     * @return true between {@link #begin} and {@link #end}
     */
    public boolean isRunning() {
        synchronized (ring) {
            return running;
        }
    }

    /**
     * The latest output of this run and of earlier ones.
     *
     * @param most how many bytes at most
     * @return the bytes, oldest first
     */
    public byte[] tail(int most) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        byte[] chunk = new byte[COPY];
        long position;
        long end;
        synchronized (ring) {
            end = ring.end();
            position = Math.max(ring.start(), end - Math.max(0, most));
        }
        // In pieces, so that a large ring can't hold the appending thread up.
        while (position < end) {
            synchronized (ring) {
                if (position < ring.start()) {
                    content.reset();
                    position = Math.min(end, ring.start());
                }
                int count = ring.copy(position, chunk, 0, (int) Math.min(COPY, end - position));
                content.write(chunk, 0, count);
                position += count;
            }
        }
        return content.toByteArray();
    }

    /**
     * Follows the output from now on. Of a container that doesn't run there is nothing to follow.
     *
     * @return the output to come, to be closed by the caller
     */
    public OutputFollower follow() {
        return follow(new OutputFollower(this, () -> {}), false);
    }

    /**
     * Follows the output from the beginning of this run, or of the last one if the container has stopped, as far as it
     * is still held.
     *
     * @return the output so far and to come, to be closed by the caller
     */
    public OutputFollower followFromStart() {
        return follow(new OutputFollower(this, () -> {}), true);
    }

    /**
     * Has a listener told of the output from now on, on an executor, in order.
     *
     * @param listener who is told; it may take its time
     * @param executor runs the listener; has to run one task at a time, in order
     * @return ends the listening when it is closed
     */
    public Registration listen(OutputListener listener, Executor executor) {
        ListenerPump pump = new ListenerPump(this, listener, executor);
        follow(pump.follower(), false);
        return pump::close;
    }

    private OutputFollower follow(OutputFollower follower, boolean fromStart) {
        synchronized (ring) {
            if (fromStart) {
                long position = Math.max(runStart, ring.start());
                byte[] held = new byte[(int) (ring.end() - position)];
                ring.copy(position, held, 0, held.length);
                follower.missed(position - runStart);
                follower.offer(held, held.length);
            }
            if (running) {
                followers.add(follower);
            } else {
                follower.end();
            }
        }
        return follower;
    }

    void remove(OutputFollower follower) {
        followers.remove(follower);
    }
}
