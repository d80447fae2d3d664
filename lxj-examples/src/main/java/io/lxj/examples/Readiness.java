package io.lxj.examples;

import io.lxj.Container;
import io.lxj.config.InitSystem;
import java.time.Duration;

/** Waits until the system in a container has booted, and tells what it came to. */
final class Readiness {
    private Readiness() {}

    /** Waits for the end of the boot, prints the state of the system, and lists units that failed. */
    static void await(Container container, InitSystem init, Duration timeout, Line line) {
        container.awaitReady(timeout);
        if (init != InitSystem.SYSTEMD) {
            line.print("this init does not tell when it is ready");
            return;
        }
        String state = container
                .exec("systemctl", "is-system-running", "--wait")
                .stdout()
                .strip();
        String failed = container
                .exec("systemctl", "list-units", "--failed", "--plain", "--no-legend")
                .stdout();
        long count = failed.lines().count();
        line.print("systemd is " + state + ", " + (count == 0 ? "no" : count) + (count < 2 ? " unit" : " units")
                + " failed");
        line.detail(failed);
    }
}
