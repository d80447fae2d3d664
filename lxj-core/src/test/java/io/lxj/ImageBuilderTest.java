package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Command;
import io.lxj.config.Config;
import io.lxj.config.ExitStatus;
import io.lxj.config.FileInfo;
import io.lxj.config.ImageInfo;
import io.lxj.config.InitSystem;
import io.lxj.config.State;
import io.lxj.config.User;
import io.lxj.error.AlreadyExistsException;
import io.lxj.error.InvalidConfigException;
import io.lxj.error.LxjException;
import io.lxj.error.NotFoundException;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.MustWork;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.TestRootfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Images that are built of nothing, of others, and of what the host has. */
@NeedsContainers
@LeaksNothing
@Timeout(300)
class ImageBuilderTest {
    @RegisterExtension
    final TestLxj host = TestLxj.of();

    private Images images() {
        return host.lxj().images();
    }

    private void importAlpine() {
        images().importTarball("alpine", TestRootfs.find("alpine"));
    }

    @Test
    @NeedsRootfs("alpine")
    void anImageIsBuiltFromAnother() throws IOException {
        importAlpine();
        Path site = Files.createDirectories(
                host.folder().resolveSibling(host.folder().getFileName() + "-site"));
        try {
            Files.writeString(site.resolve("index.html"), "<p>hello");
            Files.createSymbolicLink(site.resolve("home"), Path.of("index.html"));
            Image built;
            try (ImageBuilder builder = images().builder(images().get("alpine"))) {
                built = builder.add(site, "/var/www")
                        .write("/etc/motd", "built\n")
                        .write("/usr/local/bin/greet", "#!/bin/sh\necho hello $NAME from $(id -un)\n", 0755)
                        .folder("/srv/private", 0700)
                        .link("/var/www", "/srv/www")
                        .group("web", 900)
                        .user("web", 900, 900, "/home/web", "/bin/sh")
                        .env("NAME", "lxj")
                        .run("sh", "-c", "greet > /root/greeting && test ! -e /sys/class/net/eth0")
                        .run(Command.of("sh", "-c", "id -u > uid")
                                .user(User.named("web"))
                                .workingDirectory("/home/web"))
                        .build("web");
            }
            ImageInfo info = built.info();
            assertThat(info.initSystem()).isEqualTo(InitSystem.BUSYBOX);
            assertThat(info.source()).isEmpty();
            assertThat(info.entries())
                    .isGreaterThan(images().get("alpine").info().entries());
            assertThat(info.defaults().environment()).containsEntry("NAME", "lxj");
            assertThat(host.imageFolders()).containsExactly("alpine", "web");

            Container container = host.start(Config.of(built));
            assertThat(container.exec("cat", "/root/greeting").stdout()).isEqualTo("hello lxj from root\n");
            assertThat(container.exec("cat", "/home/web/uid").stdout()).isEqualTo("900\n");
            assertThat(container.exec("greet").stdout()).isEqualTo("hello lxj from root\n");
            assertThat(container
                            .exec(Command.of("greet").env("NAME", "you").user(User.named("web")))
                            .stdout())
                    .isEqualTo("hello you from web\n");
            assertThat(container
                            .exec("sh", "-c", "tr '\\0' '\\n' < /proc/1/environ")
                            .stdout())
                    .contains("NAME=lxj\n");
            assertThat(container.files().readText("/srv/www/home")).isEqualTo("<p>hello");
            FileInfo index = container.files().info("/var/www/index.html");
            assertThat(index.uid()).isZero();
            assertThat(container.files().info("/srv/private").mode()).isEqualTo(0700);
            host.clear();
            Container other = host.start(Config.of(built).env("NAME", "config"));
            assertThat(other.exec("greet").stdout())
                    .as("the container's own wins")
                    .isEqualTo("hello config from root\n");
        } finally {
            TestLxj.remove(site);
        }
    }

    /** It could be traced, and would then make the calls that the command can't. */
    @Test
    @NeedsRootfs("alpine")
    void whatACommandRunsBesideIsConfinedAsItIs() throws IOException {
        importAlpine();
        String fields = "grep -E '^(Seccomp|Seccomp_filters|NoNewPrivs|Cap.*):' /proc/$i/status >/of-$i";
        Image built;
        try (ImageBuilder builder = images().builder(images().get("alpine"))) {
            built = builder.run("sh", "-ec", "for i in 1 self; do " + fields + "; done")
                    .build("confined");
        }
        ContainerFiles files = host.create(Config.of(built)).files();
        assertThat(files.readText("/of-1"))
                .isEqualTo(files.readText("/of-self"))
                .contains("Seccomp:\t2\n")
                .contains("CapBnd:");
    }

    @Test
    @NeedsRootfs("alpine")
    void theImagesOwnInitIsStarted() throws Exception {
        importAlpine();
        Image built;
        try (ImageBuilder builder = images().builder(images().get("alpine"))) {
            built = builder.write("/bin/answer", "#!/bin/sh\nexit $1\n", 0755)
                    .init("/bin/answer", "42")
                    .build("answer");
        }
        Container container = host.create(Config.of(built));
        container.start();
        container.awaitState(State.STOPPED, TestLxj.LONG);
        assertThat(container.lastExit().orElseThrow().cause()).isEqualTo(ExitStatus.Cause.EXITED);
        assertThat(container.lastExit().orElseThrow().toString()).contains("42");
    }

    @Test
    @NeedsRootfs("alpine")
    void aCommandThatFailsFailsTheBuildWithItsOutput() throws IOException {
        importAlpine();
        try (ImageBuilder builder = images().builder(images().get("alpine"))) {
            assertThatThrownBy(() -> builder.run("sh", "-c", "echo something; echo went wrong >&2; exit 3"))
                    .isInstanceOf(LxjException.class)
                    .hasMessageStartingWith("build an image: run sh -c")
                    .hasMessageContaining("exit code 3")
                    .hasMessageContaining("went wrong");
            assertThatThrownBy(() -> builder.run("nosuchprogram")).hasMessageContaining("exit code 127");
            builder.run("sh", "-c", "sleep 1000 & exit 0");
            assertThatThrownBy(() -> builder.build("alpine"))
                    .isInstanceOf(AlreadyExistsException.class)
                    .hasMessage("image alpine: exists already; choose another name or remove that one first");
            assertThatThrownBy(() -> builder.build("../x")).isInstanceOf(InvalidConfigException.class);
        }
        assertThat(host.imageFolders()).containsExactly("alpine");
        images().get("alpine").delete();
    }

    @Test
    void whatIsRefusedLeavesNothing() throws IOException {
        try (ImageBuilder builder = images().builder()) {
            assertThatThrownBy(() -> builder.add(Path.of("/no/such"), "/x"))
                    .hasMessageStartingWith("build an image: add /no/such as /x: openat(")
                    .hasMessageContaining("ENOENT");
            assertThatThrownBy(() -> builder.write("/../x", "y")).isInstanceOf(InvalidConfigException.class);
            assertThatThrownBy(() -> builder.user("a:b", 1, 1, "/", "/bin/sh"))
                    .isInstanceOf(InvalidConfigException.class);
            assertThatThrownBy(() -> builder.user("ab", 1, 1, "/x:y", "/bin/sh"))
                    .isInstanceOf(InvalidConfigException.class);
            assertThatThrownBy(() -> builder.user("ab", -1, 1, "/", "/bin/sh"))
                    .isInstanceOf(InvalidConfigException.class);
            builder.user("ab", 1, 1, "/", "/bin/sh");
            assertThatThrownBy(() -> builder.user("ab", 2, 2, "/", "/bin/sh"))
                    .isInstanceOf(AlreadyExistsException.class);
            builder.link("/etc", "/link");
            assertThatThrownBy(() -> builder.link("/etc", "/link")).hasMessageContaining("EEXIST");
            builder.write("/link/inside", "x");
            assertThat(Files.exists(Path.of("/etc/inside"))).isFalse();
        }
        assertThat(host.imageFolders()).isEmpty();
        Image none = null;
        try (ImageBuilder builder = images().builder()) {
            none = builder.build("none");
        }
        none.delete();
        Image gone = none;
        assertThatThrownBy(() -> images().builder(gone)).isInstanceOf(NotFoundException.class);
        assertThat(host.imageFolders()).isEmpty();
    }

    private void boots(Template template) {
        Container container = host.start(template.config());
        assertThat(container.exec("sh", "-c", "echo $((6 * 7)); id -un").stdout())
                .isEqualTo("42\nroot\n");
        assertThat(container.exec("ls", "/").stdout()).contains("etc\n", "tmp\n");
        ExitStatus exit = container.shutdown(TestLxj.LONG);
        assertThat(exit.cause()).as(exit.toString()).isNotEqualTo(ExitStatus.Cause.KILLED);
    }

    @Test
    void theBusyboxTemplateBootsAndHalts() {
        if (BusyboxTemplate.find().isEmpty()) {
            throw MustWork.missing("no static busybox on this host");
        }
        Template template = images().busyboxTemplate("busybox");
        assertThat(template.image().info().initSystem()).isEqualTo(InitSystem.BUSYBOX);
        assertThat(template.image().info().warnings()).isEmpty();
        boots(template);
        Container again = host.start(template.config());
        assertThat(again.exec("awk", "BEGIN { print 1 }").stdout()).isEqualTo("1\n");
        assertThat(again.exec("hostname").stdout()).isEqualTo(again.name() + "\n");
        again.reboot();
        assertThat(again.exec("true").exitCode()).isZero();
    }

    @Test
    void theHostTemplateBootsAndHalts() {
        Template template = images().hostTemplate("host");
        boots(template);
        Container container = host.start(template.config());
        assertThat(container.exec("touch", "/usr/x").exitCode())
                .as("the host's files can't be changed")
                .isNotZero();
        assertThat(container.exec("touch", "/root/x").exitCode()).isZero();
    }
}
