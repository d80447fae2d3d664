package io.lxj;

import io.lxj.config.Config;
import io.lxj.config.Device;
import io.lxj.config.IdMap;
import io.lxj.config.IdRange;
import io.lxj.config.OnExit;
import io.lxj.config.Storage;
import io.lxj.error.InvalidConfigException;
import io.lxj.error.LxjException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Runs containers inside a container, and says how each of them sees itself. */
final class NestedJvm {
    private static final Config CONFIG = Config.ofImage("busybox");

    private NestedJvm() {}

    /** The argument: a root filesystem. */
    public static void main(String[] arguments) {
        System.out.println("usable " + Host.check().isUsable());
        try (Lxj lxj = Lxj.open(Path.of("/dev/shm/lxj"))) {
            lxj.images().importTarball("busybox", Path.of(arguments[0]));
            say(lxj, "default", CONFIG);
            say(lxj, "kept", CONFIG.onExit(OnExit.KEEP));
            say(lxj, "privileged", CONFIG.privileged());
            refuse(lxj, CONFIG.device(Device.host(Path.of("/dev/null"), "/dev/other")));
            refuse(lxj, CONFIG.idMap(IdMap.of(0, 65_537)));
            refuse(lxj, CONFIG.idMap(new IdMap(List.of(IdRange.of(0, 0, 65_536)), List.of(IdRange.of(0, 70_000, 1)))));
            exhaust(lxj);
        }
        // On the container's own files: an overlay, on which no mount can map ids.
        try (Lxj lxj = Lxj.open(Path.of("/var/lib/lxj"))) {
            lxj.images().importTarball("busybox", Path.of(arguments[0]));
            say(lxj, "copied", CONFIG.storage(Storage.COPY));
            say(lxj, "sharing", CONFIG.storage(Storage.COPY).idMap(IdMap.of(0, 65_536)));
        }
    }

    private static void refuse(Lxj lxj, Config config) {
        try {
            lxj.containers().create("refused", config);
        } catch (InvalidConfigException e) {
            System.out.println(e.getMessage());
        }
    }

    /** There are ids for one container more. */
    private static void exhaust(Lxj lxj) {
        Container last = lxj.containers().create("last", CONFIG);
        try {
            lxj.containers().create("one-too-many", CONFIG);
        } catch (LxjException e) {
            System.out.println(e.getMessage());
        }
        last.destroy();
    }

    static void say(Lxj lxj, String name, Config config) {
        Container container = lxj.containers().create(name, config);
        container.start();
        container.files().write("/etc/by-lxj", "written\n");
        String script =
                "touch /etc/own; for i in null zero full random urandom tty; do test -c /dev/$i || echo $i; done;"
                        + " echo >/dev/null; echo $(stat -c %u:%g /etc/own /etc/by-lxj /dev/mqueue) $(cat /etc/by-lxj)"
                        + " $(tr -s ' ' </proc/self/uid_map | head -n 1) $(ls -d /sys/fs/cgroup/cgroup.procs)";
        System.out.print(name + " " + container.exec("sh", "-c", script).stdout());
        System.out.println(
                name + " " + container.shutdown(Duration.ofSeconds(60)).cause());
        container.destroy();
    }
}
