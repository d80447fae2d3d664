package io.lxj.supervise;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/** Tasks that run one after the other, in order, on the threads of a dispatcher. Thread-safe. */
final class Lane implements Executor {
    private static final int FIRST_CAPACITY = 2;

    private final Executor dispatcher;
    private final Queue<Runnable> tasks = new ArrayDeque<>(FIRST_CAPACITY);
    private boolean active;

    Lane(Executor dispatcher) {
        this.dispatcher = dispatcher;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (this) {
            tasks.add(task);
            if (active) {
                return;
            }
            active = true;
        }
        dispatcher.execute(this::runNext);
    }

    /** One task, then the other lanes' turn. */
    private void runNext() {
        Runnable task;
        synchronized (this) {
            task = tasks.remove();
        }
        try {
            task.run();
        } catch (Throwable e) {
            Supervisor.report(task, e);
        }
        synchronized (this) {
            if (tasks.isEmpty()) {
                active = false;
                return;
            }
        }
        dispatcher.execute(this::runNext);
    }
}
