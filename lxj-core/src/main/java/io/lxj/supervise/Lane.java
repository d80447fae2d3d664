package io.lxj.supervise;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/** Tasks that run one after the other, in order, on the threads of a dispatcher. Thread-safe. */
final class Lane implements Executor {
    private static final int FIRST_CAPACITY = 2;
    /** The lane whose task a thread runs. */
    private static final ThreadLocal<Lane> RUNNING = new ThreadLocal<>();

    private final Executor dispatcher;
    private final Queue<Runnable> tasks = new ArrayDeque<>(FIRST_CAPACITY);
    private boolean active;
    // What the task that runs has left for when this is free again; only its thread uses it.
    private Runnable afterwards;

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

    /** Puts a task behind the one that a lane runs on this thread; false if there is none, or it has one already. */
    static boolean runAfterwards(Runnable task) {
        Lane lane = RUNNING.get();
        if (lane == null || lane.afterwards != null) {
            return false;
        }
        lane.afterwards = task;
        return true;
    }

    /** One task, then the other lanes' turn. */
    private void runNext() {
        Runnable task;
        synchronized (this) {
            task = tasks.remove();
        }
        RUNNING.set(this);
        run(task);
        RUNNING.remove();
        Runnable left = afterwards;
        afterwards = null;
        leave();
        if (left != null) {
            run(left);
        }
    }

    /** Goes on with the next task, on whatever thread. */
    private void leave() {
        synchronized (this) {
            if (tasks.isEmpty()) {
                active = false;
                return;
            }
        }
        dispatcher.execute(this::runNext);
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            Supervisor.report(task, e);
        }
    }
}
