package io.lxj.linux;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/** A child of this process that is there already, or is about to be. Thread-safe. */
final class StartedProcess {
    private final CompletableFuture<Integer> pid;

    private StartedProcess(CompletableFuture<Integer> pid) {
        this.pid = pid;
    }

    /** One that is there. */
    static StartedProcess of(int pid) {
        return new StartedProcess(CompletableFuture.completedFuture(pid));
    }

    /**
     * Starts the stage on another thread.
     *
     * @param plan the memory that it maps
     * @param fd what it gets besides
     * @param done is run when it has that, or can't be started
     */
    static StartedProcess start(Executor executor, Fd plan, Fd fd, Runnable done) {
        CompletableFuture<Integer> pid = new CompletableFuture<>();
        int memory = plan.number();
        // Whoever gave it may have closed it before that thread has begun.
        plan.acquire();
        try {
            executor.execute(() -> {
                try {
                    pid.complete(Spawner.start(memory, new int[] {fd.number()}));
                } catch (LinuxException | RuntimeException | Error e) {
                    pid.completeExceptionally(e);
                } finally {
                    plan.release();
                    done.run();
                }
            });
        } catch (RuntimeException | Error e) {
            plan.release();
            throw e;
        }
        return new StartedProcess(pid);
    }

    /** Its process id, as soon as it has one; not interruptible, and short. */
    int pid() throws LinuxException {
        try {
            return pid.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof LinuxException failure) {
                throw failure;
            }
            throw e;
        }
    }

    /** Whether it has a process id by now, or will have none. */
    boolean isKnown() {
        return pid.isDone();
    }

    /** Waits for the end of a child and takes its status. */
    static WaitStatus waitFor(int child) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block status = scratch.zeroed(8);
            long result;
            do {
                result = Kernel.call(Syscall.WAIT4, child, status.address(), 0, 0);
            } while (Errno.EINTR.is(result));
            if (result < 0) {
                throw LinuxException.of(result, "wait4", child, "status", 0, 0);
            }
            return new WaitStatus(status.buffer().getInt(0));
        }
    }

    /** The same for one that nobody has a use for: if it couldn't be started, nobody needs to know. */
    void waitForUnused() {
        pid.exceptionally(failure -> null).join();
        if (pid.isCompletedExceptionally()) {
            return;
        }
        try {
            waitFor(pid());
        } catch (LinuxException e) {
            throw new IllegalStateException("a process that got no program could not be waited for", e);
        }
    }
}
