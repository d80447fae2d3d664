package io.lxj.lifecycle;

import io.lxj.linux.LinuxException;
import io.lxj.linux.Pidfd;
import io.lxj.linux.Signal;
import io.lxj.supervise.Supervisor;
import java.io.IOException;
import java.time.Duration;

/**
 * Ends commands that nobody waits for any more. A process of the container that traces one gets its status first, see
 * ptrace(2), and may never take it: what isn't gone soon is left to the supervisor. Thread-safe.
 */
final class Reaping {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Supervisor supervisor;

    Reaping(Supervisor supervisor) {
        this.supervisor = supervisor;
    }

    /**
     * Kills a child of this JVM and takes its status.
     *
     * @param process the process; this takes it over
     */
    void kill(Pidfd process) throws IOException {
        try {
            process.send(Signal.SIGKILL);
            if (process.awaitExit(PATIENCE) && process.poll().isPresent()) {
                process.close();
                return;
            }
        } catch (LinuxException e) {
            process.close();
            throw e;
        }
        supervisor.watchExit(process, true, ended -> process.close());
    }
}
