package io.lxj.examples;

import io.lxj.Container;
import io.lxj.config.ExecResult;
import io.lxj.config.InitSystem;
import java.time.Duration;
import java.util.Set;

/** Waits until the system in a container has booted, and tells what it came to. */
final class Readiness {
    private static final Set<String> BOOTED = Set.of("running", "degraded", "maintenance");
    private static final Duration PAUSE = Duration.ofMillis(20);

    private Readiness() {}

    /** Waits for the end of the boot, prints the state of the system, and lists units that failed. */
    static void await(Container container, InitSystem init, Duration timeout, Line line) throws InterruptedException {
        if (init != InitSystem.SYSTEMD) {
            line.print("this init does not tell when it is ready");
            return;
        }
        String state = awaitSystemd(container, timeout);
        String failed = container
                .exec("systemctl", "list-units", "--failed", "--plain", "--no-legend")
                .stdout();
        long count = failed.lines().count();
        line.print("systemd is " + state + ", " + (count == 0 ? "no" : count) + (count < 2 ? " unit" : " units")
                + " failed");
        line.detail(failed);
    }

    private static String awaitSystemd(Container container, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            // Until the bus is there, systemctl gives up instead of waiting.
            ExecResult result = container.exec("systemctl", "is-system-running", "--wait");
            String state = result.stdout().strip();
            if (BOOTED.contains(state)) {
                return state;
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "the system did not boot within " + timeout.toSeconds() + " s: " + result);
            }
            Thread.sleep(PAUSE.toMillis());
        }
    }
}
