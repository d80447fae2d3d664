package io.lxj.supervise;

import io.lxj.config.PressureThreshold;
import io.lxj.linux.Cgroup;
import io.lxj.linux.Epoll;
import io.lxj.linux.LinuxException;
import io.lxj.linux.PressureTrigger;
import java.io.IOException;
import java.util.function.Consumer;

/** Has the kernel watch for a threshold of pressure in a cgroup. Thread-safe. */
public final class PressureWatch implements AutoCloseable {
    private final PressureTrigger trigger;
    private final Registration registration;

    private PressureWatch(PressureTrigger trigger, Registration registration) {
        this.trigger = trigger;
        this.registration = registration;
    }

    /**
     * Asks the kernel to watch.
     *
     * @param cgroup whose processes
     * @param threshold when it is to tell
     * @return the threshold in force, to be closed by the caller
     * @throws LinuxException EINVAL if the kernel doesn't take the threshold, EOPNOTSUPP if it doesn't measure pressure
     */
    public static PressureTrigger trigger(Cgroup cgroup, PressureThreshold threshold) throws LinuxException {
        return PressureTrigger.open(
                cgroup,
                threshold.resource().toString(),
                threshold.isFull(),
                threshold.stall().toNanos() / 1000,
                threshold.window().toNanos() / 1000);
    }

    /**
     * Begins to watch.
     *
     * @param supervisor on whose thread that is done
     * @param cgroup whose processes
     * @param threshold when to tell
     * @param told is told, on that thread; must not wait
     * @return what watches, to be closed by the caller
     * @throws IOException as {@link #trigger} does
     */
    public static PressureWatch watch(
            Supervisor supervisor, Cgroup cgroup, PressureThreshold threshold, Consumer<PressureThreshold> told)
            throws IOException {
        PressureTrigger trigger = trigger(cgroup, threshold);
        try {
            return new PressureWatch(trigger, supervisor.watch(trigger.fd(), Epoll.EPOLLPRI, (events, watch) -> {
                if ((events & Epoll.EPOLLERR) != 0) {
                    // The cgroup was removed.
                    watch.close();
                } else {
                    told.accept(threshold);
                }
            }));
        } catch (IOException | RuntimeException | Error e) {
            trigger.close();
            throw e;
        }
    }

    @Override
    public void close() {
        registration.close();
        trigger.close();
    }
}
