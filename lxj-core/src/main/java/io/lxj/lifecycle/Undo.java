package io.lxj.lifecycle;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What has to be taken back if the rest fails: registered with each step, run in reverse order. What goes wrong
 * meanwhile is attached to the failure that made it necessary. Not thread-safe.
 */
final class Undo {
    private final Deque<Step> steps = new ArrayDeque<>();

    /** One step back. */
    @FunctionalInterface
    interface Step {
        void run() throws Exception;
    }

    void add(Step step) {
        steps.push(step);
    }

    /** One step takes back all that there has been so far. */
    void replace(Step step) {
        steps.clear();
        add(step);
    }

    /** Takes everything back. */
    void run(Throwable failure) {
        while (!steps.isEmpty()) {
            try {
                steps.pop().run();
            } catch (Exception | Error e) {
                if (e != failure) {
                    failure.addSuppressed(e);
                }
            }
        }
    }
}
