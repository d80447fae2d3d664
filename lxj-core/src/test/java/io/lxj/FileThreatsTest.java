package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Config;
import io.lxj.config.Storage;
import io.lxj.error.LxjException;
import io.lxj.testing.CProgram;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Containers that try to misdirect files on their way in and out. Each attack worked on another runtime and is named after
 * its CVE.
 */
@NeedsContainers
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(300)
class FileThreatsTest {
    private static final Config SLEEPER = Config.ofImage("alpine").init("/bin/sleep", "1000000");
    private static final int ROUNDS = 150;

    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    /** A process inside exchanges a folder for a link to the host's root while files go through it. */
    @ParameterizedTest
    @EnumSource
    @NeedsCommand("gcc")
    void cve2018_15664AFolderThatIsSwappedForALink(Storage storage, @TempDir Path outside) throws IOException {
        Path secret = Files.writeString(outside.resolve("secret"), "of the host");
        Path tree = Files.createDirectories(outside.resolve("tree/below")).getParent();
        Files.writeString(tree.resolve("below/pushed"), "pushed");
        Path pulled = Files.createDirectory(outside.resolve("pulled"));
        Container container = host.start(SLEEPER.storage(storage));
        container.exec(
                "sh",
                "-c",
                "mkdir -p /data/folder; echo inside >/data/folder/secret; ln -s ../../../../../../../../../.."
                        + outside
                        + " /data/link");
        ContainerFiles files = container.files();
        Path exchange = outside.resolve("exchange");
        CProgram.build("exchange.c", exchange);
        files.write("/exchange", Files.readAllBytes(exchange), 0755);
        Files.delete(exchange);
        container.exec("sh", "-c", "/exchange /data/folder /data/link </dev/null >/dev/null 2>&1 &");
        Set<Boolean> outcomes = new HashSet<>();
        // Until both the folder and the link were met.
        for (int i = 0; i < ROUNDS || outcomes.size() < 2; i++) {
            tries(
                    outcomes,
                    () -> assertThat(files.readText("/data/folder/secret")).isEqualTo("inside\n"),
                    () -> files.write("/data/folder/secret", "inside\n"),
                    () -> files.write("/data/folder/written", "written"),
                    () -> files.list("/data/folder")
                            .forEach(info -> assertThat(info.name()).isNotEqualTo("pulled")),
                    () -> files.push(tree, "/data/folder/tree"),
                    () -> files.mkdirs("/data/folder/tree/more"),
                    () -> files.chmod("/data/folder/secret", 0600),
                    () -> files.delete("/data/folder/written"),
                    () -> files.deleteTree("/data/folder/tree"),
                    () -> assertThat(archive(files, "/data/folder")).doesNotContain("of the host"));
        }
        container.stop();
        assertThat(secret).hasContent("of the host");
        assertThat(Files.getPosixFilePermissions(secret)).hasSizeGreaterThan(2);
        assertThat(pulled).isEmptyDirectory();
        assertThat(outside.toFile().list()).containsExactlyInAnyOrder("secret", "tree", "pulled");
        assertThat(tree.toFile().list()).containsExactly("below");
    }

    /** Notes which outcomes there are: a call works, or it meets the link. */
    private static void tries(Set<Boolean> outcomes, Runnable... calls) {
        for (Runnable call : calls) {
            try {
                call.run();
                outcomes.add(true);
            } catch (LxjException e) {
                assertThat(e).hasMessageContaining("/data/folder");
                outcomes.add(false);
            }
        }
    }

    /** Files come and go while no instruction of the container can be run: nothing of it is loaded or executed for that. */
    @Test
    void cve2019_14271AHelperThatLoadsLibrariesOfTheContainer(@TempDir Path outside) throws IOException {
        Container container = host.start(SLEEPER);
        container.freeze();
        ContainerFiles files = container.files();
        files.write("/etc/nsswitch.conf", "passwd: evil\n");
        files.push(Files.writeString(outside.resolve("file"), "pushed"), "/tmp/file");
        assertThat(files.readText("/tmp/file")).isEqualTo("pushed");
        assertThat(files.pull("/tmp/file", outside.resolve("back"))).isEmpty();
        assertThat(outside.resolve("back")).hasContent("pushed");
        assertThat(archive(files, "/etc")).contains("nsswitch.conf");
        assertThat(files.list("/tmp")).extracting(info -> info.name()).isEqualTo(List.of("file"));
        container.unfreeze();
    }

    private static String archive(ContainerFiles files, String path) {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        files.pull(path, archive);
        return archive.toString(StandardCharsets.ISO_8859_1);
    }
}
