package io.lxj;

import io.lxj.config.Config;
import java.nio.file.Files;
import java.nio.file.Path;

/** Starts a container that ends with its JVM, says the pid of the init and in which cgroup it is, and ends itself without closing anything. */
final class EndingJvm {
    private EndingJvm() {}

    /** The arguments: state folder, how to end. */
    public static void main(String[] arguments) throws Exception {
        Lxj lxj = Lxj.open(Path.of(arguments[0]));
        Container container = lxj.containers()
                .create(
                        "brief",
                        Config.ofImage("busybox").init("/bin/sh", "-c", "sleep 1000000 & while :; do sleep 0.1; done"));
        container.start();
        container.exec("sh", "-c", "sleep 1000000 & exit 0");
        long init = container.pid().orElseThrow();
        String cgroups = Files.readString(Path.of("/proc/" + init + "/cgroup"));
        System.out.println(init + " " + cgroups.replaceAll("(?s).*0::/((?:.*/)?lxj-[^/]*)/.*", "$1"));
        switch (arguments[1]) {
            case "return" -> {}
            case "exit" -> System.exit(3);
            case "halt" -> Runtime.getRuntime().halt(4);
            case "throw" -> throw new IllegalStateException("meant to be seen by nobody");
            default -> Thread.sleep(600_000);
        }
    }
}
