package io.lxj.lifecycle;

import io.lxj.config.ContainerEvent;
import io.lxj.config.PressureThreshold;
import io.lxj.error.LxjException;
import io.lxj.error.UnsupportedHostException;
import io.lxj.failure.Failures;
import io.lxj.linux.Errno;
import io.lxj.linux.LinuxException;
import io.lxj.supervise.CgroupEvents;
import io.lxj.supervise.PressureWatch;
import io.lxj.supervise.Registration;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who hears of what the kernel tells of a container's cgroup, over all of its runs. As long as nobody does, nothing is
 * opened and nothing is watched. Thread-safe; this object's monitor is taken after that of {@link Life}.
 */
public final class ContainerEvents {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerEvents.class);
    private static final Duration UNPRIVILEGED = Duration.ofSeconds(2);

    private final Engine engine;
    private final Instance instance;
    private final List<EventSubscription> subscriptions = new CopyOnWriteArrayList<>();
    // All guarded by this.
    private Optional<Run> current = Optional.empty();
    private Optional<CgroupEvents> watch = Optional.empty();

    ContainerEvents(Engine engine, Instance instance) {
        this.engine = engine;
        this.instance = instance;
    }

    /** Is told of events, one after the other. */
    public interface Listener {
        /**
         * Something has happened.
         *
         * @param event what has happened
         */
        void happened(ContainerEvent event);

        /**
         * The listener was too slow for some events.
         *
         * @param events how many
         */
        void lost(long events);
    }

    /**
     * Adds a listener.
     *
     * @param listener the listener
     * @param thresholds of which pressure it is to be told
     * @return removes it when it is closed
     */
    public Registration add(Listener listener, List<PressureThreshold> thresholds) {
        String action = "listen to events of " + instance.name();
        if (!engine.cgroups().isThere()) {
            throw new UnsupportedHostException(action, "cgroup of this user's for the container", CgroupTree.ADVICE);
        }
        instance.join();
        instance.check();
        for (PressureThreshold threshold : thresholds) {
            check(action, threshold);
        }
        EventSubscription added =
                new EventSubscription(listener, engine.supervisor().lane(), thresholds);
        synchronized (this) {
            subscriptions.add(added);
            current.ifPresent(run -> begin(action, run, added));
        }
        return () -> remove(added);
    }

    private void begin(String action, Run run, EventSubscription added) {
        try {
            open(run, false);
            added.begin(engine.supervisor(), run.cgroup(action));
        } catch (IOException | IllegalStateException e) {
            boolean ended = run.exit().isDone() || !instance.life().isCurrent(run);
            if (!ended && e instanceof IOException failure) {
                remove(added);
                throw Failures.exception(action, failure);
            }
            // Nothing more is to be told of that run.
            LOG.debug("Container {} has ended", instance.name(), e);
        }
    }

    /** A threshold that the kernel would refuse at the next start is refused now. */
    private void check(String action, PressureThreshold threshold) {
        try {
            engine.cgroups().look(Set.of(), cgroup -> PressureWatch.trigger(cgroup, threshold)
                    .close());
        } catch (LinuxException e) {
            throw refused(action, threshold, e);
        }
    }

    private static LxjException refused(String action, PressureThreshold threshold, LinuxException e) {
        boolean odd = threshold.window().toNanos() % UNPRIVILEGED.toNanos() != 0;
        if (e.is(Errno.EINVAL) && odd) {
            return new LxjException(
                    Failures.of(action, e)
                            .hint(
                                    "this process hasn't got CAP_SYS_RESOURCE: the window has to be 2, 4, 6, 8 or 10 seconds"),
                    e);
        }
        if (e.is(Errno.EOPNOTSUPP) || e.is(Errno.ENOENT)) {
            return new UnsupportedHostException(action, "measuring of pressure", "boot with psi=1");
        }
        return Failures.exception(action, e);
    }

    private synchronized void remove(EventSubscription removed) {
        if (subscriptions.remove(removed)) {
            removed.close();
            if (subscriptions.isEmpty()) {
                close();
            }
        }
    }

    /** A run has begun, or this JVM takes part in one from now on. */
    synchronized void begin(Run run, boolean fresh) {
        current = run.cgroup().isPresent() ? Optional.of(run) : Optional.empty();
        if (current.isPresent() && !subscriptions.isEmpty()) {
            try {
                open(run, fresh);
                for (EventSubscription subscription : subscriptions) {
                    subscription.begin(engine.supervisor(), run.cgroup().orElseThrow());
                }
            } catch (IOException | IllegalStateException e) {
                LOG.warn("Not all events of container {} can be told", instance.name(), e);
            }
        }
    }

    private void open(Run run, boolean fresh) throws IOException {
        if (watch.isEmpty()) {
            watch = Optional.of(CgroupEvents.watch(
                    engine.supervisor(),
                    run.cgroup().orElseThrow(),
                    CgroupTree.PAYLOAD,
                    engine.oomVictims(),
                    fresh,
                    this::tell));
        }
    }

    private void tell(ContainerEvent event) {
        subscriptions.forEach(each -> each.tell(event));
    }

    /** A run has ended, and its cgroup is about to be removed. */
    synchronized void ending(Run run) {
        if (isCurrent(run) && watch.isPresent()) {
            try {
                watch.get().look();
            } catch (IOException e) {
                LOG.debug("The last events of {} can't be told", instance.name(), e);
            }
        }
    }

    /** The cgroup of a run was removed, or this JVM takes no part in the run any more. */
    synchronized void end(Run run, boolean removed) {
        if (isCurrent(run)) {
            if (removed) {
                watch.ifPresent(CgroupEvents::removed);
            }
            close();
            current = Optional.empty();
        }
    }

    private boolean isCurrent(Run run) {
        return current.filter(known -> known == run).isPresent();
    }

    private void close() {
        subscriptions.forEach(EventSubscription::end);
        watch.ifPresent(CgroupEvents::close);
        watch = Optional.empty();
    }
}
