package io.lxj.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Adds one to a number in a file again and again, from several threads, in a way that loses additions unless the lock
 * holds; every few times it removes the lock's file. Arguments: state folder, file, threads, times.
 */
final class LockedCounter {
    private LockedCounter() {}

    public static void main(String[] arguments) throws Exception {
        try (StateFolder state = StateFolder.open(Path.of(arguments[0]))) {
            count(state, Path.of(arguments[1]), Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
        }
        System.out.println("done");
    }

    static void count(StateFolder state, Path file, int threads, int times) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Callable<Void>> workers = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                workers.add(() -> {
                    for (int n = 0; n < times; n++) {
                        addOne(state, file);
                    }
                    return null;
                });
            }
            for (Future<Void> worker : pool.invokeAll(workers)) {
                worker.get();
            }
        } finally {
            pool.shutdown();
        }
    }

    // A lock is held for its effect alone.
    @SuppressWarnings("try")
    private static void addOne(StateFolder state, Path file) throws IOException {
        try (Lock lock = state.locks().exclusive(LockName.container("counter"))) {
            int number = Integer.parseInt(Files.readString(file));
            Thread.yield();
            Files.writeString(file, String.valueOf(number + 1));
        }
    }
}
