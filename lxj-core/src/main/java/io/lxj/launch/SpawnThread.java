package io.lxj.launch;

import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Spawned;
import io.lxj.linux.Spawner;
import io.lxj.linux.SyscallProgram;
import io.lxj.linux.WaitingStage;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The thread that starts inits. The kernel sends the parent-death signal when the thread that spawned a process ends,
 * not when the process does; so this one lives as long as the containers that are to die with it. Thread-safe.
 */
public final class SpawnThread implements AutoCloseable {
    private final ExecutorService executor = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "lxj-spawner");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Starts a process on the thread.
     *
     * @param program what it does
     * @param fds the fds that the program names
     * @return the process
     * @throws LinuxException if it can't be started
     */
    Spawned spawn(SyscallProgram program, Map<String, Fd> fds) throws LinuxException {
        return get(executor.submit(() -> Spawner.spawn(program, fds)));
    }

    /** Starts a process on the thread whose program isn't known yet, while the caller makes that. */
    WaitingStage begin() throws LinuxException {
        return WaitingStage.start(executor);
    }

    /** It takes less than a millisecond, and a process that nobody knows of must not be left: nothing interrupts it. */
    private static <T> T get(Future<T> future) throws LinuxException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw unwrap(e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static LinuxException unwrap(ExecutionException e) {
        if (e.getCause() instanceof LinuxException failure) {
            return failure;
        }
        if (e.getCause() instanceof RuntimeException failure) {
            throw failure;
        }
        if (e.getCause() instanceof Error failure) {
            throw failure;
        }
        throw new IllegalStateException(e.getCause());
    }

    /** Ends the thread; what was started by it and asked for a parent-death signal gets it. */
    @Override
    public void close() {
        executor.shutdown();
    }
}
