package io.lxj.supervise;

import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/** Carries output from a follower's queue to a listener, on an executor and only while there is some. */
final class ListenerPump {
    private static final int CHUNK = 16 * 1024;

    private final OutputListener listener;
    private final Executor executor;
    private final OutputFollower follower;
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private volatile boolean done;
    private long reportedLost;

    ListenerPump(ConsoleOutput output, OutputListener listener, Executor executor) {
        this.listener = listener;
        this.executor = executor;
        this.follower = new OutputFollower(output, this::wake);
    }

    OutputFollower follower() {
        return follower;
    }

    void close() {
        done = true;
        follower.close();
    }

    private void wake() {
        if (!done && scheduled.compareAndSet(false, true)) {
            executor.execute(this::pump);
        }
    }

    /** One piece, so that other tasks of the executor get their turn between two. */
    private void pump() {
        // Cleared first: whatever arrives from here on schedules another round.
        scheduled.set(false);
        byte[] chunk = new byte[Math.max(1, Math.min(CHUNK, follower.available()))];
        int count = follower.poll(chunk, 0, chunk.length);
        if (done || count == 0) {
            return;
        }
        if (count > 0) {
            // Before the listener runs, so that one that throws gets the rest all the same.
            wake();
        }
        reportLoss();
        if (count < 0) {
            done = true;
            listener.ended();
        } else {
            listener.output(Arrays.copyOf(chunk, count));
        }
    }

    private void reportLoss() {
        long lost = follower.lost();
        if (lost > reportedLost) {
            long fresh = lost - reportedLost;
            reportedLost = lost;
            listener.lost(fresh);
        }
    }
}
