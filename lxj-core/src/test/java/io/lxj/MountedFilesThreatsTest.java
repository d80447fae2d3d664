package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Config;
import io.lxj.config.Mount;
import io.lxj.error.LxjException;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A container decides what is at the end of a path: settings of the kernel, or files of the host that are mounted in it and
 * none of its users can touch. Whoever works on its files has the rights of the host's root, and lends it none.
 */
@NeedsContainers
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(300)
class MountedFilesThreatsTest {
    private static final String SETTINGS = "/proc/sys/kernel/printk_ratelimit_burst";
    private static final String OBJECT = "/sys/kernel/rcu_expedited";

    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    private Container container;
    private ContainerFiles files;

    @BeforeEach
    void start() {
        container = host.start(Config.ofImage("alpine").init("/bin/sleep", "1000000"));
        files = container.files();
    }

    private void sh(String script) {
        assertThat(container.exec("sh", "-ec", script).stderr()).isEmpty();
    }

    /** In one read: the kernel gives no more of a setting than the first one asks for, and the JDK begins with a byte. */
    private static String state(String path) throws IOException {
        byte[] content = new byte[64];
        try (InputStream in = new FileInputStream(path)) {
            int length = in.read(content);
            return new String(content, 0, length, StandardCharsets.US_ASCII)
                    + Files.getAttribute(Path.of(path), "unix:uid") + " "
                    + Files.getAttribute(Path.of(path), "unix:mode");
        }
    }

    private static byte[] archive(String name, byte type) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            TarArchiveEntry entry = new TarArchiveEntry(name, type);
            entry.setMode(0777);
            tar.putArchiveEntry(entry);
            tar.closeArchiveEntry();
        }
        return bytes.toByteArray();
    }

    /** A sysfs and a procfs that it has mounted, and those that lxj has mounted for containers in it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "mkdir /s /p; mount -t sysfs none /s; mount -t proc none /p",
                "ln -s /run/host/nesting/sys /s; ln -s /run/host/nesting/proc /p"
            })
    void filesOfTheKernelAreLeftAlone(String script, @TempDir Path outside) throws IOException {
        List<String> before = List.of(state(SETTINGS), state(OBJECT));
        sh(script + "; mkdir /app; ln -s /s/kernel/rcu_expedited /app/object; ln -s /s/kernel /app/folder;"
                + " ln -s /p/sys/kernel/printk_ratelimit_burst /app/setting; touch /app/mounted;"
                + " mount -o bind /p/sys/kernel/printk_ratelimit_burst /app/mounted");
        Path file = Files.writeString(outside.resolve("file"), "57");
        Path tree = Files.createDirectory(outside.resolve("tree"));
        byte[] folder = archive("app/folder/mm/", TarConstants.LF_DIR);
        byte[] fifo = archive("app/folder/fifo", TarConstants.LF_FIFO);
        List<Runnable> changes = List.of(
                () -> files.chmod("/app/object", 0666),
                () -> files.chmod("/app/folder", 0777),
                () -> files.chown("/app/object", 0, 0),
                () -> files.chown("/app/setting", 0, 0),
                () -> files.write("/app/object", "1"),
                () -> files.write("/app/mounted", "57"),
                () -> files.write("/app/folder/new", "57"),
                () -> files.mkdirs("/app/folder/new"),
                () -> files.delete("/app/folder/rcu_expedited"),
                () -> files.deleteTree("/app/folder/mm"),
                () -> files.push(file, "/app/mounted"),
                () -> files.push(file, "/app/folder/new"),
                () -> files.push(tree, "/app/folder/mm"),
                () -> files.push(new ByteArrayInputStream(folder), "/"),
                () -> files.push(new ByteArrayInputStream(fifo), "/"));
        for (Runnable change : changes) {
            assertThatThrownBy(change::run, "change %d", changes.indexOf(change))
                    .isInstanceOf(LxjException.class)
                    .hasMessageContaining("EPERM (")
                    .hasMessageContaining("whose files are settings of the kernel and its processes")
                    .hasMessageContaining("/app/");
        }
        assertThat(List.of(state(SETTINGS), state(OBJECT))).isEqualTo(before);
    }

    /** What no user of the container may read there, whoever looks for it. */
    @Test
    void whatOnlyTheHostsRootMayReadInAProcfsIsNotRead() {
        sh("mkdir /p; mount -t proc none /p; ln -s /p/kmsg /app");
        assertThatThrownBy(() -> files.read("/app"))
                .hasMessageContaining("EACCES (")
                .hasMessageContaining("/app");
        assertThat(files.readText("/p/uptime")).isNotEmpty();
    }

    @Test
    @NeedsRoot("has files of other users")
    void filesOfTheHostKeepThePermissionsThatTheyHaveForTheContainer(@TempDir Path outside) throws Exception {
        Path shared = Files.createDirectory(outside.resolve("shared"));
        Path closed = Files.createDirectory(shared.resolve("closed"));
        Path secret = Files.writeString(closed.resolve("secret"), "of the host");
        Programs.run("chmod", "700", closed.toString());
        Files.writeString(closed.resolve("readable"), "by who comes here");
        Programs.run("chmod", "600", secret.toString());
        Files.writeString(shared.resolve("read"), "for all");
        Files.createDirectory(shared.resolve("open"));
        Path foreign = Files.createDirectory(shared.resolve("foreign"));
        Programs.run("chmod", "1777", shared.resolve("open").toString());
        Programs.run("chmod", "777", foreign.toString());
        Programs.run(
                "chmod", "4755", Files.createFile(foreign.resolve("replaced")).toString());
        // What a mount shows has to be the container's own; what is below it doesn't.
        String root = Long.toString(HostIds.users(container).get(0).first());
        Programs.run("chown", root + ":" + root, shared.toString());
        container.stop();
        container.configure(container.config().mount(Mount.bind(shared, "/shared")));
        container.start();
        sh("ln -s /shared/closed /app");
        Path file = Files.writeString(outside.resolve("file"), "x");
        Path tree = Files.createDirectory(outside.resolve("tree"));
        for (Runnable work : List.<Runnable>of(
                () -> files.list("/app"),
                () -> files.read("/app/secret"),
                () -> files.read("/app/readable"),
                () -> files.info("/app/readable"),
                () -> files.pull("/shared", new ByteArrayOutputStream()),
                () -> files.deleteTree("/shared/closed"),
                () -> files.pull("/app/secret", outside.resolve("pulled")),
                () -> files.pull("/app", outside.resolve("pulled")),
                () -> files.write("/app/secret", "changed"),
                () -> files.write("/app/new", "new"),
                () -> files.mkdirs("/app/new"),
                () -> files.push(file, "/app/new"),
                () -> files.push(tree, "/app/tree"),
                () -> files.delete("/app/secret"),
                () -> files.deleteTree("/app/secret"),
                () -> files.chmod("/app/secret", 0666),
                () -> files.chown("/app/secret", 0, 0))) {
            assertThatThrownBy(work::run)
                    .isInstanceOf(LxjException.class)
                    .hasMessageContaining("EACCES (")
                    .hasMessageMatching("(?s).*/(app|shared).*");
        }
        assertThatThrownBy(() -> files.read("/app/secret"))
                .hasMessageContaining("that is more than root of the container may do");
        assertThat(secret).hasContent("of the host");
        assertThat(closed.toFile().list()).containsExactlyInAnyOrder("secret", "readable");
        assertThat(outside.resolve("pulled")).doesNotExist();

        // As in /tmp of the host: others' files can't be removed there, nor replaced.
        Path kept = Files.writeString(shared.resolve("open/kept"), "kept");
        for (Runnable work : List.<Runnable>of(
                () -> files.write("/shared/open/kept", "changed"),
                () -> files.push(file, "/shared/open/kept"),
                () -> files.delete("/shared/open/kept"),
                () -> files.deleteTree("/shared/open/kept"))) {
            assertThatThrownBy(work::run)
                    .hasMessageContaining("EPERM (")
                    .hasMessageContaining("that is more than root of the container may do");
        }
        assertThat(kept).hasContent("kept");

        assertThat(files.readText("/shared/read")).isEqualTo("for all");
        files.write("/shared/open/file", "new");
        files.push(tree, "/shared/open/tree");
        files.push(file, "/shared/open/tree/file");
        files.chmod("/shared/open/file", 0600);
        files.write("/shared/foreign/replaced", "new");
        assertThat((Integer) Files.getAttribute(foreign.resolve("replaced"), "unix:uid"))
                .isBetween(Integer.parseInt(root), Integer.parseInt(root) + 65535);
        assertThat(files.info("/shared/foreign/replaced").mode()).isEqualTo(0755);
        files.deleteTree("/shared/open/tree");
        assertThat(files.readText("/shared/open/file")).isEqualTo("new");
    }
}
