package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Config;
import io.lxj.config.ExecResult;
import io.lxj.config.Mount;
import io.lxj.config.State;
import io.lxj.error.InvalidConfigException;
import io.lxj.error.LxjException;
import io.lxj.linux.Fd;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a runtime leaves on its host for others to abuse: helpers, folders, control groups, settings. Each attack worked on
 * another runtime and is named after its CVE.
 */
@NeedsContainers
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(300)
class HostThreatsTest {
    private static final Config SLEEPER = Config.ofImage("alpine").init("/bin/sleep", "1000000");

    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    /** CVE-2017-5985 and CVE-2022-47952: a setuid helper does to others' networks what its caller may not. */
    @Test
    void cve2017_5985And2022_47952NoProgramIsShipped() throws Exception {
        for (Class<?> type : List.of(Lxj.class, Fd.class)) {
            Path shipped = Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
            if (Files.isDirectory(shipped)) {
                assertNoProgramIn(shipped);
            } else {
                try (FileSystem jar = FileSystems.newFileSystem(shipped)) {
                    assertNoProgramIn(jar.getPath("/"));
                }
            }
        }
    }

    private static void assertNoProgramIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.filter(Files::isRegularFile)).isNotEmpty().allSatisfy(file -> {
                assertThat(file.toString()).matches(".*(\\.class|\\.properties|\\.txt|\\.bpf|META-INF/.*)");
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .doesNotStartWith("\u007fELF")
                        .doesNotStartWith("#!");
            });
        }
    }

    /** Locks and temporary files are in a folder that nobody else can enter, or it isn't used. */
    @Test
    void cve2015_1331AFolderInWhichOthersCanPlantLinks(@TempDir Path outside) throws IOException {
        try (Stream<Path> parts = Files.walk(host.folder(), 1)) {
            assertThat(parts.filter(Files::isDirectory))
                    .allSatisfy(part -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(part)))
                            .isEqualTo("rwx------"));
        }
        Path shared = Files.createDirectory(outside.resolve("shared"));
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.createSymbolicLink(shared.resolve("lock"), outside.resolve("victim"));
        assertThatThrownBy(() -> Lxj.open(shared))
                .isInstanceOf(LxjException.class)
                .hasMessageContaining(shared.toString());
        Path planted = Files.createDirectory(outside.resolve("planted"));
        Files.setPosixFilePermissions(planted, PosixFilePermissions.fromString("rwx------"));
        Files.createSymbolicLink(planted.resolve("lock"), outside.resolve("victim"));
        assertThatThrownBy(() -> Lxj.open(planted))
                .isInstanceOf(LxjException.class)
                .hasMessageContaining(planted.toString());
        assertThat(outside.toFile().list()).containsExactlyInAnyOrder("shared", "planted");
    }

    /** The container's own tree is all that it sees of the host's, and what holds it is out of its reach. */
    @Test
    void cve2023_25809TheCgroupTreeOfTheHost() {
        Container container = host.start(SLEEPER);
        assertThat(sh(container, "cat /proc/1/cgroup /proc/self/cgroup | grep ^0:"))
                .isEqualTo("0::/\n0::/\n");
        assertThat(sh(container, "grep ' - cgroup2 ' /proc/self/mountinfo | cut -d' ' -f 4,5"))
                .isEqualTo("/ /sys/fs/cgroup\n");
        assertThat(sh(container, "cd /sys/fs/cgroup; ls -d ..; ls -d */ 2>/dev/null | wc -l"))
                .isEqualTo("..\n0\n");
        // What holds the container is not its own to change, where there is anything.
        assertThat(sh(
                        container,
                        "cd /sys/fs/cgroup; for f in memory.max pids.max cpu.max io.max cgroup.freeze; do"
                                + " if test -e $f && (: >>$f) 2>&-; then echo $f; fi; done; pwd -P"))
                .isEqualTo("/sys/fs/cgroup\n");
        assertThat(container
                        .exec("sh", "-c", "ls /sys/fs/cgroup/../../../.. | grep -c payload")
                        .stdout())
                .isEqualTo("0\n");
    }

    private static String sh(Container container, String script) {
        ExecResult result = container.exec("sh", "-c", script);
        assertThat(result.stderr()).as(script).isEmpty();
        return result.stdout();
    }

    /** Whoever ends the container has to remove them, one by one. */
    @Test
    void controlGroupsWithoutEnd() {
        Container container = host.start(SLEEPER);
        assertThat(container
                        .exec("sh", "-c", "cd /sys/fs/cgroup; seq 6000 | xargs mkdir 2>&1 | grep -v 'temporarily'")
                        .stdout())
                .isEmpty();
        assertThat(container
                        .exec("sh", "-c", "ls -d /sys/fs/cgroup/[0-9]* | wc -l")
                        .stdout()
                        .trim())
                .asInt()
                .isBetween(1000, 5000);
        container.stop();
        assertThat(container.state()).isEqualTo(State.STOPPED);
    }

    /** A line of its own in a file that lxj writes, or an option of its own in a list that the kernel parses. */
    @Test
    void cve2026_23953NewLinesAndSeparatorsInSettings() {
        refused("hostname", () -> SLEEPER.hostname("web\n127.0.0.1 example.org"));
        refused("label", () -> SLEEPER.label("key", "value\nother: x"));
        refused("labels", () -> SLEEPER.label("key\n", "value"));
        refused("env", () -> SLEEPER.env("A\nB", "value"));
        refused("mount", () -> SLEEPER.mount(Mount.bind("/srv", "/srv\n/etc")));
        refused("mount", () -> SLEEPER.mount(Mount.bind("/srv\n", "/srv")));
        refused("workingDirectory", () -> SLEEPER.workingDirectory("/srv\n"));
        refused("credential", () -> SLEEPER.credential("../name", "value"));
        assertThatThrownBy(() -> host.lxj().containers().create("web\nother", SLEEPER))
                .isInstanceOf(LxjException.class);
        // The options of an overlay are separated by commas, its layers by colons: neither is ever put together as
        // text.
        Container container =
                host.start(SLEEPER.hostname("web.example.org").label("options", "lowerdir=/,upperdir=/:\\"));
        assertThat(sh(container, "cat /etc/hostname")).isEqualTo("web.example.org\n");
        assertThat(container.config().labels()).containsEntry("options", "lowerdir=/,upperdir=/:\\");
    }

    /** What looks like an option stays a name or an argument: lxj puts no command line together. */
    @Test
    void cve2026_48755AnOptionWhereANameIsExpected() {
        for (String name : List.of("-h", "--help", "-web")) {
            assertThatThrownBy(() -> host.lxj().containers().create(name, SLEEPER))
                    .as(name)
                    .isInstanceOf(InvalidConfigException.class);
            refused("hostname", () -> SLEEPER.hostname(name));
            refused("image", () -> Config.ofImage(name));
        }
        Container container = host.start(SLEEPER.init("/bin/sh", "-c", "sleep 1000000; :", "--", "-x", "$(id)"));
        assertThat(sh(container, "tr '\\0' '|' </proc/1/cmdline"))
                .isEqualTo("/bin/sh|-c|sleep 1000000; :|--|-x|$(id)|");
        assertThat(container
                        .exec("printf", "%s|", "--", "-n", "$(id)", "`id`", "a b")
                        .stdout())
                .isEqualTo("--|-n|$(id)|`id`|a b|");
    }

    private static void refused(String field, ThrowingCallable setting) {
        assertThatThrownBy(setting)
                .as(field)
                .isInstanceOf(InvalidConfigException.class)
                .message()
                .doesNotContain("\n");
    }
}
