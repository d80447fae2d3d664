package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.ByteSize;
import io.lxj.config.Config;
import io.lxj.config.FileInfo;
import io.lxj.config.FileType;
import io.lxj.config.Mount;
import io.lxj.error.InvalidConfigException;
import io.lxj.error.LxjException;
import io.lxj.testing.Caller;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of real containers, running and stopped. */
@NeedsContainers
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(300)
class ContainerFilesTest {
    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    private static Container container(boolean running) {
        return running ? host.start("alpine") : host.create("alpine");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void filesAreWrittenReadListedAndDeleted(boolean running) {
        ContainerFiles files = container(running).files();
        files.mkdirs("/srv/a/b");
        files.write("/srv/a/b/text", "hello\n");
        files.write("/srv/a/b/tool", bytes("#!/bin/sh\n"), 04755, 1000, 65534);
        assertThat(files.readText("/srv/a/b/text")).isEqualTo("hello\n");
        List<FileInfo> list = files.list("/srv/a/b");
        assertThat(list).extracting(FileInfo::name).containsExactly("text", "tool");
        assertThat(list.get(0).mode()).isEqualTo(0644);
        assertThat(list.get(0).size()).isEqualTo(ByteSize.bytes(6));
        assertThat(list.get(1).mode()).isEqualTo(04755);
        assertThat(list.get(1).uid()).isEqualTo(1000);
        assertThat(list.get(1).gid()).isEqualTo(65534);
        files.write("/srv/a/b/tool", "changed");
        assertThat(files.info("/srv/a/b/tool").mode()).as("the mode is kept").isEqualTo(04755);
        files.chmod("/srv/a", 0700);
        files.chown("/srv/a", 5, 6);
        assertThat(files.info("/srv/a"))
                .matches(info -> info.mode() == 0700 && info.uid() == 5 && info.gid() == 6 && info.isFolder());
        assertThatThrownBy(() -> files.delete("/srv/a")).hasMessageContaining("ENOTEMPTY");
        files.delete("/srv/a/b/text");
        assertThat(files.exists("/srv/a/b/text")).isFalse();
        files.deleteTree("/srv/a");
        assertThat(files.list("/srv")).isEmpty();
    }

    @Test
    void whatIsWrittenIsWhatTheContainerSees() {
        Container container = container(true);
        container.files().write("/root/note", "from the host");
        assertThat(container.exec("cat", "/root/note").stdout()).isEqualTo("from the host");
        container.exec("sh", "-c", "mkdir /run/x && echo inside > /run/x/y && ln -s y /run/x/z");
        assertThat(container.files().readText("/run/x/z")).isEqualTo("inside\n");
        assertThat(container.files().info("/run/x/z").target()).contains("y");
        assertThat(container.files().readText("/proc/1/comm")).isEqualTo("init\n");
        container.stop();
        assertThat(container.files().readText("/root/note")).isEqualTo("from the host");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void streamsReplaceAFileWhenTheyAreClosed(boolean running) throws IOException {
        ContainerFiles files = container(running).files();
        files.write("/root/file", "old");
        byte[] large = new byte[300_000];
        try (InputStream in = files.open("/root/file");
                OutputStream out = files.create("/root/file")) {
            out.write(large);
            assertThat(in.readAllBytes()).isEqualTo(bytes("old"));
        }
        assertThat(files.read("/root/file")).isEqualTo(large);
        assertThat(files.list("/root")).extracting(FileInfo::name).containsExactly("file");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void linksStayInside(boolean running) {
        Container container = host.start("alpine");
        container.exec(
                "sh",
                "-c",
                "ln -s /etc /srv/abs; ln -s ../../../../../etc /srv/up; ln -s /proc/1/root /srv/magic;"
                        + " ln -s nowhere/x /srv/dangling; ln -s new /srv/fresh; ln -s loop /srv/loop");
        if (!running) {
            container.stop();
        }
        ContainerFiles files = container.files();
        String release = files.readText("/etc/alpine-release");
        assertThat(files.readText("/srv/abs/alpine-release")).isEqualTo(release);
        assertThat(files.readText("/srv/up/alpine-release")).isEqualTo(release);
        files.write("/srv/up/made", "inside");
        assertThat(files.readText("/etc/made")).isEqualTo("inside");
        files.write("/srv/fresh", "through the link");
        assertThat(files.readText("/srv/new")).isEqualTo("through the link");
        assertThat(files.info("/srv/fresh").type()).isEqualTo(FileType.LINK);
        assertThatThrownBy(() -> files.write("/srv/dangling", "x")).hasMessageContaining("ENOENT");
        assertThatThrownBy(() -> files.write("/srv/loop", "x")).hasMessageContaining("ELOOP");
        if (running) {
            assertThatThrownBy(() -> files.list("/srv/magic")).hasMessageMatching("(?s).*(ELOOP|EACCES).*");
        }
        files.deleteTree("/srv/abs");
        assertThat(files.exists("/etc/alpine-release"))
                .as("the link went, not its target")
                .isTrue();
    }

    @Test
    void pathsThatSayMoreThanAPlaceAreRefused() {
        ContainerFiles files = container(false).files();
        for (String path :
                List.of("", "etc/passwd", "/etc/../etc/passwd", "/..", "/a\0b", "/\ud800", "/a".repeat(2048))) {
            assertThatThrownBy(() -> files.read(path)).isInstanceOf(InvalidConfigException.class);
            assertThatThrownBy(() -> files.deleteTree(path)).isInstanceOf(InvalidConfigException.class);
        }
        assertThatThrownBy(() -> files.deleteTree("/")).hasMessageContaining("EBUSY");
        assertThatThrownBy(() -> files.write("/", "x")).hasMessageContaining("EISDIR");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void namesAreBytes(boolean running) {
        Container container = host.start("alpine");
        container.exec(
                "sh",
                "-c",
                "mkdir -p \"/srv/$(printf 'd\\377')\" && echo x > \"/srv/$(printf 'd\\377/\\200\\303\\244')\"");
        if (!running) {
            container.stop();
        }
        ContainerFiles files = container.files();
        assertThat(files.list("/srv")).extracting(FileInfo::name).containsExactly("d\udcff");
        assertThat(files.list("/srv/d\udcff")).extracting(FileInfo::name).containsExactly("\udc80ä");
        assertThat(files.readText("/srv/d\udcff/\udc80ä")).isEqualTo("x\n");
        files.write("/srv/d\udcff/\udcfe", "y");
        files.delete("/srv/d\udcff/\udc80ä");
        assertThat(files.list("/srv/d\udcff")).extracting(FileInfo::name).containsExactly("\udcfe");
    }

    @Test
    void whatIsNoFileHoldsNobodyUp() throws IOException {
        Container container = container(true);
        ContainerFiles files = container.files();
        container.exec("sh", "-c", "mkfifo /root/fifo; mkdir /root/d; mkfifo /root/d/fifo");
        for (String path : List.of("/root/fifo", "/dev/zero", "/dev/console", "/dev/tty")) {
            assertThatThrownBy(() -> files.read(path))
                    .hasMessageContaining("EINVAL")
                    .hasMessageContaining("no regular file");
            assertThatThrownBy(() -> files.write(path, "x")).hasMessageContaining("EINVAL");
            assertThatThrownBy(() -> files.pull(path, host.folder().resolve("out")))
                    .hasMessageContaining("EINVAL");
        }
        assertThat(files.list("/root")).extracting(FileInfo::type).containsExactly(FileType.FOLDER, FileType.FIFO);
        assertThat(files.list("/dev")).extracting(FileInfo::name).contains("null", "console");
        assertThat(files.list("/proc/1")).extracting(FileInfo::name).contains("status");
        files.pull("/", OutputStream.nullOutputStream());
    }

    @Test
    void errorsNameContainerPathCallAndErrno() {
        Container container = container(false);
        ContainerFiles files = container.files();
        assertThatThrownBy(() -> files.read("/no/such"))
                .isInstanceOfSatisfying(
                        LxjException.class, e -> assertThat(e.errno()).contains("ENOENT"))
                .hasMessageStartingWith("read /no/such in " + container.name() + ": openat2(")
                .hasMessageContaining("\"/no/such\"")
                .hasMessageContaining("ENOENT (No such file or directory)");
        assertThatThrownBy(() -> files.read("/bin/busybox", ByteSize.kib(4)))
                .hasMessageContaining("EFBIG")
                .hasMessageContaining("more than 4096 bytes");
        assertThatThrownBy(() -> files.write("/etc", "x"))
                .hasMessageStartingWith("write /etc in " + container.name())
                .hasMessageContaining("EISDIR");
        assertThatThrownBy(() -> files.mkdirs("/etc/passwd/x")).hasMessageContaining("ENOTDIR");
    }

    @Test
    void aTreeIsRemovedWithoutWhatIsMountedInIt() throws IOException {
        Path shared =
                Files.createDirectory(host.folder().resolveSibling(host.folder().getFileName() + "-shared"));
        Files.writeString(shared.resolve("precious"), "host");
        Files.writeString(shared.resolve("file"), "host");
        try {
            Container container = host.start(Config.ofImage("alpine")
                    .mount(TestLxj.shared(Mount.bind(shared, "/srv/data/shared")))
                    .mount(TestLxj.shared(Mount.bind(shared.resolve("file"), "/srv/one"))));
            ContainerFiles files = container.files();
            assertThatThrownBy(() -> files.deleteTree("/srv/data")).hasMessageContaining("EXDEV");
            assertThatThrownBy(() -> files.deleteTree("/srv/data/shared")).hasMessageContaining("EBUSY");
            assertThatThrownBy(() -> files.delete("/srv/one")).hasMessageContaining("EBUSY");
            assertThat(shared.resolve("precious")).hasContent("host");
            if (Caller.isRoot()) {
                files.write("/srv/one", "written in place");
                assertThat(shared.resolve("file")).hasContent("written in place");
            } else {
                assertThatThrownBy(() -> files.write("/srv/one", "x")).hasMessageContaining("EROFS");
                assertThat(shared.resolve("file")).hasContent("host");
            }
            assertThat(files.list("/srv")).extracting(FileInfo::name).containsExactly("data", "one");
        } finally {
            TestLxj.remove(shared);
        }
    }

    @Test
    void aContainerThatIsGoneHasNoFiles() {
        Container container = container(false);
        container.destroy();
        assertThatThrownBy(() -> container.files().list("/")).hasMessageContaining("not found");
    }
}
