package io.lxj.launch;

import io.lxj.error.CanceledException;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Poll;
import io.lxj.linux.Scratch;
import java.time.Duration;

/** What every launch does with the processes that it made. */
final class Children {
    /** How often a waiting thread looks whether it was interrupted. */
    private static final Duration SLICE = Duration.ofMillis(100);

    private Children() {}

    /**
     * Waits until a report pipe is closed at its other end: that is when the program is executed, or when no process
     * of the launch is left. Nobody ever writes to it.
     */
    static void awaitReport(Fd report) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            report.read(scratch.block(8), 0, 1);
        }
    }

    /**
     * The same for as long as somebody wants to wait.
     *
     * @param action what is being done, for an error
     * @param limit how long at most
     * @return whether it was closed in that time
     * @throws CanceledException if the thread was interrupted
     */
    static boolean awaitReport(String action, Fd report, Duration limit) throws LinuxException {
        long start = System.nanoTime();
        Duration left = limit;
        do {
            if (Poll.await(report, Poll.POLLIN, left.compareTo(SLICE) < 0 ? left : SLICE) != 0) {
                return true;
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new CanceledException(action);
            }
            left = limit.minusNanos(System.nanoTime() - start);
        } while (left.compareTo(Duration.ZERO) > 0);
        return false;
    }
}
