package io.lxj.lifecycle;

import io.lxj.config.ExitStatus;
import io.lxj.config.Signal;
import io.lxj.config.State;
import io.lxj.error.CanceledException;
import io.lxj.failure.Failures;
import io.lxj.linux.Errno;
import io.lxj.linux.LinuxException;
import io.lxj.storage.ContainerFolder;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends the run of a container: by asking its init, or by killing all there is. */
final class Stopping {
    private static final Logger LOG = LoggerFactory.getLogger(Stopping.class);

    private final Engine engine;
    private final Instance instance;
    private final String name;

    Stopping(Engine engine, Instance instance) {
        this.engine = engine;
        this.instance = instance;
        this.name = instance.name();
    }

    ExitStatus shutdown(Duration timeout) {
        String action = "shut down " + name;
        Run current = instance.life().running(action, State.STOPPING);
        instance.life().stopping(action, current, false);
        Duration left = timeout;
        try {
            current.unfreeze();
            left = send(current, engine.signals(instance, current.config()).halt(), timeout);
            engine.checkpoints().reached("shutdown: asked");
        } catch (IllegalStateException e) {
            LOG.debug("Container {} has ended meanwhile", name, e);
        } catch (LinuxException e) {
            if (!isGone(e)) {
                instance.life().stopped();
                throw Failures.exception(action, e);
            }
        }
        try {
            Optional<ExitStatus> ended = await(current, left);
            return ended.orElseGet(() -> kill(current, "it did not shut down within " + timeout.toMillis() + " ms"));
        } finally {
            instance.life().stopped();
        }
    }

    ExitStatus stop() {
        String action = "stop " + name;
        Run current = instance.life().running(action, State.STOPPING);
        instance.life().stopping(action, current, true);
        try {
            return kill(current, "stop");
        } finally {
            instance.life().stopped();
        }
    }

    ExitStatus kill(Run current, String reason) {
        current.killing(reason);
        if (current.part() != Run.Part.PARENT) {
            leaveNote(current, reason);
        }
        try {
            current.sendKill();
            engine.checkpoints().reached("stop: killed");
        } catch (LinuxException e) {
            if (!isGone(e)) {
                throw Failures.exception("kill " + name, e);
            }
            LOG.debug("The cgroup of container {} has gone meanwhile", name, e);
        } catch (IllegalStateException e) {
            LOG.debug("Container {} has ended meanwhile", name, e);
        }
        return await(current, Duration.ofDays(1)).orElseThrow();
    }

    private void leaveNote(Run current, String reason) {
        try (ContainerFolder folder = engine.store().open(name)) {
            KillNote.leave(folder.directory(), current.record(), reason);
        } catch (IOException e) {
            // To kill it is more important than to say why.
            LOG.warn("Why container {} is killed could not be written down", name, e);
        }
    }

    /** The processes, or the cgroup that they were in, have gone meanwhile. */
    static boolean isGone(LinuxException e) {
        return e.is(Errno.ENOENT) || e.is(Errno.ENODEV) || e.is(Errno.ESRCH);
    }

    void reboot(Duration timeout) {
        String action = "reboot " + name;
        Run current = instance.life().running(action, State.STOPPING);
        instance.life().stopping(action, current, false);
        try {
            current.unfreeze();
            Duration left =
                    send(current, engine.signals(instance, current.config()).reboot(), timeout);
            engine.checkpoints().reached("reboot: asked");
            if (await(current, left).isEmpty()) {
                kill(current, "it did not reboot within " + timeout.toMillis() + " ms");
            }
        } catch (LinuxException e) {
            throw Failures.exception(action, e);
        } finally {
            instance.life().stopped();
        }
        if (instance.state() == State.STOPPED) {
            instance.start();
        }
    }

    private Duration send(Run current, Signal signal, Duration timeout) throws LinuxException {
        try {
            return new InitSignal(engine.proc(), current, signal).send(timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CanceledException("wait until the init can be signaled");
        }
    }

    private static Optional<ExitStatus> await(Run current, Duration timeout) {
        try {
            return Optional.of(current.exit().get(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CanceledException("wait for the end of the container");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        }
    }
}
