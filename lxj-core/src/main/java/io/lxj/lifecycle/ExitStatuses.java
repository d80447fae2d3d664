package io.lxj.lifecycle;

import io.lxj.config.ExitStatus;
import io.lxj.config.Signal;
import io.lxj.linux.Block;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Scratch;
import io.lxj.linux.WaitStatus;
import java.util.Optional;

/** How a container ended, told from how its init did. */
final class ExitStatuses {
    /** siginfo_t: si_code at 8, si_status at 24. */
    private static final int SIGINFO_SIZE = 128;

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

    /** What a keeper wrote when the init had ended. */
    static Optional<WaitStatus> read(Fd file) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block siginfo = scratch.zeroed(SIGINFO_SIZE);
            if (file.read(siginfo, 0, SIGINFO_SIZE, 0) < SIGINFO_SIZE) {
                return Optional.empty();
            }
            return Optional.of(WaitStatus.ofSiginfo(
                    siginfo.buffer().getInt(8), siginfo.buffer().getInt(24)));
        }
    }
}
