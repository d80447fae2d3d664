package io.lxj.lifecycle;

import io.lxj.config.ExitStatus;
import io.lxj.config.State;
import io.lxj.error.CanceledException;
import io.lxj.supervise.Registration;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Who hears of a container's changes. They are told on the container's lane, one change after the other. Thread-safe. */
public final class StateListeners {
    /** How often a waiting thread looks for itself: what another JVM does to the container isn't told here. */
    private static final long SLICE = TimeUnit.MILLISECONDS.toNanos(100);

    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final Executor lane;
    private final Listener others;

    /**
     * Of a container.
     *
     * @param lane where they are told
     * @param others tells those who listen to all containers
     */
    StateListeners(Executor lane, Listener others) {
        this.lane = lane;
        this.others = others;
    }

    /** Hears of a container's changes. */
    @FunctionalInterface
    public interface Listener {
        /**
         * The container has changed its state.
         *
         * @param state the new state
         * @param exit how it ended, if it has
         */
        void changed(State state, Optional<ExitStatus> exit);
    }

    /**
     * Adds a listener.
     *
     * @param listener the listener
     * @return removes it when it is closed
     */
    public Registration add(Listener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    void tell(State state, Optional<ExitStatus> exit) {
        for (Listener listener : listeners) {
            lane.execute(() -> listener.changed(state, exit));
        }
        others.changed(state, exit);
    }

    /** Waits until the state is the wanted one; false if the time is over. */
    boolean await(String action, State wanted, Supplier<State> now, Duration timeout) {
        long start = System.nanoTime();
        CountDownLatch reached = new CountDownLatch(1);
        Listener listener = (state, exit) -> {
            if (state == wanted) {
                reached.countDown();
            }
        };
        listeners.add(listener);
        try {
            while (now.get() != wanted) {
                long left = TimeUnit.NANOSECONDS.convert(timeout) - (System.nanoTime() - start);
                if (left <= 0) {
                    return false;
                }
                if (reached.await(Math.min(left, SLICE), TimeUnit.NANOSECONDS)) {
                    return true;
                }
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CanceledException(action, e);
        } finally {
            listeners.remove(listener);
        }
    }
}
