package io.lxj;

import io.lxj.config.Config;
import io.lxj.error.LxjException;
import io.lxj.linux.LinuxException;
import java.nio.file.Path;

/** Starts a container and commands in it as a user who has as many keys as allowed, and as one who has almost as many. */
final class KeysJvm {
    private static final int COMMANDS = 30;

    private KeysJvm() {}

    /** The argument: a root filesystem. */
    public static void main(String[] arguments) throws LinuxException {
        try (Lxj lxj = Lxj.open(Path.of("/dev/shm/lxj"));
                TakenKeys keys = new TakenKeys()) {
            lxj.images().importTarball("busybox", Path.of(arguments[0]));
            Container container = lxj.containers().create("kept", Config.ofImage("busybox"));
            keys.takeAll();
            say(container::start);
            keys.giveBack(1);
            container.start();
            keys.takeAll();
            say(() -> container.exec("true"));
            keys.giveBack(1);
            for (int i = 0; i < COMMANDS; i++) {
                container.exec("true");
            }
            System.out.println(COMMANDS + " commands, one after the other");
            container.stop();
            container.destroy();
        }
    }

    private static void say(Runnable launch) {
        try {
            launch.run();
            System.out.println("launched");
        } catch (LxjException e) {
            System.out.println(e.getMessage());
        }
    }
}
