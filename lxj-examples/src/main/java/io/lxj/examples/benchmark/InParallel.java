package io.lxj.examples.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Does something to many things, as many at a time as there are processors. */
final class InParallel {
    private InParallel() {}

    /** What is done to one of them. */
    @FunctionalInterface
    interface Action<T> {
        void run(T element) throws Exception;
    }

    /** Comes back when all is done; fails as the first of those that failed. */
    static <T> void forEach(List<T> elements, Action<T> action) throws ExecutionException, InterruptedException {
        ExecutorService executor =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        try {
            List<Future<?>> futures = new ArrayList<>();
            for (T element : elements) {
                futures.add(executor.submit(() -> {
                    action.run(element);
                    return null;
                }));
            }
            for (Future<?> future : futures) {
                future.get();
            }
        } finally {
            executor.shutdown();
        }
    }
}
