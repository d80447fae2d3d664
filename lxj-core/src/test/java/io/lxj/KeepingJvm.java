package io.lxj;

import io.lxj.config.BindMount;
import io.lxj.config.Config;
import io.lxj.config.Mount;
import io.lxj.config.OnExit;
import io.lxj.config.State;
import java.nio.file.Path;

/** Starts a container that outlives this JVM, and waits to be killed or for a line to end by itself. */
final class KeepingJvm {
    private KeepingJvm() {}

    /** The arguments: state folder, a folder to share with the container, the script that is its init. */
    public static void main(String[] arguments) throws Exception {
        try (Lxj lxj = Lxj.open(Path.of(arguments[0]))) {
            BindMount shared = Mount.bind(Path.of(arguments[1]), "/shared");
            Container container = lxj.containers()
                    .create(
                            "kept",
                            Config.ofImage("busybox")
                                    .onExit(OnExit.KEEP)
                                    .mount(TestLxj.shared(shared))
                                    .init("/bin/sh", "-c", arguments[2]));
            container.start();
            System.out.println(container.pid().orElseThrow());
            if (arguments[3].equals("reboot")) {
                System.out.println(container.onExit().get().cause());
                container.awaitState(State.RUNNING, TestLxj.LONG);
                System.out.println(container.pid().orElseThrow());
            }
            if (arguments[3].equals("wait")) {
                Thread.sleep(600_000);
            }
        }
    }
}
