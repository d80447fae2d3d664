package io.lxj;

import io.lxj.config.Config;
import io.lxj.error.LxjException;
import io.lxj.testing.TestRootfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Creates two containers, and says why there is but one. */
final class ExhaustingJvm {
    private ExhaustingJvm() {}

    /** The argument: a state folder, or none for a temporary one. */
    public static void main(String[] arguments) throws IOException {
        Path folder = arguments.length > 0
                ? Path.of(arguments[0])
                : Files.createTempDirectory("lxj-exhausted").resolve("state");
        try (Lxj lxj = Lxj.open(folder)) {
            lxj.images().importTarball("busybox", TestRootfs.find("busybox"));
            Config config = Config.ofImage("busybox");
            Container one = lxj.containers().create("one", config);
            try {
                lxj.containers().create("two", config);
            } catch (LxjException e) {
                System.out.println(e.getMessage());
            }
            lxj.containers().list().forEach(container -> System.out.println("left: " + container.name()));
            one.destroy();
            lxj.images().get("busybox").delete();
        }
    }
}
