package io.lxj;

import io.lxj.config.Config;
import io.lxj.error.LxjException;
import io.lxj.linux.Deputy;
import io.lxj.storage.OwnIds;
import io.lxj.storage.SubordinateIds;
import io.lxj.testing.TestRootfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Runs two containers as a user who has ids for both, and says what came of it. */
public final class OwnIdsJvm {
    /** The environment variable with the folder to make a state folder in; a temporary one if it isn't set. */
    static final String PLACE = "LXJ_PLACE";

    private OwnIdsJvm() {}

    /** Without arguments. */
    public static void main(String[] arguments) throws IOException {
        String place = System.getenv(PLACE);
        Path folder = place == null
                ? Files.createTempDirectory("lxj-own-ids").resolve("state")
                : Path.of(place).resolve("state");
        try (Lxj lxj = Lxj.open(folder)) {
            lxj.images().importTarball("busybox", TestRootfs.find("busybox"));
            for (String name : new String[] {"one", "two"}) {
                Container container = lxj.containers().create(name, Config.ofImage("busybox"));
                container.files().write("/tmp/given", new byte[1], 0644, 7, 8);
                container.start();
                System.out.println(container);
                String script = "read inside outside count </proc/self/uid_map; echo $outside $count;"
                        + " stat -c %u:%g /tmp/given; chown 9:10 /tmp/given; su -s /bin/sh nobody -c 'id -u';"
                        + " grep -o ' / / [^ ]*' /proc/self/mountinfo";
                System.out.print(container.exec("sh", "-c", script).stdout());
            }
            OwnIds ids = SubordinateIds.ofThisUser();
            try (Deputy deputy = Deputy.start(folder, ids)) {
                System.out.println("its ids: " + OwnIds.of(deputy).equals(ids));
            }
            lxj.containers().list().forEach(container -> {
                container.stop();
                System.out.println(container.files().info("/tmp/given").uid());
                container.destroy();
            });
            try (ImageBuilder builder = lxj.images().builder(lxj.images().get("busybox"))) {
                builder.run("/bin/busybox", "touch", "/tmp/built");
                System.out.println("built");
            } catch (LxjException e) {
                System.out.println("refused: " + e.getMessage());
            }
            lxj.images().get("busybox").delete();
        }
        // Who has no lines in /etc/subuid and /etc/subgid.
        String user = System.getProperty("user.name");
        System.setProperty("user.name", "nobody");
        Path later = folder.resolveSibling("later");
        Lxj.open(later).close();
        try (Lxj lxj = Lxj.open(folder)) {
            System.out.println("opened " + lxj);
        } catch (LxjException e) {
            System.out.println("refused: " + e.getMessage());
        }
        System.setProperty("user.name", user);
        try (Lxj lxj = Lxj.open(later)) {
            System.out.println("went over with " + lxj.images().list().size() + " images");
        }
    }
}
