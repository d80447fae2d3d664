package io.lxj.supervise;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Waits until something shows up in a console's output. What is looked at is the latest output as {@link PlainText}: a
 * prompt is the same prompt in colour. Not thread-safe.
 *
 * @param <T> what is made of a find
 */
public final class OutputSearch<T> {
    private static final int CHUNK = 64 * 1024;
    private static final int WINDOW = 256 * 1024;

    private final OutputFollower follower;
    private final Function<String, Optional<T>> condition;
    private final byte[] chunk = new byte[CHUNK];
    private byte[] window = {};

    /**
     * How the search went.
     *
     * @param <T> what is made of a find
     * @param found what was found, if it was
     * @param ended whether the container stopped before
     */
    public record Result<T>(Optional<T> found, boolean ended) {}

    /**
     * In the output of a follower.
     *
     * @param follower the output; the caller closes it
     * @param condition gets the latest output as text, and finds something in it or not
     */
    public OutputSearch(OutputFollower follower, Function<String, Optional<T>> condition) {
        this.follower = follower;
        this.condition = condition;
    }

    /**
     * Searches what there is, and then waits for more.
     *
     * @param timeout how long at most
     * @return how it went
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public Result<T> await(Duration timeout) throws InterruptedException {
        long start = System.nanoTime();
        long limit = TimeUnit.NANOSECONDS.convert(timeout);
        int count = follower.poll(chunk, 0, CHUNK);
        while (true) {
            // All that is there at once: the search costs more than the copying.
            for (int more = count; more > 0; more = follower.poll(chunk, 0, CHUNK)) {
                add(more);
            }
            Optional<T> found = condition.apply(PlainText.of(window));
            if (found.isPresent()) {
                return new Result<>(found, false);
            }
            long left = limit - (System.nanoTime() - start);
            if (count < 0 || left <= 0) {
                return new Result<>(Optional.empty(), count < 0);
            }
            count = follower.read(chunk, CHUNK, Duration.ofNanos(left));
        }
    }

    private void add(int count) {
        int kept = Math.min(window.length, WINDOW - count);
        byte[] next = Arrays.copyOf(Arrays.copyOfRange(window, window.length - kept, window.length), kept + count);
        System.arraycopy(chunk, 0, next, kept, count);
        window = next;
    }
}
