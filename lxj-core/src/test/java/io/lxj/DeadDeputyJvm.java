package io.lxj;

import io.lxj.config.Config;
import io.lxj.error.LxjException;
import io.lxj.testing.TestRootfs;
import java.nio.file.Files;
import java.nio.file.Path;

/** Ends a container when whoever handles files for this user is gone: somebody has killed that process. */
public final class DeadDeputyJvm {
    private DeadDeputyJvm() {}

    /** Without arguments. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory("lxj-deputy").resolve("state");
        Lxj lxj = Lxj.open(folder);
        lxj.images().importTarball("busybox", TestRootfs.find("busybox"));
        Container container = lxj.containers().create("own", Config.ofImage("busybox"));
        container.start();
        long init = container.pid().orElseThrow();
        ProcessHandle.current().children().filter(child -> child.pid() != init).forEach(ProcessHandle::destroyForcibly);
        try {
            container.files().read("/etc/passwd");
            System.out.println("read");
        } catch (LxjException e) {
            System.out.println("refused: " + e.getMessage());
        }
        try {
            System.out.println("stop: " + container.stop());
        } catch (LxjException e) {
            System.out.println("stop failed: " + e.getMessage());
        }
        System.out.println("init is there: " + Files.exists(Path.of("/proc/" + init)));
        // The next one has another, and puts in order what this one has left.
        try (Lxj next = Lxj.open(folder)) {
            Container left = next.containers().get("own");
            System.out.println("then: " + left.state());
            left.destroy();
            next.images().get("busybox").delete();
        }
        // With the JVM ends what is left of the first; nobody is asked for its sake.
        Runtime.getRuntime().halt(0);
    }
}
