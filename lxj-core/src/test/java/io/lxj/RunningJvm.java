package io.lxj;

import io.lxj.config.Config;
import io.lxj.testing.TestRootfs;
import java.io.IOException;
import java.nio.file.Path;

/** Runs a container until it reads a line, and says which ids of the host it has. */
final class RunningJvm {
    private RunningJvm() {}

    /** The argument: a state folder. */
    public static void main(String[] arguments) throws IOException {
        try (Lxj lxj = Lxj.open(Path.of(arguments[0]))) {
            lxj.images().importTarball("busybox", TestRootfs.find("busybox"));
            Container container =
                    lxj.containers().create("running", Config.ofImage("busybox").init("/bin/sleep", "1000000"));
            container.start();
            HostIds.Range users = HostIds.users(container).get(0);
            System.out.println(users.first());
            System.out.println(users.last());
            System.in.read();
            container.stop();
            container.destroy();
        }
    }
}
