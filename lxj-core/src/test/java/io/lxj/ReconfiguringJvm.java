package io.lxj;

import io.lxj.config.Config;
import java.nio.file.Path;

/** Configures a container that runs not to have ids for others any more, says the first of those, and waits to be killed. */
final class ReconfiguringJvm {
    private ReconfiguringJvm() {}

    /** The argument: a state folder. */
    public static void main(String[] arguments) throws Exception {
        try (Lxj lxj = Lxj.open(Path.of(arguments[0]))) {
            Config config = Config.ofImage("busybox").init("/bin/sleep", "1000000");
            Container container = lxj.containers().create("changed", config.nesting(1));
            container.start();
            container.configure(config);
            System.out.println(HostIds.users(container).get(1).first());
            Thread.sleep(600_000);
        }
    }
}
