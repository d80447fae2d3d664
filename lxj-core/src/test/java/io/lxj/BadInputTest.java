package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Config;
import io.lxj.config.ExitStatus;
import io.lxj.config.Mount;
import io.lxj.config.State;
import io.lxj.error.AlreadyExistsException;
import io.lxj.error.InUseException;
import io.lxj.error.InvalidConfigException;
import io.lxj.error.LaunchException;
import io.lxj.error.LxjException;
import io.lxj.error.NotFoundException;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.PortableJvm;
import io.lxj.testing.TestRootfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What can't be done is refused with words that say why, and leaves nothing behind. */
@NeedsContainers
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(120)
class BadInputTest {
    private static final Config SLEEPER = Config.ofImage("alpine").init("/bin/sleep", "1000000");

    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    @Test
    void whateverComesAfterTheCloseIsToldThatLxjIsClosed() throws IOException {
        Lxj lxj = Lxj.open(host.folder());
        Container container = lxj.containers().create("closed", SLEEPER);
        Image image = lxj.images().get("alpine");
        lxj.close();
        lxj.close();
        List<ThrowingCallable> calls = List.of(
                container::start,
                container::state,
                container::lastExit,
                container::destroy,
                () -> container.exec("true"),
                () -> container.files().list("/"),
                image::info,
                image::delete,
                () -> lxj.containers().list(),
                () -> lxj.containers().get("closed"),
                () -> lxj.containers().create("another", SLEEPER),
                () -> lxj.containers().launch("another", SLEEPER),
                () -> lxj.images().list(),
                () -> lxj.images().builder(),
                () -> lxj.images().importTarball("another", TestRootfs.find("alpine")));
        assertThat(calls).allSatisfy(call -> assertThatThrownBy(call)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("lxj in " + host.folder() + " was closed"));
        host.lxj().containers().get("closed").destroy();
    }

    /** A start that fails leaves the container as it was: stopped, and able to start once the cause is gone. */
    private static LxjException startFails(Container container) {
        LxjException[] thrown = new LxjException[1];
        assertThatThrownBy(container::start)
                .isInstanceOfSatisfying(LxjException.class, e -> thrown[0] = e)
                .hasMessageStartingWith("start " + container.name());
        assertThat(thrown[0].getSuppressed()).isEmpty();
        assertThat(container.state()).isEqualTo(State.STOPPED);
        assertThat(Files.exists(host.folder().resolve("containers/" + container.name() + "/run.json")))
                .isFalse();
        return thrown[0];
    }

    @Test
    void namesThatAreNotAllowed() {
        for (String name : List.of("", "a/b", ".hidden", "-x", "x".repeat(64), "a b", "a\nb", "..", "\u00fc")) {
            assertThatThrownBy(() -> host.lxj().containers().create(name, SLEEPER))
                    .as(name)
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessageContaining("container name");
        }
        Container container = host.create(SLEEPER);
        assertThatThrownBy(() -> container.rename("../x")).isInstanceOf(InvalidConfigException.class);
        assertThat(host.lxj().containers().list()).containsExactly(container);
    }

    @Test
    void namesThatExistOrDoNot() {
        Container container = host.create(SLEEPER);
        assertThatThrownBy(() -> host.lxj().containers().create(container.name(), SLEEPER))
                .isInstanceOf(AlreadyExistsException.class)
                .hasMessageContaining("container " + container.name());
        assertThatThrownBy(() -> host.lxj().containers().get("none"))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("container none");
        assertThatThrownBy(() -> host.lxj().containers().get("../images")).isInstanceOf(LxjException.class);
        assertThat(host.lxj().containers().find("none")).isEmpty();
        assertThatThrownBy(() -> host.lxj().containers().create("other", Config.ofImage("no-image")))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("image no-image");
    }

    @Test
    void anImageThatIsInUse() {
        Container container = host.create(SLEEPER);
        assertThatThrownBy(() -> host.lxj().images().get("alpine").delete())
                .isInstanceOf(InUseException.class)
                .hasMessageContaining("container " + container.name());
    }

    @Test
    void anInitThatIsMissing() {
        LxjException e = startFails(host.create(SLEEPER.init("/sbin/no-such-init")));
        assertThat(e)
                .isInstanceOf(LaunchException.class)
                .hasMessageContaining("execute /sbin/no-such-init")
                .hasMessageContaining("ENOENT (")
                .hasMessageEndingWith(
                        "the image has no /sbin/no-such-init, or not the interpreter that it names; choose"
                                + " another init with Config.init(...)");
    }

    @Test
    void anInitThatIsNotExecutable() {
        assertThat(startFails(host.create(SLEEPER.init("/etc/passwd"))))
                .hasMessageContaining("EACCES (")
                .hasMessageEndingWith("/etc/passwd is not an executable file");
        assertThat(startFails(host.create(SLEEPER.init("/etc")))).hasMessageContaining("EACCES (");
    }

    @Test
    void anInitThatIsNoProgram() {
        Container container = host.start(SLEEPER);
        container.exec(
                "sh",
                "-c",
                "head -c 500 /dev/urandom >/bad; chmod 755 /bad; printf '#!/no/sh\\n' >/script;"
                        + " chmod 755 /script; ln -s loop /loop");
        container.stop();
        container.configure(SLEEPER.init("/bad"));
        assertThat(startFails(container)).hasMessageContaining("ENOEXEC (");
        container.configure(SLEEPER.init("/script"));
        assertThat(startFails(container)).hasMessageContaining("ENOENT (");
        container.configure(SLEEPER.init("/loop"));
        assertThat(startFails(container)).hasMessageEndingWith("/loop is a symbolic link that leads to itself");
        container.configure(SLEEPER);
        container.start();
    }

    @Test
    void anInitThatEndsAtOnceIsNoFailedStart() {
        Container container = host.start(SLEEPER.init("/bin/true"));
        assertThat(container.awaitState(State.STOPPED, TestLxj.LONG)).isTrue();
        assertThat(container.lastExit()).contains(ExitStatus.exited(0));
    }

    @Test
    void cve2019_5736AnInitThatIsTheProgramWhichLaunchesIt() {
        Container container = host.start(SLEEPER.init("/proc/self/exe"));
        // It finds no list of calls on its standard input, which is the console, and ends.
        assertThat(container.onExit().join()).isEqualTo(ExitStatus.exited(126));
        assertThat(container.state()).isEqualTo(State.STOPPED);
        assertThat(host.start(SLEEPER).exec("echo", "fine").stdout()).isEqualTo("fine\n");
    }

    @Test
    void anArchitectureThatThisMachineHasNot() throws IOException {
        Path archive = TestRootfs.find("alpine-minirootfs-3.20.3-aarch64.tar.gz");
        host.lxj().images().importTarball("foreign", archive);
        Container container = host.create(Config.ofImage("foreign"));
        if (Files.exists(Path.of("/proc/sys/fs/binfmt_misc/qemu-aarch64"))) {
            container.start();
            container.stop();
        } else {
            assertThat(startFails(container))
                    .hasMessageContaining("image foreign is for aarch64, this machine is x86_64")
                    .hasMessageContaining("binfmt_misc");
        }
        container.destroy();
        host.lxj().images().get("foreign").delete();
    }

    @Test
    void aWorkingDirectoryThatIsMissing() {
        assertThat(startFails(host.create(SLEEPER.workingDirectory("/no/where"))))
                .hasMessageContaining("ENOENT (")
                .hasMessageEndingWith(
                        "the container has no folder /no/where; choose another one with Config.workingDirectory(...)");
    }

    @Test
    void aBindSourceThatIsMissing() {
        Container container = host.create(SLEEPER.mount(Mount.bind(Path.of("/no/such/source"), "/mnt")));
        assertThat(startFails(container))
                .hasMessageStartingWith("start " + container.name() + ": bind /no/such/source on /mnt: ")
                .hasMessageContaining("ENOENT (")
                .hasMessageEndingWith("the source must exist on the host, or be optional()");
        container.configure(
                SLEEPER.mount(Mount.bind(Path.of("/no/such/source"), "/mnt").optional()));
        container.start();
    }

    @Test
    @NeedsRoot("writes into the layer of a container, which is out of an ordinary user's own reach")
    void cve2026_41579And2026_47766AnImageThatHasLinksWhereOurOwnMountsGo() {
        for (String folder : List.of("dev", "proc", "sys", "run")) {
            Container container = host.create(SLEEPER);
            // Written where the container's own layer is stored.
            link(container, folder);
            assertThat(startFails(container))
                    .as(folder)
                    .hasMessageContaining("open /" + folder)
                    .hasMessageContaining("a symbolic link where a folder must be");
        }
        assertThat(Files.exists(Path.of("/tmp/lxj-escape"))).isFalse();
    }

    private static void link(Container container, String folder) {
        try {
            Path upper = host.folder().resolve("containers/" + container.name() + "/upper");
            Files.createSymbolicLink(upper.resolve(folder), Path.of("/tmp/lxj-escape"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The limit is one of the user namespace around the process, and so holds for nobody else. */
    @Test
    void noUserNamespaces() throws Exception {
        Path folder = Files.createTempDirectory(Path.of("/tmp"), "lxj-nobody");
        try (PortableJvm jvm = PortableJvm.copy()) {
            Path archive = Files.copy(TestRootfs.find("alpine"), folder.resolve("alpine.tar.gz"));
            run("chmod", "-R", "a+rX", folder.toString());
            List<String> asNobody = List.of(
                    "env",
                    OpeningJvm.ARCHIVE + "=" + archive,
                    "unshare",
                    "--user",
                    "--map-user=65534",
                    "--map-group=65534",
                    "--keep-caps",
                    "sh",
                    "-c",
                    "echo 0 >/proc/sys/user/max_user_namespaces; exec setpriv --ambient-caps=-all --inh-caps=-all \"$@\"",
                    "sh");
            String said = jvm.run(asNobody, OpeningJvm.class);
            assertThat(said)
                    .contains("run containers as an ordinary user: this host has no user namespace for this user")
                    .contains("unshare(make a user namespace): ENOSPC")
                    .contains("sysctl -w user.max_user_namespaces=10000")
                    .doesNotContain("started");
        } finally {
            TestLxj.remove(folder);
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
                .as(String.join(" ", command))
                .isZero();
    }
}
