package io.lxj;

import io.lxj.error.WrongStateException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Threads that want different things of one container at the same time; also as a JVM of its own. */
final class Race {
    private static final int ROUNDS = 15;

    private Race() {}

    /** Runs until each thread has had its turns; returns whatever went wrong but for what a state doesn't allow. */
    static List<String> run(Container container) throws InterruptedException {
        ConcurrentLinkedQueue<String> surprises = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        List<Runnable> actions = List.of(
                container::start,
                container::stop,
                container::freeze,
                container::unfreeze,
                () -> container.shutdown(Duration.ZERO),
                () -> container.exec("true"),
                container::start);
        for (Runnable action : actions) {
            threads.add(new Thread(() -> {
                for (int i = 0; i < ROUNDS; i++) {
                    try {
                        action.run();
                    } catch (WrongStateException e) {
                        // What a state doesn't allow is refused, and somebody else's turn.
                        Thread.yield();
                    } catch (RuntimeException e) {
                        e.printStackTrace();
                        surprises.add(e.toString());
                    }
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        return List.copyOf(surprises);
    }

    /** The arguments: state folder and container. Says when it begins, and at last what went wrong. */
    public static void main(String[] arguments) throws Exception {
        try (Lxj lxj = Lxj.open(Path.of(arguments[0]))) {
            System.out.println("ready");
            System.out.println(run(lxj.containers().get(arguments[1])));
        }
    }
}
