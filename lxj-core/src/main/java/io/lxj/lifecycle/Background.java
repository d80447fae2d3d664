package io.lxj.lifecycle;

import io.lxj.config.OnExit;
import io.lxj.error.LxjException;
import io.lxj.failure.Failures;
import io.lxj.linux.LinuxException;
import io.lxj.storage.ContainerFolder;
import io.lxj.storage.NewContainer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What goes on in the background once a container was created or has ended: nobody waits for the disk. Thread-safe. */
final class Background {
    private static final Logger LOG = LoggerFactory.getLogger(Background.class);

    private static final Duration SOON = Duration.ofMillis(100);
    /** Whoever waits for the end of a container goes on first. */
    private static final Duration GIVING_WAY = Duration.ofMillis(2);

    /** How long the next run waits for who works on files of the one that has ended. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Engine engine;
    private final String name;
    // The run that has ended last, of which something may be mounted yet.
    private volatile Run ended;
    // Done when that which was created is to be written.
    private volatile CompletableFuture<Void> settling = CompletableFuture.completedFuture(null);
    private volatile boolean deleted;
    // Done when all that was created is on disk.
    private volatile CompletableFuture<Void> settled = CompletableFuture.completedFuture(null);

    Background(Engine engine, String name) {
        this.engine = engine;
        this.name = name;
    }

    /**
     * Lets a container that was just created get to disk, but not at once: it would have to share the disk with what comes
     * next, which usually is its start, and one that is gone by then costs the disk nothing.
     */
    void settle(NewContainer made) {
        CompletableFuture<Void> due = new CompletableFuture<>();
        settling = due;
        settled = due.thenRunAsync(() -> write(made), engine.supervisor().lane());
        settled.exceptionally(failure -> {
            LOG.error("Container {} was created and could not be written to disk", name, failure);
            return null;
        });
        engine.supervisor().schedule(SOON, () -> due.complete(null));
    }

    private void write(NewContainer made) {
        try (made) {
            if (!deleted) {
                made.settle();
            }
        } catch (LinuxException e) {
            throw Failures.inStateFolder("write container " + name + " to disk", e);
        }
    }

    /**
     * Sees to it that a container that is being started gets to disk. One that may outlive this process must not be gone
     * after a power cut, so that its start waits for the disk.
     */
    void settleFor(OnExit fate) {
        if (fate == OnExit.KEEP || settled.isDone()) {
            awaitSettled();
        }
    }

    private void awaitSettled() {
        settling.complete(null);
        try {
            settled.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof LxjException failure ? failure : e;
        }
        try (ContainerFolder folder = engine.store().open(name)) {
            // Another process may have created it, and be about to settle it, or have died.
            folder.settle();
        }
    }

    /**
     * Lets what a run has left be removed, once its end has been told: what it has mounted, and the cgroup of all containers
     * if it was the last. Whoever hears of its end need not wait for that.
     */
    void release(Run run) {
        engine.supervisor().schedule(GIVING_WAY, () -> run.exit()
                .handle((exit, failure) -> exit)
                .thenRunAsync(() -> remove(run), engine.supervisor().lane()));
    }

    private synchronized void remove(Run run) {
        run.release();
        if (ended == run && run.isIdle()) {
            ended = null;
        }
        if (deleted || engine.isClosed()) {
            // Then whoever does that takes care of the cgroup, and may have closed what it is reached by.
            return;
        }
        try {
            engine.cgroups().removeBase(run.record().cgroup());
        } catch (LinuxException e) {
            LOG.warn("The cgroup that container {} was in could not be removed", name, e);
        }
    }

    /** Notes which run has ended: what it has mounted is in the way of the next one. */
    void ended(Run run) {
        ended = run;
    }

    /** Sees to it that nothing of the last run is mounted, and nobody in this JVM works on its files any more. */
    void awaitReleased() {
        Run last = ended;
        if (last == null) {
            return;
        }
        if (!last.awaitWork(PATIENCE)) {
            LOG.warn("Work on the files of container {} goes on beside the next run", name);
        }
        last.release();
    }

    /** Waits until nothing of the last run is left, and what was created is on disk or can't be written. */
    synchronized void await() {
        settling.complete(null);
        awaitReleased();
        settled.exceptionally(failure -> null).join();
    }

    /** Before the container is deleted: nothing of it is mounted any more, and what isn't on disk need not get there. */
    void giveUp() {
        deleted = true;
        await();
    }
}
