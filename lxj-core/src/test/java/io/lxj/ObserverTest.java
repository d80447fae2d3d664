package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Config;
import io.lxj.config.ExitStatus;
import io.lxj.config.State;
import io.lxj.storage.OtherJvm;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A JVM that uses a container which another one runs: both see the same. */
@NeedsContainers
@NeedsRootfs("busybox")
@LeaksNothing
@Timeout(120)
class ObserverTest {
    /** Ends with code 5 when it is asked to. */
    private static final Config POLITE = init("trap 'exit 5' TERM; echo >/run/polite; while :; do sleep 0.05; done");

    private static final Config DEAF = init("trap '' TERM; echo >/run/polite; while :; do sleep 0.05; done");

    @RegisterExtension
    static final TestLxj host = TestLxj.of("busybox");

    private static Config init(String script) {
        return Config.ofImage("busybox").init("/bin/sh", "-c", script);
    }

    @BeforeAll
    static void open() throws IOException {
        host.start(DEAF);
        // What lxj opens once and keeps, also to look at what another one runs, is there from now on.
        try (Lxj other = Lxj.open(host.folder())) {
            other.containers().create("first", DEAF).start();
            Container first = host.lxj().containers().get("first");
            first.exec("true");
            first.stop();
        }
        host.clear();
    }

    private static Container startReady(Config config) {
        Container container = host.start(config);
        container.exec("sh", "-c", "until test -e /run/polite; do sleep 0.02; done");
        container.files().write("/etc/from-owner", "of the owner\n");
        return container;
    }

    /** Starts the observer, and checks all that it sees before the end. */
    private static OtherJvm observe(Container container, String action) throws IOException {
        long pid = container.pid().orElseThrow();
        OtherJvm other = OtherJvm.start(ObservingJvm.class, host.folder(), container.name(), action);
        assertThat(other.line()).isEqualTo("RUNNING " + pid);
        assertThat(other.line()).isEqualTo("observed sh");
        assertThat(other.line()).isEqualTo("of the owner");
        assertThat(other.line()).isEqualTo("ready");
        return other;
    }

    private static void bothSee(
            OtherJvm other, CompletableFuture<ExitStatus> exit, Container container, ExitStatus seen) throws Exception {
        assertThat(other.line()).isEqualTo(seen + " / " + seen + " / STOPPED / " + seen);
        assertThat(other.waitFor()).isZero();
        assertThat(exit.get(60, TimeUnit.SECONDS)).isEqualTo(seen);
        assertThat(container.lastExit()).contains(seen);
        assertThat(container.state()).isEqualTo(State.STOPPED);
    }

    @Test
    void theObserverUsesItAndLearnsHowItEnds() throws Exception {
        Container container = startReady(POLITE);
        CompletableFuture<ExitStatus> exit = container.onExit();
        try (OtherJvm other = observe(container, "wait")) {
            assertThat(container.files().readText("/etc/from-observer")).isEqualTo("of the observer\n");
            assertThat(container.shutdown(TestLxj.LONG)).isEqualTo(ExitStatus.exited(5));
            bothSee(other, exit, container, ExitStatus.exited(5));
        }
    }

    @Test
    void theObserverLearnsThatTheOwnerKilledIt() throws Exception {
        Container container = startReady(DEAF);
        CompletableFuture<ExitStatus> exit = container.onExit();
        try (OtherJvm other = observe(container, "wait")) {
            container.stop();
            bothSee(other, exit, container, ExitStatus.killed("stop"));
        }
    }

    @Test
    void theOwnerLearnsHowTheObserverShutItDown() throws Exception {
        Container container = startReady(POLITE);
        CompletableFuture<ExitStatus> exit = container.onExit();
        try (OtherJvm other = observe(container, "shutdown")) {
            bothSee(other, exit, container, ExitStatus.exited(5));
        }
    }

    @Test
    void theOwnerLearnsThatTheObserverKilledIt() throws Exception {
        Container container = startReady(DEAF);
        CompletableFuture<ExitStatus> exit = container.onExit();
        try (OtherJvm other = observe(container, "stop")) {
            bothSee(other, exit, container, ExitStatus.killed("stop"));
        }
    }

    /** The owner may be faster than the observer's look at how it has ended. */
    @Test
    void theObserverIsNotKeptWaitingByTheContainersDestruction() throws Exception {
        for (int i = 0; i < 3; i++) {
            Container container = startReady(DEAF);
            CompletableFuture<Void> destroyed = container.onExit().thenRun(container::destroy);
            try (OtherJvm other = observe(container, "stop-destroyed")) {
                assertThat(other.line()).isEqualTo("killed: stop / killed: stop");
                assertThat(other.waitFor()).isZero();
            }
            destroyed.get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void theOwnerLearnsThatItDidNotEndInTheTimeThatTheObserverGaveIt() throws Exception {
        Container container = startReady(DEAF);
        CompletableFuture<ExitStatus> exit = container.onExit();
        try (OtherJvm other = observe(container, "expire")) {
            bothSee(other, exit, container, ExitStatus.killed("it did not shut down within 50 ms"));
        }
    }

    @Test
    void theObserverLearnsThatTheOwnerWasKilled() throws Exception {
        try (OtherJvm owner = OtherJvm.start(EndingJvm.class, host.folder(), "wait")) {
            owner.line();
            Container container = host.lxj().containers().get("brief");
            assertThat(container.exec("echo", "here").stdout()).isEqualTo("here\n");
            CompletableFuture<ExitStatus> exit = container.onExit();
            owner.kill();
            ExitStatus ended = exit.get(60, TimeUnit.SECONDS);
            assertThat(ended.isClean()).isFalse();
            assertThat(container.state()).isEqualTo(State.STOPPED);
            assertThat(container.lastExit()).contains(ended);
            container.start();
            assertThat(container.exec("echo", "again").stdout()).isEqualTo("again\n");
        }
    }
}
