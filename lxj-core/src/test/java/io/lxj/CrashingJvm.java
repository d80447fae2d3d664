package io.lxj;

import io.lxj.config.Config;
import io.lxj.config.ImportOptions;
import io.lxj.config.OnExit;
import io.lxj.config.Storage;
import java.io.IOException;
import java.nio.file.Path;

/** Takes a container through its whole life, and ends itself with SIGKILL when it reaches a step. */
final class CrashingJvm {
    private CrashingJvm() {}

    /**
     * The arguments: state folder, archive, step, storage, what happens at the JVM's end.
     */
    public static void main(String[] arguments) {
        String step = arguments[2];
        Config config = Config.ofImage("busybox")
                .storage(Storage.valueOf(arguments[3]))
                .onExit(OnExit.valueOf(arguments[4]))
                .init("/bin/sh", "-c", "while :; do sleep 1000000; done");
        try (Lxj lxj = Lxj.open(Path.of(arguments[0]), reached -> dieAt(step, reached))) {
            lxj.images()
                    .importTarball(
                            "busybox",
                            Path.of(arguments[1]),
                            ImportOptions.defaults(),
                            progress -> dieAt(step, "import: progress"));
            dieAt(step, "import: done");
            Container container = lxj.containers().create("web1", config);
            container.start();
            dieAt(step, "running");
            container.exec("sh", "-c", "sleep 1000000 & echo started");
            container.stop();
            container.destroy();
        }
        System.out.println("came to the end");
    }

    private static void dieAt(String step, String reached) {
        if (reached.equals(step)) {
            System.out.println("reached");
            try {
                new ProcessBuilder(
                                "kill",
                                "-9",
                                Long.toString(ProcessHandle.current().pid()))
                        .start()
                        .waitFor();
                Thread.sleep(60_000);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
