package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Command;
import io.lxj.config.Config;
import io.lxj.config.ExecResult;
import io.lxj.config.Mount;
import io.lxj.config.OnExit;
import io.lxj.config.State;
import io.lxj.config.User;
import io.lxj.error.LaunchException;
import io.lxj.error.LxjException;
import io.lxj.testing.Caller;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Images and neighbours that try to misdirect the start of a container. Each attack worked on another runtime and is named
 * after its CVE.
 */
@NeedsContainers
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(300)
class LaunchThreatsTest {
    private static final int RACES = 40;
    private static final Config SLEEPER = Config.ofImage("alpine").init("/bin/sleep", "1000000");

    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    private Path outside;

    @BeforeEach
    void makeAPlaceOutside() throws IOException {
        outside = Files.createTempDirectory("lxj-outside");
    }

    @AfterEach
    void removeThePlaceOutside() throws IOException {
        host.clear();
        TestLxj.remove(outside);
    }

    private static String sh(Container container, String script) {
        ExecResult result = container.exec("sh", "-c", script);
        assertThat(result.stderr()).as(script).isEmpty();
        return result.stdout();
    }

    private static Config image(String name, Consumer<ImageBuilder> content) {
        try (ImageBuilder builder =
                host.lxj().images().builder(host.lxj().images().get("alpine"))) {
            content.accept(builder);
            builder.build(name);
        }
        return SLEEPER.image(name);
    }

    /**
     * What the image has in /dev is covered, not followed. Only a container whose root is the host's has masks: none is made of
     * what the image's /dev/null leads to.
     */
    @Test
    @NeedsRoot("starts a privileged container: no other has masks")
    void cve2025_31133ADevNullThatIsALink() throws IOException {
        Files.writeString(outside.resolve("null"), "of the host");
        Map<String, String> targets = Map.of(
                "null-outside",
                "../../../../../../.." + outside.resolve("null"),
                "null-proc",
                "/proc/sys/kernel/core_pattern");
        for (String name : targets.keySet()) {
            Config config = image(name, image -> image.link(targets.get(name), "/dev/null"));
            Container container = host.start(config.privileged());
            assertThat(sh(container, "stat -c '%F %t:%T' /dev/null")).isEqualTo("character special file 1:3\n");
            for (String masked : List.of("/proc/kcore", "/proc/keys", "/proc/sysrq-trigger")) {
                if (Files.exists(Path.of(masked))) {
                    assertThat(sh(container, "stat -c '%a %s %F' " + masked)).isEqualTo("0 0 regular empty file\n");
                    assertThat(sh(container, "cat " + masked)).isEmpty();
                    assertThat(container.exec("sh", "-c", "echo x >" + masked).stderr())
                            .contains("Read-only file system");
                }
            }
        }
        assertThat(outside.resolve("null")).hasContent("of the host");
    }

    /** The console is bound on a file of lxj's own tmpfs; the PTY's other end comes from its master, not by a path. */
    @Test
    void cve2025_52565AConsoleAndTerminalsThatAreLinks() {
        String target = outside.resolve("console").toString();
        Config config = image("console-link", image -> image.link(target, "/dev/console")
                .link("/etc/shadow", "/dev/pts/0")
                .link(target, "/dev/ptmx"));
        Container container = host.start(config);
        assertThat(sh(container, "stat -c %F /dev/console /dev/pts/0"))
                .isEqualTo("character special file\ncharacter special file\n");
        assertThat(sh(container, "tty </dev/console")).matches("/dev/(console|pts/0)\n");
        assertThat(sh(container, "head -n 1 /etc/shadow")).startsWith("root:");
        assertThat(outside).isEmptyDirectory();
    }

    /** Settings are written below a new procfs, wherever the image's /proc and what is mounted in it lead. */
    @Test
    void cve2025_52881AProcThatIsMadeOfFiles() throws IOException {
        String out = "../../../../../../../../..";
        Path settings = Files.createDirectories(outside.resolve("sys/net/ipv4"));
        Files.writeString(settings.resolve("ip_forward"), "of the host");
        Config config = image("fake-proc", image -> image.folder("/proc/self/attr")
                .write("/proc/self/attr/exec", "", 0666)
                .write("/proc/self/attr/apparmor", "", 0666)
                .link("self", "/proc/thread-self")
                .write("/proc/sys/kernel/msgmax", "of the image", 0666)
                .link(out + "/etc/target", "/proc/sys/kernel/sem")
                .write("/etc/target", "of the image", 0666)
                .link(out + outside.resolve("sys/net"), "/proc/sys/net")
                .write("/proc/1/status", "Name: fake\n"));
        Container container = host.start(config.sysctl("kernel.msgmax", "4321")
                .sysctl("kernel.sem", "250 32000 100 200")
                .sysctl("net.ipv4.ip_forward", "1")
                .mount(TestLxj.shared(Mount.bind(outside.resolve("sys"), "/proc/sys"))));
        assertThat(sh(container, "umount /proc/sys; cd /proc/sys; cat kernel/msgmax kernel/sem net/ipv4/ip_forward"))
                .isEqualTo("4321\n250\t32000\t100\t200\n1\n");
        assertThat(sh(container, "stat -f -c %T /proc /proc/sys/kernel")).isEqualTo("proc\nproc\n");
        assertThat(sh(container, "grep Name: /proc/1/status")).isEqualTo("Name:\tsleep\n");
        container.stop();
        // What the image and the volume have there is as it was: nothing was written to it.
        assertThat(container.files().read("/proc/self/attr/exec")).isEmpty();
        assertThat(container.files().readText("/proc/sys/kernel/msgmax")).isEqualTo("of the image");
        assertThat(container.files().readText("/etc/target")).isEqualTo("of the image");
        assertThat(settings.resolve("ip_forward")).hasContent("of the host");
    }

    /** CVE-2019-19921, and CVE-2023-27561 once more: /proc is a link into a volume that another container controls. */
    @Test
    void cve2019_19921And2023_27561AProcThatIsALinkIntoAVolume() {
        Config config = image("proc-link", image -> image.delete("/proc").link("/volume/proc", "/proc"))
                .mount(TestLxj.shared(Mount.bind(outside, "/volume")));
        Container container = host.create(config);
        assertThatThrownBy(container::start)
                .isInstanceOf(LxjException.class)
                .hasMessageContaining("open /proc")
                .hasMessageContaining("a symbolic link where a folder must be");
        assertThat(container.state()).isEqualTo(State.STOPPED);
        assertThat(outside).isEmptyDirectory();
    }

    /** Folders that are missing on the way to a target are made below the root, one by one. */
    @Test
    void cve2024_45310AFolderThatWouldBeMadeThroughALink() throws IOException {
        Path source = Files.createDirectory(outside.resolve("source"));
        Config config = image("target-link", image -> image.folder(outside.toString())
                        .link("../../../../../../.." + outside, "/srv/link")
                        .link(outside.toString(), "/srv/absolute"))
                .mount(TestLxj.shared(Mount.bind(source, "/srv/link/made/here")))
                .mount(TestLxj.shared(Mount.bind(source, "/srv/absolute/too")));
        Container container = host.start(config);
        assertThat(sh(container, "ls -d " + outside + "/made/here " + outside + "/too"))
                .isEqualTo(outside + "/made/here\n" + outside + "/too\n");
        assertThat(outside.toFile().list()).containsExactly("source");
    }

    /** A neighbour exchanges a part of the target for a link to the host's root while the mount is made. */
    @Test
    void cve2021_30465And2015_1335ATargetThatIsSwappedForALink() throws Exception {
        Path volume = Files.createDirectory(outside.resolve("volume"));
        Path source = Files.createDirectory(outside.resolve("source"));
        Files.writeString(source.resolve("secret"), "of the volume");
        Path folder = Files.createDirectory(volume.resolve("folder"));
        if (!Caller.isRoot()) {
            // What an ordinary user shares can only be read, so that the target can't be made there.
            Files.createDirectory(folder.resolve("target"));
        }
        Files.createDirectory(outside.resolve("victim"));
        Path link = Files.createSymbolicLink(
                volume.resolve("link"), Path.of("/../../../../../../../../.." + outside.resolve("victim")));
        Config config = SLEEPER.mount(TestLxj.shared(Mount.bind(volume, "/volume")))
                .mount(TestLxj.shared(Mount.bind(source, "/volume/folder/target")));
        AtomicBoolean over = new AtomicBoolean();
        Thread swapper = new Thread(() -> swap(volume.resolve("folder"), link, over));
        swapper.start();
        int started = 0;
        try {
            // On a busy machine the folder may not be there for long.
            for (int i = 0; i < RACES || started == 0; i++) {
                started += tryToStart(host.create(config)) ? 1 : 0;
                host.clear();
            }
        } finally {
            over.set(true);
            swapper.join();
        }
        assertThat(outside.resolve("victim")).isEmptyDirectory();
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(outside.toString());
    }

    private static boolean tryToStart(Container container) {
        try {
            container.start();
            return true;
        } catch (LxjException e) {
            assertThat(e).hasMessageStartingWith("start " + container.name());
            assertThat(container.state()).isEqualTo(State.STOPPED);
            return false;
        }
    }

    /** renameat2(2) with RENAME_EXCHANGE would do it at once; two renames show a moment without either as well. */
    private static void swap(Path folder, Path link, AtomicBoolean over) {
        Path aside = folder.resolveSibling("aside");
        while (!over.get()) {
            folder.toFile().renameTo(aside.toFile());
            link.toFile().renameTo(folder.toFile());
            folder.toFile().renameTo(link.toFile());
            aside.toFile().renameTo(folder.toFile());
        }
    }

    /** An image that is mounted, copied or built on is content: its links lead nowhere outside. */
    @Test
    void cve2024_1753ALinkInAnImageThatBuildingMeets() throws IOException {
        Files.writeString(outside.resolve("file"), "of the host");
        image("build-link", image -> image.folder(outside.toString())
                .link("../../../../../../.." + outside, "/srv/data"));
        try (ImageBuilder builder =
                host.lxj().images().builder(host.lxj().images().get("build-link"))) {
            builder.folder("/srv/data/made")
                    .write("/srv/data/file", "of the image")
                    .run("sh", "-c", "echo more >>/srv/data/file")
                    .build("built-link");
        }
        assertThat(outside.resolve("file")).hasContent("of the host");
        assertThat(outside.toFile().list()).containsExactly("file");
        Container container = host.create(SLEEPER.image("built-link"));
        assertThat(container.files().readText(outside + "/file")).isEqualTo("of the imagemore\n");
    }

    /** Files that look like lxj's own records are content as well. */
    @Test
    void cve2026_40226SettingsThatComeWithAnImage() {
        String settings =
                "{\"init\": [\"/evil\"], \"mounts\": [{\"type\": \"bind\", \"source\": \"/\", \"target\": \"/mnt\"}]}";
        Config config = image("settings", image -> image.write("/container.json", settings)
                .write("/image.json", settings)
                .write("/config.json", settings)
                .write("/etc/lxj.conf", "init=/evil\n"));
        Container container = host.start(config);
        assertThat(sh(container, "tr '\\0' ' ' </proc/1/cmdline")).isEqualTo("/bin/sleep 1000000 ");
        assertThat(sh(container, "ls -A /mnt")).isEmpty();
        assertThat(host.lxj().images().get("settings").info().toString()).doesNotContain("evil");
    }

    /** What lxj itself reads of an image has a limit, however large the file says that it is. */
    @Test
    void cve2026_41648FilesThatAreLargerThanMemory() {
        String huge = "truncate -s 1024G ";
        Config config = image(
                "huge",
                image -> image.run(
                        "sh",
                        "-c",
                        "rm /etc/os-release; " + huge + "/etc/os-release; " + huge + "/etc/passwd.huge; " + huge
                                + "/etc/group.huge"));
        Container container = host.start(config);
        assertThat(sh(container, "mv /etc/passwd.huge /etc/passwd; mv /etc/group.huge /etc/group; echo moved"))
                .isEqualTo("moved\n");
        assertThatThrownBy(() -> container.exec(Command.of("id").user(User.named("ann"))))
                .isInstanceOf(LxjException.class)
                .hasMessageContaining("/etc/passwd");
        assertThat(sh(container, "echo on")).isEqualTo("on\n");
    }

    /** No descriptor that leads to the host is open when the init's working directory and program are looked up. */
    @ParameterizedTest
    @EnumSource
    void cve2024_21626AWorkingDirectoryOrInitThroughADescriptor(OnExit fate) throws IOException {
        Files.writeString(outside.resolve("secret"), "of the host");
        Path tool = Files.writeString(outside.resolve("tool"), "#!/bin/sh\necho of the host >/stolen\n");
        Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (int fd = 0; fd < 24; fd++) {
            String link = "/proc/self/fd/" + fd + "/..".repeat(12) + outside;
            Config config = image(
                            "descriptor-" + fate.name().toLowerCase(Locale.ROOT) + fd,
                            image -> image.link(link, "/work").link(link + "/tool", "/bin/tool"))
                    .onExit(fate);
            Container working =
                    host.create(config.workingDirectory("/work").init("/bin/sh", "-c", "cp secret /stolen"));
            assertThatThrownBy(working::start)
                    .isInstanceOf(LaunchException.class)
                    .hasMessageContaining("enter the working directory");
            assertThat(working.files().exists("/stolen")).isFalse();
            Container executing = host.create(config.init("/bin/tool"));
            assertThatThrownBy(executing::start)
                    .isInstanceOf(LxjException.class)
                    .hasMessageContaining("/bin/tool");
            assertThat(executing.files().exists("/stolen")).isFalse();
        }
    }
}
