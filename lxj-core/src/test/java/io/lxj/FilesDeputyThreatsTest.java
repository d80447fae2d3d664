package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Config;
import io.lxj.config.Device;
import io.lxj.config.FileInfo;
import io.lxj.config.Mount;
import io.lxj.config.State;
import io.lxj.error.CanceledException;
import io.lxj.error.LxjException;
import io.lxj.testing.CProgram;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A container against the process that works on its files, and against those that work for all containers of a user. */
@NeedsContainers
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(300)
class FilesDeputyThreatsTest {
    private static final Config SLEEPER = Config.ofImage("alpine").init("/bin/sleep", "1000000");

    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    private Container container;
    private ContainerFiles files;

    @BeforeEach
    void start() {
        container = host.start(SLEEPER);
        files = container.files();
    }

    private static ContainerProcess run(Container in, String source, Path folder, String argument) throws IOException {
        Path program = folder.resolve("program");
        CProgram.build(source, program);
        in.files().write("/program", Files.readAllBytes(program), 0755);
        return in.process("/program", argument);
    }

    /** The kernel counts them for each user, and root of the first container is root of the user's own namespace. */
    @Test
    @NeedsCommand("gcc")
    void allDescriptorsThatMayBeInFlight(@TempDir Path folder) throws IOException {
        Container other = host.start(SLEEPER);
        ContainerProcess attack = run(container, "inflight.c", folder, "");
        try (BufferedReader lines = attack.inputReader()) {
            assertThat(lines.readLine()).isEqualTo("in flight");
            for (Container each : List.of(container, other)) {
                each.files().write("/tmp/file", "content");
                assertThat(each.files().readText("/tmp/file")).isEqualTo("content");
                assertThat(each.exec("cat", "/tmp/file").stdout()).isEqualTo("content");
            }
            assertThat(host.start(SLEEPER).exec("true").exitCode()).isZero();
        }
        attack.destroy();
    }

    private static List<Long> children() {
        return ProcessHandle.current().children().map(ProcessHandle::pid).toList();
    }

    /** The process that was started for a call. */
    private static long started(Runnable call) {
        List<Long> before = children();
        call.run();
        List<Long> more = new ArrayList<>(children());
        more.removeAll(before);
        assertThat(more).hasSize(1);
        return more.get(0);
    }

    private static void kill(long pid) throws Exception {
        Programs.run("kill", "-9", Long.toString(pid));
        while (!Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z ")) {
            Thread.sleep(1);
        }
    }

    @Test
    void oneThatWasKilledIsReplaced() throws Exception {
        long pid = started(() -> files.write("/tmp/file", "content"));
        OutputStream stream = files.create("/tmp/new");
        stream.write('x');
        kill(pid);
        started(() -> assertThat(files.readText("/tmp/file")).isEqualTo("content"));
        assertThatThrownBy(stream::close)
                .hasMessageContaining("write /tmp/new in " + container.name())
                .hasMessageContaining("EOWNERDEAD (")
                .hasMessageEndingWith("was killed, or given up: try again, the next one has another");
        assertThat(files.exists("/tmp/new")).isFalse();
        files.write("/tmp/new", "y");
        assertThat(files.readText("/tmp/new")).isEqualTo("y");
    }

    /** It would go to the root that is no more, beside the one that is. */
    @Test
    void aStreamDoesNotOutliveTheRunThatItWritesTo() throws IOException {
        OutputStream stream = files.create("/new");
        stream.write('x');
        container.stop();
        container.start();
        assertThatThrownBy(stream::close)
                .hasMessageContaining("write /new in " + container.name())
                .hasMessageContaining("ESTALE (")
                .hasMessageEndingWith("the container has ended since this was begun, or lxj was closed: do it again");
        assertThat(files.list("/"))
                .extracting(FileInfo::name)
                .noneMatch(name -> name.contains("new") || name.contains("lxj"));
    }

    @Test
    @NeedsRoot("lets a container have a device")
    @NeedsCommand("gcc")
    void aFuseIsClosedAndHoldsNothingUp(@TempDir Path folder) throws IOException {
        Container fuse = host.start(SLEEPER.device(Device.host(Path.of("/dev/fuse"))));
        ContainerProcess server = run(fuse, "silentfs.c", folder, "/mnt");
        try (BufferedReader lines = server.inputReader()) {
            assertThat(lines.readLine()).isEqualTo("mounted");
            assertThat(fuse.files().list("/"))
                    .filteredOn(info -> info.name().equals("mnt"))
                    .singleElement()
                    .satisfies(info -> assertThat(info.mode()).isZero());
            for (Runnable call : List.<Runnable>of(
                    () -> fuse.files().readText("/mnt/file"), () -> fuse.files().list("/mnt"), () -> fuse.files()
                            .write("/mnt/file", "content"))) {
                assertThatThrownBy(call::run)
                        .isInstanceOf(LxjException.class)
                        .hasMessageContaining("EACCES (")
                        .hasMessageContaining("a FUSE that it serves is closed");
            }
        }
        server.destroy();
    }

    @Test
    @NeedsRoot("protects files with chattr")
    @NeedsCommand({"chattr", "lsattr"})
    void whatIsProtectedOnTheHostStaysProtected(@TempDir Path folder) throws Exception {
        Path inner = Files.createDirectories(folder.resolve("inner"));
        Path file = Files.writeString(inner.resolve("file"), "content");
        Programs.run("chattr", "+i", file.toString(), inner.toString());
        try {
            for (Config config : List.of(
                    SLEEPER.mount(Mount.bind(folder, "/shared").shifted()),
                    SLEEPER.privileged().mount(Mount.bind(folder, "/shared")))) {
                Container shared = host.start(config);
                for (String path : List.of("/shared/inner", "/shared/inner/file")) {
                    assertThatThrownBy(() -> shared.files().deleteTree(path)).hasMessageContaining("EPERM (");
                }
                shared.stop();
            }
            assertThat(Programs.run("lsattr", "-d", file.toString(), inner.toString()))
                    .matches("----i.*\n----i.*");
        } finally {
            Programs.run("chattr", "-i", file.toString(), inner.toString());
        }
    }

    /** A ramfs takes all of a file for data, and no block for it. */
    @Test
    void aFileOfHolesDoesNotFillTheHost(@TempDir Path outside) {
        assertThat(container
                        .exec(
                                "sh",
                                "-ec",
                                "mount -t ramfs none /mnt; truncate -s 1024G /mnt/holes; echo data >/mnt/data;"
                                        + " mkdir /mnt/page /mnt/many; truncate -s 1024G /mnt/page/file;"
                                        + " echo data 1<>/mnt/page/file;"
                                        + " for i in 1 2 3; do truncate -s 500M /mnt/many/$i; done")
                        .stderr())
                .isEmpty();
        assertThatThrownBy(() -> files.pull("/mnt/holes", outside.resolve("holes")))
                .hasMessageContaining("with 1099511627776 bytes, more than 1024 MiB are of holes");
        // What was read once counts as data there.
        for (String folder : List.of("/mnt/many", "/mnt/page", "/mnt")) {
            assertThatThrownBy(() -> files.pull(folder, OutputStream.nullOutputStream()))
                    .as(folder)
                    .hasMessageContaining(" bytes, more than 1024 MiB are of holes");
        }
        files.pull("/mnt/data", outside.resolve("data"));
        assertThat(outside.resolve("data")).hasContent("data\n");
        assertThat(outside.resolve("holes")).doesNotExist();
    }

    /** It would be taken from, or go to, what lies below the mounts that ended with the container. */
    @Test
    void aContainerThatEndsMeanwhileIsTold() {
        container.exec(
                "sh",
                "-ec",
                "mkdir /volume; mount -t tmpfs none /volume; for i in 1 2 3; do echo $i >/volume/$i; done");
        OutputStream ending = new OutputStream() {
            @Override
            public void write(int b) {
                if (container.state() == State.RUNNING) {
                    container.stop();
                }
            }
        };
        assertThatThrownBy(() -> files.pull("/volume", ending))
                .hasMessageContaining("pack /volume in " + container.name())
                .hasMessageContaining("ESTALE (");
        assertThat(container.state()).isEqualTo(State.STOPPED);
    }

    /** It would go to what lies below the mounts that ended with the container. */
    @Test
    void aContainerThatEndsMeanwhileTakesNothingMore() {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        files.pull("/etc", archive);
        InputStream ending = new ByteArrayInputStream(archive.toByteArray()) {
            @Override
            public int read(byte[] bytes, int offset, int length) {
                if (pos > count / 2 && container.state() == State.RUNNING) {
                    container.stop();
                }
                return super.read(bytes, offset, Math.min(length, 512));
            }
        };
        assertThatThrownBy(() -> files.push(ending, "/new"))
                .hasMessageContaining("/new in " + container.name())
                .hasMessageContaining("ESTALE (");
        assertThat(container.state()).isEqualTo(State.STOPPED);
    }

    /** A small disk could fill the host's. */
    @Test
    void whatIsMountedManyTimesIsNotPulledManyTimes() {
        container.exec(
                "sh",
                "-ec",
                "mkdir -p /many/dir; head -c 67108864 /dev/zero >/many/dir/file; for i in $(seq 3); do mkdir /many/d$i;"
                        + " mount -o bind /many/dir /many/d$i; done");
        long[] size = new long[1];
        OutputStream counting = new OutputStream() {
            @Override
            public void write(int b) {
                size[0]++;
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                size[0] += length;
            }
        };
        files.pull("/many", counting);
        assertThat(size[0]).isBetween(256L << 20, 257L << 20);
        container.exec(
                "sh", "-ec", "for i in $(seq 4 30); do mkdir /many/d$i; mount -o bind /many/dir /many/d$i; done");
        assertThatThrownBy(() -> files.pull("/many", OutputStream.nullOutputStream()))
                .hasMessageContaining("more than 1024 MiB are of files that are mounted elsewhere, too");
    }

    /** Now and then it isn't there, or others give up. */
    private void removeFull() {
        try {
            files.deleteTree("/full");
        } catch (LxjException e) {
            if (!List.of("ENOENT", "ENOTEMPTY").contains(e.errno().orElse(""))) {
                throw e;
            }
        }
    }

    @Test
    void whoRemovesAFolderThatFillsAgainCanBeInterrupted() throws Exception {
        AtomicBoolean canceled = new AtomicBoolean();
        ContainerProcess filling =
                container.process("sh", "-c", "while :; do mkdir -p /full/a/b /full/c /full/d/e/f; done");
        while (!files.exists("/full/a")) {
            Thread.sleep(1);
        }
        Thread removing = new Thread(() -> {
            try {
                while (true) {
                    removeFull();
                }
            } catch (CanceledException e) {
                canceled.set(true);
            }
        });
        removing.start();
        Thread.sleep(2000);
        removing.interrupt();
        removing.join();
        assertThat(canceled).isTrue();
        filling.destroyForcibly().waitFor();
        files.deleteTree("/full");
        assertThat(files.exists("/full")).isFalse();
    }

    /** By this JVM's rights, the container would reach more than by its own. */
    @Test
    @NeedsRoot("has a socket that the container may not connect to")
    void socketsOfTheHostThatAreMountedInItAreNotItsOwn(@TempDir Path folder) throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(folder.resolve("app")));
            server.configureBlocking(false);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.setPosixFilePermissions(folder.resolve("app"), PosixFilePermissions.fromString("rw-------"));
            Container shared =
                    host.start(SLEEPER.mount(Mount.bind(folder, "/shared").readOnly()));
            String export = "/run/host/unix-export";
            assertThat(shared.exec("sh", "-ec", ": >" + export + "/app; mount -o bind /shared/app " + export + "/app")
                            .stderr())
                    .isEmpty();
            assertThatThrownBy(() -> shared.connect("app")).hasMessageContaining("EXDEV (");
            assertThat(shared.exec("sh", "-ec", "mount -o bind /shared " + export)
                            .stderr())
                    .isEmpty();
            assertThatThrownBy(() -> shared.connect("app"))
                    .hasMessageContaining("ENODEV (")
                    .hasMessageEndingWith("the container has put something else in its place: restart it");
            assertThat(server.accept()).isNull();
        }
    }

    /** The kernel would take the mount away, as it isn't one of who removes the name. */
    @Test
    void whatIsMountedOnAFileStaysMounted(@TempDir Path outside) throws IOException {
        assertThat(container
                        .exec(
                                "sh",
                                "-ec",
                                "mkdir /app; echo below >/app/conf; echo on top >/tmp/conf; mount -o bind /tmp/conf /app/conf")
                        .stderr())
                .isEmpty();
        Files.writeString(outside.resolve("conf"), "from outside");
        assertThatThrownBy(() -> files.deleteTree("/app")).hasMessageContaining("EXDEV (");
        assertThatThrownBy(() -> files.push(outside, "/app")).hasMessageContaining("EBUSY (");
        assertThat(container.exec("cat", "/app/conf").stdout()).isEqualTo("on top\n");
        assertThat(container.exec("umount", "/app/conf").exitCode()).isZero();
        files.push(outside, "/app");
        assertThat(container.exec("cat", "/app/conf").stdout()).isEqualTo("from outside");
        files.deleteTree("/app");
        assertThat(files.exists("/app")).isFalse();
    }
}
