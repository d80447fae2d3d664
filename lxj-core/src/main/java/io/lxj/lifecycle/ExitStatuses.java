package io.lxj.lifecycle;

import io.lxj.config.ExitStatus;
import io.lxj.config.Signal;
import io.lxj.linux.WaitStatus;
import java.util.Optional;

/** How a container ended, told from how its init did. */
final class ExitStatuses {
    private ExitStatuses() {}

    /**
     * How a container ended.
     *
     * @param status how its init did
     * @param killReason why lxj killed it, if it did
     * @param outOfMemory whether the kernel has killed processes of it in that run because memory ran out
     */
    static ExitStatus of(WaitStatus status, Optional<String> killReason, boolean outOfMemory) {
        if (status.signal().isEmpty()) {
            return ExitStatus.exited(status.exitCode().getAsInt());
        }
        Signal signal = Signal.of(status.signal().get().number());
        if (signal.equals(Signal.SIGKILL) && killReason.isPresent()) {
            return ExitStatus.killed(killReason.get());
        }
        if (signal.equals(Signal.SIGKILL) && outOfMemory) {
            return ExitStatus.outOfMemory();
        }
        return ExitStatus.signaled(signal);
    }
}
