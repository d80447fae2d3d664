package io.lxj;

import static io.lxj.TestLxj.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Config;
import io.lxj.config.State;
import io.lxj.error.IllegalTransitionException;
import io.lxj.error.LaunchException;
import io.lxj.error.WrongStateException;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The states that a container only passes through: listeners hear of them, and they forbid what they should. */
@NeedsContainers
@NeedsRootfs("busybox")
@LeaksNothing
@Timeout(120)
class StatesTest {
    /** Halts and reboots no sooner than there is a file. */
    private static final Config RELUCTANT = Config.ofImage("busybox")
            .stopTimeout(LONG)
            .init(
                    "/bin/sh",
                    "-c",
                    "trap 'until test -e /run/go; do sleep 0.05; done; exit 5' TERM; echo begun; while :; do sleep 0.05; done");

    @RegisterExtension
    static final TestLxj host = TestLxj.of("busybox");

    private final BlockingQueue<State> heard = new LinkedBlockingQueue<>();

    private List<State> next(int number) throws InterruptedException {
        List<State> next = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            next.add(heard.poll(60, TimeUnit.SECONDS));
        }
        return next;
    }

    private Container listenedTo(Config config) {
        Container container = host.create(config);
        container.addListener((who, state, exit) -> heard.add(state));
        return container;
    }

    @Test
    void aStartThatFailsIsAborted() throws Exception {
        Container container = listenedTo(Config.ofImage("busybox").init("/no/such/init"));
        assertThatThrownBy(container::start).isInstanceOf(LaunchException.class);
        assertThat(next(3)).containsExactly(State.STARTING, State.ABORTING, State.STOPPED);
        assertThat(container.state()).isEqualTo(State.STOPPED);
        assertThat(heard).isEmpty();
    }

    @Test
    void aStartThatIsRefusedIsAborted() throws Exception {
        Container container = listenedTo(Config.ofImage("busybox").workingDirectory("/no/where"));
        assertThatThrownBy(container::start).hasMessageContaining("/no/where");
        assertThat(next(3)).containsExactly(State.STARTING, State.ABORTING, State.STOPPED);
    }

    @Test
    void aRebootWhoseStartFailsIsAbortedAndStopsItOnce() throws Exception {
        Container container = host.create(Config.ofImage("busybox").init("/init"));
        container
                .files()
                .write("/init", "#!/bin/sh\nrm /init\nexec reboot -f\n".getBytes(StandardCharsets.UTF_8), 0755);
        BlockingQueue<String> changes = new LinkedBlockingQueue<>();
        container.addListener((who, state, exit) ->
                changes.add(state + exit.map(status -> ": " + status).orElse("")));
        container.start();
        for (String change : List.of("STARTING", "RUNNING", "STOPPING", "STARTING", "ABORTING", "STOPPED: rebooted")) {
            assertThat(changes.poll(60, TimeUnit.SECONDS)).isEqualTo(change);
        }
        // What is told of a start comes after all that.
        container.files().write("/init", "#!/bin/sh\nsleep 1000000\n".getBytes(StandardCharsets.UTF_8), 0755);
        container.start();
        assertThat(changes.poll(60, TimeUnit.SECONDS)).isEqualTo("STARTING");
    }

    private Container begun() throws Exception {
        Container container = listenedTo(RELUCTANT);
        container.start();
        assertThat(next(2)).containsExactly(State.STARTING, State.RUNNING);
        container.console().waitFor("begun", LONG);
        return container;
    }

    /** Lets it end: commands are refused by now, but its files are there. */
    private static void letGo(Container container) throws Exception {
        container.files().write("/run/go", "go\n");
    }

    private void end(Container container, Runnable request) throws Exception {
        CompletableFuture<?> asked = CompletableFuture.runAsync(request);
        assertThat(next(1)).containsExactly(State.STOPPING);
        isStopping(container);
        letGo(container);
        asked.get(60, TimeUnit.SECONDS);
    }

    @Test
    void whatIsAskedToHaltIsStoppingUntilItHas() throws Exception {
        Container container = begun();
        end(container, container::shutdown);
        assertThat(next(1)).containsExactly(State.STOPPED);
    }

    @Test
    void whatIsAskedToRebootIsStoppingUntilItStarts() throws Exception {
        Container container = begun();
        end(container, container::reboot);
        // It exited, which is no reboot(2): the container is stopped before it is started.
        assertThat(next(3)).containsExactly(State.STOPPED, State.STARTING, State.RUNNING);
        container.stop();
        assertThat(next(2)).containsExactly(State.STOPPING, State.STOPPED);
    }

    private static void isStopping(Container container) {
        assertThat(container.state()).isEqualTo(State.STOPPING);
        for (Runnable call : List.<Runnable>of(container::start, container::shutdown, container::reboot)) {
            assertThatThrownBy(call::run)
                    .isInstanceOf(IllegalTransitionException.class)
                    .hasMessageContaining("the container can't go from STOPPING to ")
                    .hasMessageContaining("; it is being stopped");
        }
        assertThatThrownBy(container::freeze)
                .hasMessageContaining("can't go from STOPPING to FREEZING; it is being stopped, and next can only be"
                        + " STOPPED or STARTING");
        assertThatThrownBy(() -> container.exec("true"))
                .isInstanceOf(WrongStateException.class)
                .hasMessageContaining("the container is STOPPING");
    }

    @Test
    void whoListensToAllHearsOfThoseThatAreCreatedLaterToo() throws Exception {
        BlockingQueue<String> all = new LinkedBlockingQueue<>();
        Subscription subscription = host.lxj()
                .containers()
                .addListener((who, state, exit) -> all.add(who.name() + " " + state
                        + exit.map(status -> ": " + status).orElse("")));
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Container container = host.start(Config.ofImage("busybox").init("/bin/sleep", "1000000"));
            names.add(container.name());
            assertThat(container).asString().startsWith("container " + container.name() + " (RUNNING)");
            container.stop();
            assertThat(container).asString().startsWith("container " + container.name() + " (STOPPED)");
        }
        List<String> heardOfAll = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            heardOfAll.add(all.poll(60, TimeUnit.SECONDS));
        }
        for (String name : names) {
            // Of different containers one hears in any order.
            assertThat(heardOfAll)
                    .filteredOn(change -> change.startsWith(name + " "))
                    .containsExactly(
                            name + " STARTING", name + " RUNNING", name + " STOPPING", name + " STOPPED: killed: stop");
        }
        subscription.close();
        host.start(Config.ofImage("busybox").init("/bin/sleep", "1000000")).stop();
        assertThat(all).isEmpty();
    }

    @Test
    void whatItsInitRebootsStartsWithoutBeingStopped() throws Exception {
        Container container = listenedTo(Config.ofImage("busybox"));
        container.start();
        TestLxj.fire(container, "reboot", "-f");
        assertThat(next(5))
                .containsExactly(State.STARTING, State.RUNNING, State.STOPPING, State.STARTING, State.RUNNING);
    }
}
