package io.lxj;

import io.lxj.config.Config;
import io.lxj.error.LxjException;
import io.lxj.linux.Kernel;
import io.lxj.linux.Keyctl;
import io.lxj.linux.Syscall;
import io.lxj.testing.TestRootfs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Starts a container and a command in it as a user who has as many keys as allowed; says for whom theirs count. */
public final class SpentKeysJvm {
    private SpentKeysJvm() {}

    /** Without arguments. */
    public static void main(String[] arguments) throws Exception {
        // As after a login: the kernel lets who has no session keyring make one above the quota. Threads to come
        // inherit it.
        if (Kernel.call(Syscall.KEYCTL, Keyctl.KEYCTL_JOIN_SESSION_KEYRING, 0) < 0) {
            throw new IllegalStateException("no session keyring");
        }
        Path folder = Files.createTempDirectory("lxj-keys").resolve("state");
        try (Lxj lxj = Lxj.open(folder);
                TakenKeys taken = new TakenKeys()) {
            lxj.images().importTarball("busybox", TestRootfs.find("busybox"));
            taken.takeAll();
            Container container = lxj.containers().create("own", Config.ofImage("busybox"));
            try {
                container.start();
                System.out.println("init: " + keysOfRoot(container));
                ContainerProcess process = container.process("sleep", "1000000");
                System.out.println("and a command: " + keysOfRoot(container));
                process.destroy();
                container.stop();
            } catch (LxjException e) {
                System.out.println("refused: " + e.getMessage());
            }
            System.out.println(container.state());
            container.destroy();
            lxj.images().get("busybox").delete();
        }
    }

    /** See proc_key_users(5): a line for each user, with how many keys count for the quota behind the fourth colon or blank. */
    private static String keysOfRoot(Container container) throws Exception {
        long root = HostIds.users(container).get(0).first();
        List<String> users = Files.readAllLines(Path.of("/proc/key-users"));
        return users.stream()
                .map(line -> line.strip().split("[:\\s]+"))
                .filter(fields -> fields[0].equals(Long.toString(root)))
                .map(fields -> fields[3].split("/")[0])
                .findFirst()
                .orElse("none");
    }
}
