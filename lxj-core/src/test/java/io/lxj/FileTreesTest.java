package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.error.LxjException;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Trees on their way into containers and out of them, also while a container does what it can against it. */
@NeedsContainers
@NeedsRootfs("alpine")
@NeedsCommand("tar")
@LeaksNothing
@Timeout(300)
class FileTreesTest {
    @RegisterExtension
    final TestLxj host = TestLxj.of("alpine");

    private Path outside;

    @BeforeEach
    void open() throws IOException {
        outside = Files.createTempDirectory("lxj-outside");
    }

    @AfterEach
    void close() throws IOException {
        TestLxj.remove(outside);
    }

    private String sh(String script) throws IOException {
        Process process = new ProcessBuilder("sh", "-ec", script)
                .directory(outside.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertThat(process.onExit().join().exitValue()).as(output).isZero();
        return output;
    }

    /** Names, types, modes, owners, sizes, times, links and content. */
    private String listing(String folder) throws IOException {
        return sh("cd " + folder + " && find . ! -name . -printf '%P %y %m %U:%G %s %T@ %l %n\\n' | LC_ALL=C sort"
                + " && find . -type f -exec sha256sum {} + | LC_ALL=C sort");
    }

    private void makeTree() throws IOException {
        sh(
                "mkdir -p tree/a/b tree/empty && echo one > tree/a/one && ln tree/a/one tree/a/b/two && ln -s ../one tree/a/b/link"
                        + " && ln -s /etc/passwd tree/abs && mkfifo tree/fifo && truncate -s 10M tree/sparse && echo end >> tree/sparse"
                        + " && printf x > \"tree/$(printf 'n\\377me')\" && chown 1234:4321 tree/a/b tree/a/one && chmod 4751 tree/a/one"
                        + " && chmod 1770 tree/empty && touch -d '2001-02-03 04:05:06.789' tree/a/one tree/a tree/empty"
                        + " && mkdir \"tree/$(printf 'l%.0s' $(seq 200))\" && echo y > \"tree/$(printf 'l%.0s' $(seq 200))/long\"");
    }

    @Test
    @NeedsRoot("makes files of other owners")
    void aTreeComesBackAsItWent() throws IOException {
        makeTree();
        Container container = host.start("alpine");
        assertThat(container.files().push(outside.resolve("tree"), "/srv/tree")).isEmpty();
        assertThat(container.exec("stat", "-c", "%a %u:%g", "/srv/tree/a/one").stdout())
                .isEqualTo("4751 1234:4321\n");
        container.stop();
        Files.createDirectory(outside.resolve("out"));
        try (OutputStream archive = Files.newOutputStream(outside.resolve("out.tar"))) {
            container.files().pull("/srv/tree", archive);
        }
        sh("tar -C out --numeric-owner -xpf out.tar");
        assertThat(listing("out")).isEqualTo(listing("tree"));
        assertThat(sh("du -k out/sparse | cut -f1").strip())
                .as("the hole is kept")
                .isEqualTo("4");

        container.start();
        container.files().pull("/srv/tree", outside.resolve("pulled"));
        sh("chmod u-s tree/a/one && touch -d '2001-02-03 04:05:06.789' tree/a/one");
        assertThat(listing("pulled")).as("but for set-user-ID bits").isEqualTo(listing("tree"));
    }

    @Test
    @NeedsRoot("makes files of other owners")
    void archivesOfTarAreUnpacked() throws IOException {
        makeTree();
        Container container = host.create("alpine");
        sh("tar -C tree --format=posix -czf tree.tar.gz .");
        try (var archive = Files.newInputStream(outside.resolve("tree.tar.gz"))) {
            assertThat(container.files().push(archive, "/srv/new/place")).isEmpty();
        }
        container.files().pull("/srv/new/place", outside.resolve("pulled"));
        sh("chmod u-s tree/a/one && touch -d '2001-02-03 04:05:06.789' tree/a/one");
        assertThat(listing("pulled")).isEqualTo(listing("tree"));
        byte[] garbage = "this is not an archive".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> container.files().push(new ByteArrayInputStream(garbage), "/srv"))
                .isInstanceOf(LxjException.class)
                .hasMessageStartingWith("unpack an archive to /srv in " + container.name() + ": ");
    }

    @Test
    void singleFilesGoBothWays() throws IOException {
        Container container = host.create("alpine");
        sh("printf 'content' > \"$(printf 'f\\377')\" && chmod 640 f*");
        try (Stream<Path> odd = Files.list(outside)) {
            container.files().push(odd.findFirst().orElseThrow(), "/srv/deep/er/\udcfe");
        }
        assertThat(container.files().info("/srv/deep/er/\udcfe").mode()).isEqualTo(0640);
        container.files().pull("/srv/deep/er/\udcfe", outside.resolve("back"));
        assertThat(outside.resolve("back")).hasContent("content");
        container.files().pull("/bin/busybox", outside.resolve("busybox"));
        assertThat(sh("test -x busybox && echo yes")).isEqualTo("yes\n");
    }

    @Test
    void whatGivesPowerOverTheHostStaysInTheContainer() throws IOException {
        Container container = host.start("alpine");
        container.exec(
                "sh", "-c", "mkdir /srv/x; mknod /srv/x/null c 1 3; cp /bin/busybox /srv/x/su; chmod 6755 /srv/x/su");
        container.files().pull("/srv/x", outside.resolve("x"));
        container.files().pull("/srv/x/su", outside.resolve("su"));
        assertThat(sh("stat -c '%n %a' x/* su")).isEqualTo("x/su 755\nsu 755\n");
    }

    @Test
    @NeedsRoot("makes files of other owners")
    void aContainerThatSwapsFoldersForLinksReachesNothingOutside() throws Exception {
        Path canary = Files.createDirectory(outside.resolve("canary"));
        Files.writeString(canary.resolve("file"), "secret of the host");
        Files.createDirectory(canary.resolve("sub"));
        Files.writeString(canary.resolve("sub/file"), "secret of the host");
        String before = listing("canary");
        makeTree();
        Container container = host.start("alpine");
        // The same path inside as outside, so that a link resolved by the host would hit the canary.
        String swap = "mkdir -p /srv/t/sub && echo inside > /srv/t/sub/file; ln -sfn " + canary + " /srv/l;"
                + " while :; do mv /srv/t /srv/old; ln -s " + canary + " /srv/t; echo > /srv/ready; rm /srv/t;"
                + " mv /srv/old /srv/t; done";
        ContainerProcess swapper = container.process("sh", "-c", swap);
        ContainerFiles files = container.files();
        while (!files.exists("/srv/ready")) {
            Thread.onSpinWait();
        }
        int succeeded = 0;
        // On a busy machine the folder may not be there for long.
        for (int i = 0; i < 150 || succeeded == 0; i++) {
            Path pulled = outside.resolve("pulled" + i);
            List<Runnable> attacks = List.of(
                    () -> assertThat(files.readText("/srv/t/sub/file")).doesNotContain("secret"),
                    () -> files.write("/srv/t/sub/file", "inside"),
                    () -> files.write("/srv/t/new", "inside"),
                    () -> files.mkdirs("/srv/t/made/deep"),
                    () -> files.list("/srv/t/sub"),
                    () -> files.push(outside.resolve("tree"), "/srv/t/tree"),
                    () -> files.pull("/srv/t", pulled),
                    () -> files.pull("/srv/t", OutputStream.nullOutputStream()),
                    () -> files.deleteTree("/srv/t/tree"),
                    () -> files.chmod("/srv/t/sub", 0777),
                    () -> files.delete("/srv/t/new"));
            try {
                attacks.get(i % attacks.size()).run();
                succeeded++;
            } catch (LxjException e) {
                assertThat(e).hasMessageContaining(" in " + container.name());
            }
            if (Files.exists(pulled, LinkOption.NOFOLLOW_LINKS)) {
                assertThat(sh("grep -rl secret pulled" + i + " || true")).isEmpty();
            }
        }
        swapper.destroyForcibly().waitFor();
        assertThat(listing("canary")).isEqualTo(before);
    }
}
