package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.ByteSize;
import io.lxj.config.Command;
import io.lxj.config.Config;
import io.lxj.config.ExecResult;
import io.lxj.config.IdMap;
import io.lxj.config.IdRange;
import io.lxj.config.Mount;
import io.lxj.config.Propagation;
import io.lxj.config.State;
import io.lxj.config.User;
import io.lxj.error.InvalidConfigException;
import io.lxj.error.LaunchException;
import io.lxj.error.LxjException;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The mounts of a configuration as the processes of a running container meet them. */
@NeedsRoot("shifts the ids of folders of the host, and mounts there")
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(120)
class ContainerMountsTest {
    private static final Config SLEEPER = Config.ofImage("alpine").init("/bin/sleep", "1000000");

    private static final Config LINKED = Config.ofImage("linked").init("/bin/sleep", "1000000");

    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    @TempDir
    Path shared;

    private static String mountTable() throws IOException {
        return Files.readString(Path.of("/proc/self/mountinfo"));
    }

    private static String sh(Container container, String script) {
        ExecResult result = container.exec("sh", "-c", script);
        assertThat(result.stderr()).as(script).isEmpty();
        return result.stdout();
    }

    private static String refused(Container container, Command command) {
        ExecResult result = container.exec(command);
        assertThat(result.exitCode()).as(command.toString()).isNotZero();
        return result.stderr();
    }

    private static String refused(Container container, String script) {
        return refused(container, Command.of("sh", "-c", script));
    }

    private static void must(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
                .as(String.join(" ", command))
                .isZero();
    }

    /** As long as a disk is mounted anywhere, however hidden, the kernel lets nobody have it for himself. */
    @Test
    @NeedsRoot("maps the ids of files")
    void idsOfFilesForNobodyInTheContainerAreRefusedBeforeAnythingIsCreated() {
        Mount mount = Mount.bind(shared, "/srv/data").shifted(IdMap.of(IdRange.of(70_000, 1000, 5)));
        assertThatThrownBy(() -> host.lxj().containers().create("bad", SLEEPER.mount(mount)))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageStartingWith(
                        "mounts: /srv/data: shifted: users: \"[70000-70004 as 1000-1004]\" is not allowed;"
                                + " allowed: ranges of which one has ids of the container inside; it has [0-65535 as ");
        assertThat(host.lxj().containers().find("bad")).isEmpty();
    }

    @Test
    @NeedsCommand({"mount", "umount", "losetup", "mkfs.ext4", "truncate"})
    void aDiskOfTheHostThatIsMountedInAContainerIsFreeAtItsEnd() throws Exception {
        Path image = Files.createTempFile("lxj-test", "disk");
        must("truncate", "-s", "16M", image.toString());
        String disk = Programs.run("losetup", "--find", "--show", image.toString());
        try {
            must("mkfs.ext4", "-q", disk);
            must("mount", disk, shared.toString());
            Container container =
                    host.start(SLEEPER.mount(Mount.bind(shared, "/srv").readOnly()));
            must("umount", shared.toString());
            assertThatThrownBy(() -> Programs.run("mkfs.ext4", "-q", disk)).hasMessageContaining("in use");
            container.stop();
            must("mkfs.ext4", "-q", disk);
        } finally {
            must("losetup", "--detach", disk);
            Files.delete(image);
        }
    }

    @Test
    void aFolderOfTheHostIsTheSameInTheContainer() throws IOException {
        Files.writeString(shared.resolve("from-host"), "host\n");
        Container container =
                host.start(SLEEPER.mount(Mount.bind(shared, "/srv/data").shifted()));
        assertThat(sh(container, "cat /srv/data/from-host; echo container >/srv/data/from-container"))
                .isEqualTo("host\n");
        assertThat(shared.resolve("from-container")).hasContent("container\n");
        assertThat(mountTable())
                .doesNotContain(shared.toString())
                .doesNotContain(host.folder().toString());
    }

    @Test
    void aSingleFileIsShownWithoutItsNeighboursAtATargetThatIsMade() throws IOException {
        Files.writeString(shared.resolve("neighbour"), "no");
        Path file = Files.writeString(shared.resolve("one"), "one\n");
        Container container =
                host.start(SLEEPER.mount(Mount.bind(file, "/opt/no/such/path").shifted())
                        .mount(Mount.bind(file, "/etc/motd").readOnly()));
        assertThat(sh(container, "ls -A /opt/no/such; cat /opt/no/such/path /etc/motd; stat -c '%a %u' /opt/no"))
                .isEqualTo("path\none\none\n755 0\n");
        assertThat(refused(container, "echo x >/etc/motd")).contains("Read-only file system");
        sh(container, "echo two >/opt/no/such/path");
        assertThat(file).hasContent("two\n");
        assertThat(sh(container, "cat /etc/motd")).isEqualTo("two\n");
    }

    @Test
    void readOnlyHoldsForWhatIsMountedBelowTheSourceToo() throws Exception {
        Path below = Files.createDirectory(shared.resolve("below"));
        must("mount", "-t", "tmpfs", "lxj-test", below.toString());
        try {
            Files.writeString(below.resolve("file"), "below\n");
            Container container = host.start(SLEEPER.mount(
                            Mount.bind(shared, "/all").shifted().readOnly())
                    .mount(Mount.bind(shared, "/top").shifted().recursive(false).readOnly())
                    .mount(Mount.bind(shared, "/writable").shifted()));
            assertThat(sh(container, "cat /all/below/file; ls /top; ls -A /top/below"))
                    .isEqualTo("below\nbelow\n");
            for (String path : new String[] {"/all/new", "/all/below/new", "/all/below/file", "/top/new"}) {
                assertThat(refused(container, "echo x >" + path)).contains("Read-only file system");
            }
            assertThat(refused(container, "mount -o remount,bind,rw /all/below"))
                    .contains("ermission denied");
            sh(container, "echo changed >/writable/below/file");
            assertThat(below.resolve("file")).hasContent("changed\n");
            container.stop();
        } finally {
            must("umount", below.toString());
        }
    }

    @Test
    void programsSetuidBitsAndDevicesHaveNoEffectWhereTheyAreForbidden() throws Exception {
        Path script = Files.writeString(shared.resolve("script"), "#!/bin/sh\necho ran\n");
        must("chmod", "755", shared.toString(), script.toString());
        must("mknod", "-m", "666", shared.resolve("null").toString(), "c", "1", "3");
        Container container =
                host.start(SLEEPER.mount(Mount.bind(shared, "/free").shifted())
                        .mount(Mount.bind(shared, "/no-exec").shifted().noExec())
                        .mount(Mount.bind(shared, "/no-suid").shifted().noSuid())
                        .mount(Mount.bind(shared, "/no-dev").shifted().noDev()));
        assertThat(sh(container, "/free/script; /no-suid/script; /no-dev/script"))
                .isEqualTo("ran\nran\nran\n");
        assertThat(refused(container, "/no-exec/script")).contains("Permission denied");
        assertThat(container.exec("/no-exec/script").exitCode()).isEqualTo(126);
        sh(container, "cat /free/null /no-exec/null /no-suid/null");
        assertThat(refused(container, "cat /no-dev/null")).contains("Permission denied");
        // Busybox gives up what its set-user-id bit gives; the dynamic linker runs a program that doesn't.
        sh(
                container,
                "cp /lib/ld-musl-*.so.1 /free/ld; chmod 4755 /free/ld; echo s >/free/secret; chmod 600 /free/secret");
        assertThat(container.exec(readSecret("/free")).stdout()).isEqualTo("s\n");
        assertThat(refused(container, readSecret("/no-suid"))).contains("Permission denied");
    }

    private static Command readSecret(String folder) {
        return Command.of(folder + "/ld", "/usr/bin/iconv", "-f", "ASCII", "-t", "ASCII", folder + "/secret")
                .user(User.id(4242, 4242));
    }

    @Test
    void aTmpfsHasItsSizeAndMode() {
        Container container = host.start(
                SLEEPER.mount(Mount.tmpfs("/scratch").size(ByteSize.kib(64)).mode(01750))
                        .mount(Mount.tmpfs("/usr/games").readOnly())
                        .mount(Mount.tmpfs("/plain")));
        assertThat(sh(container, "stat -c '%a %u %g' /scratch /plain; stat -f -c '%T %b %S' /scratch"))
                .isEqualTo("1750 0 0\n1777 0 0\ntmpfs 16 4096\n");
        assertThat(refused(container, "dd if=/dev/zero of=/scratch/file bs=1k count=70"))
                .contains("No space left on device");
        assertThat(refused(container, "echo x >/usr/games/x")).contains("Read-only file system");
        sh(container, "echo kept >/plain/file");
        container.stop();
        container.start();
        assertThat(sh(container, "ls -A /plain")).isEmpty();
    }

    @Test
    void mountsAreMadeInTheirOrderAndMayBeBelowEachOther() throws IOException {
        Files.writeString(shared.resolve("file"), "bound\n");
        Container container = host.start(SLEEPER.mount(Mount.tmpfs("/a"))
                .mount(Mount.bind(shared, "/a/b").shifted())
                .mount(Mount.tmpfs("/a/b/c"))
                .mount(Mount.bind(shared.resolve("file"), "/a/b/c/d").shifted())
                .mount(Mount.bind(shared, "/run/data").shifted())
                .mount(Mount.bind(shared, "/dev/shm/data").shifted()));
        assertThat(sh(container, "cat /a/b/file /a/b/c/d /run/data/file /dev/shm/data/file"))
                .isEqualTo("bound\nbound\nbound\nbound\n");
        // The place for what is mounted on a folder of the host has to be made there.
        assertThat(shared.resolve("c")).isEmptyDirectory();
    }

    @Test
    void linksInTheTargetStayInTheContainer() throws IOException {
        linkedImage();
        Files.writeString(shared.resolve("file"), "bound\n");
        Container container =
                host.start(LINKED.mount(Mount.bind(shared, "/srv/up/lxj-made").shifted())
                        .mount(Mount.bind(shared, "/srv/root/lxj-made-too").shifted()));
        assertThat(sh(container, "cat /etc/lxj-made/file /lxj-made-too/file")).isEqualTo("bound\nbound\n");
        assertThat(Path.of("/etc/lxj-made")).doesNotExist();
        assertThat(Path.of("/lxj-made-too")).doesNotExist();
        assertThat(mountTable()).doesNotContain("lxj-made");
    }

    @Test
    void linksThatMakeTheRootOrNothingOfATargetAreRefused() {
        linkedImage();
        for (String target : new String[] {"/srv/root", "/srv/root/srv/root"}) {
            Container container =
                    host.create(LINKED.mount(Mount.bind(shared, target).shifted()));
            assertThatThrownBy(container::start)
                    .isInstanceOf(LxjException.class)
                    .hasMessage("start " + container.name() + ": mount " + target
                            + ": in the image that is a link to the root folder; choose another target, or remove the"
                            + " link from the image");
            assertThat(container.state()).isEqualTo(State.STOPPED);
        }
        // The links of /proc lead wherever a process has its root: none of them is followed.
        Container container =
                host.create(LINKED.mount(Mount.bind(shared, "/srv/chain").shifted()));
        assertThatThrownBy(container::start)
                .isInstanceOf(LaunchException.class)
                .hasMessageContaining("open the target /srv/chain")
                .hasMessageContaining("ELOOP (");
    }

    private static void linkedImage() {
        if (host.lxj().images().find("linked").isPresent()) {
            return;
        }
        try (ImageBuilder builder =
                host.lxj().images().builder(host.lxj().images().get("alpine"))) {
            builder.link("../../../../../../etc", "/srv/up")
                    .link("/", "/srv/root")
                    .link("/proc/1/root", "/srv/chain")
                    .build("linked");
        }
    }

    @Test
    void aTargetOfTheOtherKindIsRefused() {
        Container container =
                host.create(SLEEPER.mount(Mount.bind(shared, "/etc/passwd").shifted()));
        assertThatThrownBy(container::start)
                .isInstanceOf(LaunchException.class)
                .hasMessageStartingWith("start " + container.name())
                .hasMessageContaining("/etc/passwd")
                .hasMessageContaining("ENOTDIR (");
        assertThat(container.state()).isEqualTo(State.STOPPED);
    }

    @Test
    void propagationIsAsConfigured() throws Exception {
        must("mount", "-t", "tmpfs", "lxj-test", shared.toString());
        must("mount", "--make-shared", shared.toString());
        try {
            for (String name : new String[] {"by-host", "by-container"}) {
                Files.createDirectory(shared.resolve(name));
            }
            Container container =
                    host.start(SLEEPER.mount(Mount.bind(shared, "/private").shifted())
                            .mount(Mount.bind(shared, "/slave").shifted().propagation(Propagation.SLAVE))
                            .mount(Mount.bind(shared, "/shared").shifted().propagation(Propagation.SHARED)));
            must("mount", "-t", "tmpfs", "lxj-test", shared.resolve("by-host").toString());
            Files.writeString(shared.resolve("by-host/file"), "seen\n");
            assertThat(sh(container, "ls -A /private/by-host; cat /slave/by-host/file /shared/by-host/file"))
                    .isEqualTo("seen\nseen\n");
            sh(container, "mount -t tmpfs none /private/by-container; echo p >/private/by-container/file");
            sh(container, "mount -t tmpfs none /slave/by-container; echo s >/slave/by-container/file");
            assertThat(shared.resolve("by-container")).isEmptyDirectory();
            sh(container, "mount -t tmpfs none /shared/by-container; echo both >/shared/by-container/file");
            assertThat(shared.resolve("by-container/file")).hasContent("both\n");
            assertThat(sh(container, "umount /shared/by-container")).isEmpty();
            assertThat(shared.resolve("by-container")).isEmptyDirectory();
            container.stop();
        } finally {
            must("umount", "--recursive", shared.toString());
        }
    }
}
