package io.lxj;

import io.lxj.config.Command;
import io.lxj.config.ExitStatus;
import io.lxj.config.Stdin;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Uses a container that another JVM runs, tells what it sees, and at last how the container ended. */
final class ObservingJvm {
    private ObservingJvm() {}

    /** The arguments: state folder, container, what to do to it: wait, stop, stop-destroyed, shutdown, expire. */
    public static void main(String[] arguments) throws Exception {
        try (Lxj lxj = Lxj.open(Path.of(arguments[0]))) {
            Container container = lxj.containers().get(arguments[1]);
            System.out.println(container.state() + " " + container.pid().orElseThrow());
            System.out.print(container
                    .exec(Command.of("sh", "-c", "cat; cat /proc/1/comm").stdin(Stdin.text("observed ")))
                    .stdout());
            System.out.print(container.files().readText("/etc/from-owner"));
            container.files().write("/etc/from-observer", "of the observer\n");
            CompletableFuture<ExitStatus> exit = container.onExit();
            System.out.println("ready");
            if (arguments[2].equals("stop-destroyed")) {
                System.out.println(container.stop() + " / " + exit.get());
                return;
            }
            ExitStatus said =
                    switch (arguments[2]) {
                        case "stop" -> container.stop();
                        case "shutdown" -> container.shutdown(Duration.ofMinutes(1));
                        case "expire" -> container.shutdown(Duration.ofMillis(50));
                        default -> exit.get();
                    };
            System.out.println(said + " / " + exit.get() + " / " + container.state() + " / "
                    + container.lastExit().orElseThrow());
        }
    }
}
