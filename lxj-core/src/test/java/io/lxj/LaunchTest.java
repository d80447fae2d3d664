package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.lxj.config.Config;
import io.lxj.config.Mount;
import io.lxj.config.OnExit;
import io.lxj.config.State;
import io.lxj.config.Storage;
import io.lxj.error.AlreadyExistsException;
import io.lxj.error.InvalidConfigException;
import io.lxj.error.LaunchException;
import io.lxj.error.LxjException;
import io.lxj.error.NotFoundException;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.StateTree;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A container that is created and started in one step runs, or isn't there. */
@NeedsContainers
@NeedsRootfs("busybox")
@LeaksNothing
@Timeout(120)
// What is registered is closed by the statement, and not used otherwise.
@SuppressWarnings("try")
class LaunchTest {
    private static final Config SLEEPER = Config.ofImage("busybox").init("/bin/sleep", "1000000");

    @RegisterExtension
    static final TestLxj host = TestLxj.of("busybox");

    private static final Config LINKED = Config.ofImage("linked").init("/bin/sleep", "1000000");

    /** One with a link to its root. */
    @BeforeAll
    static void makeImage() {
        try (ImageBuilder builder =
                host.lxj().images().builder(host.lxj().images().get("busybox"))) {
            builder.link("/", "/link").build("linked");
        }
    }

    private static Container launch(String name, Config config) {
        return host.lxj().containers().launch(name, config);
    }

    /** What there is of containers in the state folder: their folders, half-made ones, and locks but for the images'. */
    private static List<String> left() throws IOException {
        List<String> names = new ArrayList<>();
        for (String folder : List.of("containers", "tmp", "locks")) {
            StateTree.names(host.folder().resolve(folder)).forEach(name -> names.add(folder + "/" + name));
        }
        names.removeAll(List.of("locks/image.busybox", "locks/image.linked"));
        return names;
    }

    static Stream<Config> runnable() {
        return Stream.of(
                SLEEPER,
                SLEEPER.onExit(OnExit.KEEP),
                SLEEPER.storage(Storage.COPY),
                SLEEPER.hostname("other").ttys(1));
    }

    @ParameterizedTest
    @MethodSource("runnable")
    void runsAndLivesOnAsOneThatWasCreatedBefore(Config config) {
        Container web = launch("web", config);
        assertThat(web.state()).isEqualTo(State.RUNNING);
        assertThat(host.lxj().containers().list()).containsExactly(web);
        assertThat(web.config()).isEqualTo(config);
        String hostname = config.hostname().orElse("web");
        assertThat(web.exec("sh", "-c", "hostname; cat /etc/hostname; echo kept >/kept")
                        .stdout())
                .isEqualTo(hostname + "\n" + hostname + "\n");
        String id = web.exec("cat", "/etc/machine-id").stdout();
        web.stop();
        web.start();
        assertThat(web.exec("cat", "/etc/machine-id", "/kept").stdout()).isEqualTo(id + "kept\n");
        web.stop();
        web.destroy();
    }

    private static InetSocketAddress free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return (InetSocketAddress) socket.getLocalSocketAddress();
        }
    }

    @Test
    void takesMountsAndSocketsOfTheHostWithIt(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("file"), "of the host\n");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        InetSocketAddress address = free();
        Container web = launch(
                "web",
                SLEEPER.mount(TestLxj.shared(Mount.bind(folder, "/mnt")))
                        .listen("web", address)
                        .init("/bin/sh", "-c", "echo $LISTEN_FDS >/run/listen; exec sleep 1000000"));
        assertThat(web.exec("cat", "/mnt/file").stdout()).isEqualTo("of the host\n");
        assertThat(web.exec("sh", "-c", "until test -s /run/listen; do sleep 0.02; done; cat /run/listen")
                        .stdout())
                .isEqualTo("1\n");
    }

    @Test
    void anInitThatEndsAtOnceHasRun() throws Exception {
        Container brief = launch("brief", Config.ofImage("busybox").init("/bin/sh", "-c", "exit 7"));
        assertThat(brief.onExit().get(60, TimeUnit.SECONDS).code()).hasValue(7);
        assertThat(brief.state()).isEqualTo(State.STOPPED);
    }

    static Stream<Arguments> hopeless() {
        Config nothing = Config.ofImage("busybox").init("/no/such/init");
        return Stream.of(
                Arguments.of(nothing, LaunchException.class, "/no/such/init"),
                Arguments.of(nothing.onExit(OnExit.KEEP), LaunchException.class, "/no/such/init"),
                Arguments.of(nothing.storage(Storage.COPY), LaunchException.class, "/no/such/init"),
                // Refused before the stage has a program.
                Arguments.of(
                        SLEEPER.mount(Mount.bind("/no/such/source", "/mnt").readOnly()),
                        LxjException.class,
                        "/no/such/source"),
                // Refused when there is a folder, and the stage waits.
                Arguments.of(LINKED.mount(Mount.tmpfs("/link")), LxjException.class, "root folder"),
                Arguments.of(Config.ofImage("none").init("/bin/true"), NotFoundException.class, "image none"));
    }

    @ParameterizedTest
    @MethodSource("hopeless")
    void nothingIsLeftOfOneThatCannotBeStarted(Config config, Class<?> kind, String reason) throws IOException {
        Container before = launch("web", SLEEPER);
        List<HostIds.Range> ids = HostIds.users(before);
        before.stop();
        before.destroy();
        List<String> left = left();
        Throwable failure = catchThrowable(() -> launch("web", config));
        assertThat(failure).isInstanceOf(kind).hasMessageContaining(reason);
        assertThat(failure.getSuppressed()).isEmpty();
        assertThat(left()).isEqualTo(left);
        assertThat(host.lxj().containers().find("web")).isEmpty();
        // Nobody has its ids, or its name.
        Container after = launch("web", SLEEPER);
        assertThat(HostIds.users(after)).isEqualTo(ids);
        after.stop();
        after.destroy();
    }

    @Test
    void leavesAContainerAloneThatHasTheName() {
        Container first = launch("web", SLEEPER);
        assertThatThrownBy(() -> launch("web", SLEEPER))
                .isInstanceOf(AlreadyExistsException.class)
                .hasMessageContaining("web");
        assertThat(first.exec("echo", "works").stdout()).isEqualTo("works\n");
        first.stop();
        first.start();
        assertThat(first.state()).isEqualTo(State.RUNNING);
    }

    @Test
    void refusesWhatIsNoName() throws IOException {
        List<String> left = left();
        assertThatThrownBy(() -> launch("../web", SLEEPER))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("container name");
        assertThat(left()).isEqualTo(left);
    }

    @ParameterizedTest
    @EnumSource(OnExit.class)
    void listenersHearOfIt(OnExit fate) throws Exception {
        BlockingQueue<State> heard = new LinkedBlockingQueue<>();
        try (Subscription listening = host.lxj().containers().addListener((who, state, exit) -> heard.add(state))) {
            Container web = launch("web", SLEEPER.onExit(fate));
            assertThat(heard.poll(60, TimeUnit.SECONDS)).isEqualTo(State.STARTING);
            assertThat(heard.poll(60, TimeUnit.SECONDS)).isEqualTo(State.RUNNING);
            web.stop();
            web.destroy();
            assertThat(heard.poll(60, TimeUnit.SECONDS)).isEqualTo(State.STOPPING);
            assertThat(heard.poll(60, TimeUnit.SECONDS)).isEqualTo(State.STOPPED);
            catchThrowable(
                    () -> launch("web", Config.ofImage("busybox").init("/no").onExit(fate)));
            assertThat(heard.poll(60, TimeUnit.SECONDS)).isEqualTo(State.STARTING);
            assertThat(heard.poll(60, TimeUnit.SECONDS)).isEqualTo(State.ABORTING);
            assertThat(heard.poll(60, TimeUnit.SECONDS)).isEqualTo(State.STOPPED);
            assertThat(heard).isEmpty();
        }
    }

    @Test
    void ofManyAtOnceEachNameIsLaunchedOnce() throws Exception {
        int names = 4;
        int attempts = 3;
        ExecutorService threads = Executors.newFixedThreadPool(names * attempts);
        try {
            List<Future<Container>> launches = new ArrayList<>();
            for (int i = 0; i < names * attempts; i++) {
                String name = "web" + i % names;
                launches.add(threads.submit(() -> launch(name, SLEEPER)));
            }
            int launched = 0;
            for (Future<Container> launch : launches) {
                try {
                    assertThat(launch.get(60, TimeUnit.SECONDS).state()).isEqualTo(State.RUNNING);
                    launched++;
                } catch (ExecutionException e) {
                    assertThat(e).hasCauseInstanceOf(AlreadyExistsException.class);
                }
            }
            assertThat(launched).isEqualTo(names);
        } finally {
            threads.shutdown();
        }
        List<Container> all = host.lxj().containers().list();
        assertThat(all).hasSize(names);
        assertThat(HostIds.shared(all.get(0), all.get(1))).isEmpty();
    }
}
