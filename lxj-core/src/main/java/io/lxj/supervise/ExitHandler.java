package io.lxj.supervise;

import io.lxj.linux.Errno;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Pidfd;
import io.lxj.linux.WaitStatus;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** Tells once how a process has ended, and waits for it if it is our child. */
final class ExitHandler implements Handler {
    private static final Duration TRACED = Duration.ofMillis(100);

    private final Pidfd pidfd;
    private final boolean child;
    private final Consumer<Optional<WaitStatus>> onExit;

    ExitHandler(Pidfd pidfd, boolean child, Consumer<Optional<WaitStatus>> onExit) {
        this.pidfd = pidfd;
        this.child = child;
        this.onExit = onExit;
    }

    @Override
    public void ready(int events, Watch watch) throws LinuxException {
        Optional<WaitStatus> status = Optional.empty();
        if (child) {
            try {
                status = pidfd.poll();
                if (status.isEmpty()) {
                    // It has ended, but a debugger holds it: its parent gets the status when that lets go, see
                    // ptrace(2).
                    watch.pause(TRACED);
                    return;
                }
            } catch (LinuxException e) {
                // Somebody else in this process has waited for it.
                if (!e.is(Errno.ECHILD)) {
                    throw e;
                }
            }
        }
        watch.close();
        onExit.accept(status);
    }
}
