package io.lxj.supervise;

import java.time.Duration;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/** What is to be run at which time of {@link System#nanoTime}. Thread-safe. */
final class Timers {
    // About a century: far enough from the overflow of nanoTime to compare by difference.
    private static final long LONGEST = TimeUnit.DAYS.toNanos(36_500);

    private final PriorityQueue<Timer> queue = new PriorityQueue<>();
    private long scheduled;

    private final class Timer implements Registration, Comparable<Timer> {
        private final long time;
        private final long order;
        private final Runnable task;

        Timer(long time, long order, Runnable task) {
            this.time = time;
            this.order = order;
            this.task = task;
        }

        /** Those of the same time in the order in which they were scheduled. */
        @Override
        public int compareTo(Timer other) {
            int byTime = Long.signum(time - other.time);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }

        @Override
        public void close() {
            synchronized (queue) {
                queue.remove(this);
            }
        }
    }

    /**
     * Schedules a task.
     *
     * @param delay from now; a negative one is none
     * @param task what to run
     * @return takes the task back when it is closed
     */
    Registration add(Duration delay, Runnable task) {
        long nanos = Math.max(0, Math.min(LONGEST, TimeUnit.NANOSECONDS.convert(delay)));
        synchronized (queue) {
            Timer timer = new Timer(System.nanoTime() + nanos, scheduled++, task);
            queue.add(timer);
            return timer;
        }
    }

    /** Whether a task that was scheduled is due before all others. */
    boolean isNext(Registration timer) {
        synchronized (queue) {
            return queue.peek() == timer;
        }
    }

    /** How long until the next task is due, zero if one is; empty if there is none. */
    Optional<Duration> untilNext() {
        synchronized (queue) {
            return Optional.ofNullable(queue.peek())
                    .map(timer -> Duration.ofNanos(Math.max(0, timer.time - System.nanoTime())));
        }
    }

    /** Takes a task that is due. */
    Optional<Runnable> takeDue() {
        synchronized (queue) {
            Timer timer = queue.peek();
            if (timer == null || timer.time - System.nanoTime() > 0) {
                return Optional.empty();
            }
            queue.remove();
            return Optional.of(timer.task);
        }
    }
}
