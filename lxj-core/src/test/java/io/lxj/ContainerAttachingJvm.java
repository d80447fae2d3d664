package io.lxj;

import io.lxj.config.Config;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** Starts a container and attaches its own terminal to that one's console: once, and when it is told to, once more. */
final class ContainerAttachingJvm {
    /** Says what comes by its controlling terminal: lines, sizes, Ctrl-c. */
    private static final String TELLS = "trap 'echo resized: $(stty size)' WINCH; trap 'echo interrupted' INT;"
            + " echo begun; while :; do"
            + " if read -t 1 line; then echo \"got $line\"; test \"$line\" = stop && exit; fi; done";

    private ContainerAttachingJvm() {}

    /** The arguments: a state folder, and a root filesystem. */
    public static void main(String[] arguments) throws Exception {
        try (Lxj lxj = Lxj.open(Path.of(arguments[0]))) {
            lxj.images().importTarball("busybox", Path.of(arguments[1]));
            Container container = lxj.containers()
                    .create(
                            "web1",
                            Config.ofImage("busybox").init("/bin/sh", "-c", "setsid -c sh -c \"$0\"; exit 0", TELLS));
            container.start();
            container.console().waitFor("begun", Duration.ofMinutes(1));
            System.out.println("first: " + container.console().attach());
            // Whatever else reads the terminal has it for itself again.
            String line = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII)).readLine();
            System.out.println("read: " + line);
            System.out.println("second: " + container.console().attach());
            container.destroy();
            lxj.images().get("busybox").delete();
        }
    }
}
