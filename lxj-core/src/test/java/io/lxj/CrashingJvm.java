package io.lxj;

import io.lxj.config.Config;
import io.lxj.config.ImportOptions;
import io.lxj.config.OnExit;
import io.lxj.config.Signal;
import io.lxj.config.State;
import io.lxj.config.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Takes a container through its whole life, and ends itself with SIGKILL when it reaches a step. */
final class CrashingJvm {
    private static final Map<String, Integer> TIMES = new ConcurrentHashMap<>();

    private CrashingJvm() {}

    /**
     * The arguments: state folder, archive, step, storage, what happens at the JVM's end, how the container is ended,
     * and how it is begun.
     */
    public static void main(String[] arguments) {
        String step = arguments[2];
        Config config = Config.ofImage("busybox")
                .storage(Storage.valueOf(arguments[3]))
                .onExit(OnExit.valueOf(arguments[4]))
                .stopSignal(Signal.SIGUSR1)
                .rebootSignal(Signal.SIGUSR2)
                .init("/bin/sh", "-c", "trap 'poweroff -f' USR1; trap 'reboot -f' USR2; while :; do sleep 0.1; done");
        try (Lxj lxj = Lxj.open(Path.of(arguments[0]), reached -> dieAt(step, reached))) {
            lxj.images()
                    .importTarball(
                            "busybox",
                            Path.of(arguments[1]),
                            ImportOptions.defaults(),
                            progress -> dieAt(step, "import: progress"));
            dieAt(step, "import: done");
            Container container = arguments[6].equals("launch")
                    ? lxj.containers().launch("web1", config)
                    : lxj.containers().create("web1", config);
            if (container.state() == State.STOPPED) {
                container.start();
            }
            dieAt(step, "running");
            container.exec("sh", "-c", "sleep 1000000 & echo started");
            switch (arguments[5]) {
                case "shutdown" -> container.shutdown();
                case "reboot" -> container.reboot();
                default -> container.stop();
            }
            container.destroy();
        }
        System.out.println("came to the end");
    }

    /** A step with a number behind it is meant when it is reached for that time. */
    private static void dieAt(String step, String reached) {
        int time = TIMES.merge(reached, 1, Integer::sum);
        if (reached.equals(step) || step.equals(reached + " " + time)) {
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
