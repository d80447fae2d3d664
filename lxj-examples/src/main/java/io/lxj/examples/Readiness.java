package io.lxj.examples;

import io.lxj.Container;
import io.lxj.config.Command;
import io.lxj.config.InitSystem;
import java.time.Duration;
import java.util.stream.Collectors;

/** Waits until the system in a container has booted, and tells what it came to. */
final class Readiness {
    private Readiness() {}

    /**
     * Waits for the end of the boot, and prints the state of the system.
     *
     * @throws IllegalStateException if systemd isn't content; the message names the units that failed
     */
    static void await(Container container, InitSystem init, Duration timeout, Line line) {
        container.awaitReady(timeout);
        if (init != InitSystem.SYSTEMD) {
            line.print("this init does not tell when it is ready");
            return;
        }
        String state = systemctl(container, timeout, "is-system-running", "--wait");
        String failed = systemctl(container, timeout, "list-units", "--failed", "--plain", "--no-legend");
        if (!state.equals("running") || !failed.isEmpty()) {
            String units = failed.lines().map(unit -> unit.split(" ", 2)[0]).collect(Collectors.joining(", "));
            throw new IllegalStateException("systemd is " + state + "; units that failed: "
                    + (units.isEmpty() ? "none" : units + "; see systemctl status and journalctl in such a container"));
        }
        line.print("systemd is running, no unit failed");
    }

    private static String systemctl(Container container, Duration timeout, String... arguments) {
        Command command = Command.of("systemctl", arguments).timeout(timeout);
        return container.exec(command).stdout().strip();
    }
}
