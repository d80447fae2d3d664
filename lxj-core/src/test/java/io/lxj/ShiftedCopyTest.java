package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Command;
import io.lxj.config.Config;
import io.lxj.config.ExecResult;
import io.lxj.config.IdMap;
import io.lxj.config.OnExit;
import io.lxj.config.User;
import io.lxj.image.SystemTar;
import io.lxj.image.TreeListing;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.TestRootfs;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Containers on file systems that no mount can map the ids of, such as the root of a container of another runtime. */
@NeedsRoot("mounts disks")
@NeedsRootfs("busybox")
@NeedsCommand({"mount", "umount", "fuse-overlayfs", "setfacl", "setcap", "tar"})
@LeaksNothing
@Timeout(120)
class ShiftedCopyTest {
    private static final String[] SLEEP = {"-c", "while :; do sleep 1000; done"};
    private static final String LOOK = "find / -xdev ! -type d -exec stat -c '%n %F %a %u %g %h %N' {} + | sort;"
            + " find / -xdev -type d -exec stat -c '%n %F %a %u %g' {} + | sort";
    private static final String TREE = "mkdir tree && echo x >tree/file && chown 12:34 tree/file"
            + " && chmod 600 tree/file && setfacl -m u:56:r tree/file"
            + " && cp /bin/busybox tree && setcap cap_net_raw+ep tree/busybox";

    private Path folder;

    /** What a state folder is on. */
    enum World {
        EXT4,
        OVERLAY,
        FUSE
    }

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createTempDirectory("lxj-shift");
    }

    @AfterEach
    void removeFolder() throws Exception {
        for (World world : World.values()) {
            if (Files.exists(folder.resolve("mounted-" + world))) {
                SystemTar.run(folder, "umount", world.name());
            }
        }
        TestLxj.remove(folder);
    }

    private Path world(World world) throws Exception {
        Path point = Files.createDirectory(folder.resolve(world.name()));
        if (world == World.EXT4) {
            return point.resolve("state");
        }
        for (String layer : new String[] {"lower", "upper", "work"}) {
            Files.createDirectory(folder.resolve(layer + world));
        }
        String options = "lowerdir=lower" + world + ",upperdir=upper" + world + ",workdir=work" + world;
        if (world == World.FUSE) {
            SystemTar.run(folder, "fuse-overlayfs", "-o", options + ",allow_other", world.name());
        } else {
            SystemTar.run(folder, "mount", "-t", "overlay", "overlay", "-o", options, world.name());
        }
        Files.createFile(folder.resolve("mounted-" + world));
        return point.resolve("state");
    }

    private static Container create(Lxj lxj, String image) {
        return lxj.containers().create("c", Config.ofImage(image).init("/bin/sh", SLEEP));
    }

    private static String sh(Container container, String script) {
        ExecResult result = container.exec("sh", "-c", script);
        assertThat(result.isSuccess()).as(result.stdout() + result.stderr()).isTrue();
        return result.stdout();
    }

    private static String firstId(Container container) throws IOException {
        String pid = Long.toString(container.pid().orElseThrow());
        return Files.readString(Path.of("/proc", pid, "uid_map")).strip().split("\\s+")[1];
    }

    /** What a container of an image looks like from inside that was built by adding files and by a command. */
    private String look(Path state) throws Exception {
        try (Lxj lxj = Lxj.open(state)) {
            Image busybox = lxj.images().importTarball("busybox", TestRootfs.find("busybox"));
            try (ImageBuilder builder = lxj.images().builder(busybox)) {
                builder.add(folder.resolve("tree"), "/srv")
                        .run("sh", "-ec", "cp /bin/busybox /srv/id && chown 5:6 /srv/id && chmod 6755 /srv/id")
                        .run("sh", "-ec", "cd /srv && ln id id2 && ln -s id link && chown -h 10:11 link && mkfifo fifo")
                        .build("probe");
            }
            Container container = create(lxj, "probe");
            container.start();
            String seen = sh(container, LOOK);
            assertThat(as(container, 56, "cat", "/srv/file")).isEqualTo("x\n");
            assertThat(as(container, 57, "cat", "/srv/file")).contains("Permission denied");
            assertThat(as(container, 56, "/srv/busybox", "grep", "CapEff", "/proc/self/status"))
                    .isEqualTo("CapEff:\t0000000000002000\n");
            container.stop();
            container.destroy();
            return seen;
        }
    }

    private static String as(Container container, int user, String program, String... arguments) {
        ExecResult result = container.exec(Command.of(program, arguments).user(User.id(user, user)));
        return result.stdout() + result.stderr();
    }

    @Test
    void looksTheSameInsideWhereverTheStateFolderIs() throws Exception {
        SystemTar.run(folder, "sh", "-ec", TREE);
        String onExt4 = look(world(World.EXT4));
        assertThat(onExt4)
                .contains("/srv/id regular file 6755 5 6 2 ")
                .contains("/srv/link symbolic link 777 10 11 1 ");

        assertThat(look(world(World.OVERLAY)).lines())
                .containsExactlyElementsOf(onExt4.lines().toList());
    }

    @ParameterizedTest
    @EnumSource(names = {"OVERLAY", "FUSE"})
    void filesGoInAndOutWithTheContainersIdsWhetherItRunsOrNot(World world) throws Exception {
        Path state = world(world);
        SystemTar.run(folder, "sh", "-ec", TREE);
        try (Lxj lxj = Lxj.open(state)) {
            lxj.images().importTarball("busybox", TestRootfs.find("busybox"));
            Container container = create(lxj, "busybox");
            assertThat(container.isShiftedCopy()).isTrue();
            assertThat(container)
                    .hasToString("container " + container.name() + " (STOPPED), a copy of its image for its ids");
            for (String when : new String[] {"stopped", "running"}) {
                if (when.equals("running")) {
                    container.start();
                }
                container.files().push(folder.resolve("tree"), "/srv/" + when);
                try (OutputStream archive = Files.newOutputStream(folder.resolve(when + ".tar"))) {
                    container.files().pull("/srv/" + when, archive);
                }
                SystemTar.extract(folder.resolve(when + ".tar"), Files.createDirectory(folder.resolve(when)), "--acls");
                assertThat(TreeListing.of(folder.resolve(when)))
                        .as(when)
                        .isEqualTo(TreeListing.of(folder.resolve("tree")));
            }
            assertThat(sh(container, "stat -c '%u:%g' / /srv/stopped/file /srv/running/file /etc/hostname"))
                    .isEqualTo("0:0\n12:34\n12:34\n0:0\n");
            assertThat(sh(container, "touch /made && chown 1:2 /made && stat -c %u:%g /made"))
                    .isEqualTo("1:2\n");
            container.stop();
            assertThat(container.files().info("/made").uid()).isEqualTo(1);
            container.destroy();
            assertThat(container).hasToString("container " + container.name());
            assertThat(state.resolve("containers")).isEmptyDirectory();
        }
    }

    @Test
    void isTakenOverAndStartedAgain() throws Exception {
        Path state = world(World.OVERLAY);
        try (Lxj lxj = Lxj.open(state)) {
            lxj.images().importTarball("busybox", TestRootfs.find("busybox"));
            Config config = Config.ofImage("busybox").init("/bin/sh", SLEEP).onExit(OnExit.KEEP);
            lxj.containers().create("c", config).start();
        }
        try (Lxj lxj = Lxj.open(state)) {
            Container container = lxj.containers().get("c");
            sh(container, "echo kept >/file");
            assertThat(container.files().info("/file").uid()).isZero();
            container.stop();
            container.start();
            assertThat(sh(container, "cat /file")).isEqualTo("kept\n");
            container.stop();
            container.destroy();
        }
    }

    @Test
    void isMovedToAFileSystemThatMapsIdsAndBack() throws Exception {
        Path overlay = world(World.OVERLAY);
        Path ext4 = world(World.EXT4);
        String script = "echo x >/file && chown 7:8 /file && stat -c %u:%g / /file";
        String first;
        try (Lxj lxj = Lxj.open(ext4)) {
            lxj.images().importTarball("busybox", TestRootfs.find("busybox"));
            Container container = create(lxj, "busybox");
            container.start();
            assertThat(sh(container, script)).isEqualTo("0:0\n7:8\n");
            first = firstId(container);
            container.stop();
        }
        for (Path[] way : new Path[][] {{ext4, overlay}, {overlay, ext4}}) {
            SystemTar.run(folder, "cp", "-a", way[0].toString(), way[1].toString());
            TestLxj.remove(way[0]);
            try (Lxj lxj = Lxj.open(way[1])) {
                Container container = lxj.containers().get("c");
                container.start();
                assertThat(firstId(container)).isEqualTo(first);
                assertThat(sh(container, "stat -c %u:%g / /file")).isEqualTo("0:0\n7:8\n");
                assertThat(sh(container, script)).isEqualTo("0:0\n7:8\n");
                container.stop();
                assertThat(container.files().info("/file").gid()).isEqualTo(8);
            }
        }
        try (Lxj lxj = Lxj.open(ext4)) {
            lxj.containers().get("c").destroy();
        }
    }

    @Test
    void getsOtherOwnersWithOtherIds() throws Exception {
        try (Lxj lxj = Lxj.open(world(World.OVERLAY))) {
            lxj.images().importTarball("busybox", TestRootfs.find("busybox"));
            Container container = create(lxj, "busybox");
            container.files().write("/file", new byte[1], 0600, 7, 8);
            Config config = container.config();
            for (Config other :
                    new Config[] {config.idMap(IdMap.of(1_700_000_000L, 65_536)), config.privileged(), config}) {
                container.configure(other);
                container.start();
                assertThat(sh(container, "stat -c %u:%g / /file; echo x >>/file"))
                        .as(other.toString())
                        .isEqualTo("0:0\n7:8\n");
                container.stop();
                assertThat(container.files().info("/file").uid()).isEqualTo(7);
            }
            container.destroy();
        }
    }
}
