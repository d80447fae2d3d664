package io.lxj;

import io.lxj.config.Config;
import io.lxj.error.LxjException;
import io.lxj.linux.Kernel;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Scratch;
import io.lxj.linux.Syscall;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/** Starts a container and commands in it as a user who has as many keys as allowed, and as one who has almost as many. */
final class KeysJvm {
    private static final long KEY_SPEC_USER_KEYRING = -4;
    private static final long KEYCTL_UNLINK = 9;
    private static final int COMMANDS = 30;

    private final Deque<Long> keys = new ArrayDeque<>();

    private KeysJvm() {}

    /** The argument: a root filesystem. */
    public static void main(String[] arguments) throws LinuxException {
        new KeysJvm().run(Path.of(arguments[0]));
    }

    private void run(Path rootfs) throws LinuxException {
        try (Lxj lxj = Lxj.open(Path.of("/dev/shm/lxj"))) {
            lxj.images().importTarball("busybox", rootfs);
            Container container = lxj.containers().create("kept", Config.ofImage("busybox"));
            takeAll();
            say(container::start);
            giveBack(1);
            container.start();
            takeAll();
            say(() -> container.exec("true"));
            giveBack(1);
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

    /** See add_key(2). */
    private void takeAll() throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long type = scratch.string("user".getBytes(StandardCharsets.US_ASCII));
            while (true) {
                long name = scratch.string(("lxj-" + keys.size()).getBytes(StandardCharsets.US_ASCII));
                long key = Kernel.call(Syscall.ADD_KEY, type, name, type, 4, KEY_SPEC_USER_KEYRING);
                if (key < 0) {
                    return;
                }
                keys.push(key);
            }
        }
    }

    private void giveBack(int count) {
        for (int i = 0; i < count; i++) {
            Kernel.call(Syscall.KEYCTL, KEYCTL_UNLINK, keys.pop(), KEY_SPEC_USER_KEYRING);
        }
    }
}
