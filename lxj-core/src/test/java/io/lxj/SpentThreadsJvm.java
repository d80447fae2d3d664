package io.lxj;

import io.lxj.config.Config;
import io.lxj.error.LxjException;
import io.lxj.testing.TestRootfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Uses containers as a user who may have no more processes and threads. */
public final class SpentThreadsJvm {
    private SpentThreadsJvm() {}

    /** Without arguments. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("lxj-spent").resolve("state");
        try (Lxj lxj = Lxj.open(folder)) {
            lxj.images().importTarball("busybox", TestRootfs.find("busybox"));
            Container container = lxj.containers().create("own", Config.ofImage("busybox"));
            container.start();
            // Longer than threads wait for more events.
            Thread.sleep(2000);
            String self = Long.toString(ProcessHandle.current().pid());
            new ProcessBuilder("prlimit", "--pid", self, "--nproc=1:")
                    .inheritIO()
                    .start()
                    .waitFor();
            try {
                container.exec("true");
                System.out.println("executed");
            } catch (LxjException e) {
                System.out.println("refused: " + e.getMessage());
            }
            container.stop();
            System.out.println("then: " + container.state());
            container.destroy();
            lxj.images().get("busybox").delete();
        }
        System.out.println("left: " + folder.resolve("containers").toFile().list().length);
    }
}
