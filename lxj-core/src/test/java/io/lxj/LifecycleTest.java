package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Config;
import io.lxj.config.ExitStatus;
import io.lxj.config.Signal;
import io.lxj.config.State;
import io.lxj.error.AlreadyExistsException;
import io.lxj.error.CanceledException;
import io.lxj.error.IllegalTransitionException;
import io.lxj.error.NotFoundException;
import io.lxj.error.WrongStateException;
import io.lxj.testing.CProgram;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.StateTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The states of a container, and what leads from one to the other. */
@NeedsContainers
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(120)
// What is registered is closed by the statement, and not used otherwise.
@SuppressWarnings("try")
class LifecycleTest {
    private static final Config SLEEPER = Config.ofImage("alpine").init("/bin/sleep", "1000000");
    /** Ends with code 5 when it is asked to. */
    private static final Config POLITE = Config.ofImage("alpine")
            .init("/bin/sh", "-c", "trap 'exit 5' TERM; echo >/run/polite; while :; do sleep 0.05; done");

    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    private static void awaitPolite(Container container) {
        container.exec("sh", "-c", "until test -e /run/polite; do sleep 0.02; done");
    }

    @Test
    void goesFromStoppedThroughRunningToStopped() {
        Container container = host.create(POLITE);
        assertThat(container.state()).isEqualTo(State.STOPPED);
        assertThat(container.lastExit()).isEmpty();
        assertThat(container.pid()).isEmpty();
        container.start();
        assertThat(container.state()).isEqualTo(State.RUNNING);
        assertThat(ProcessHandle.of(container.pid().orElseThrow())).isPresent();
        awaitPolite(container);
        ExitStatus exit = container.shutdown(TestLxj.LONG);
        assertThat(exit).isEqualTo(ExitStatus.exited(5));
        assertThat(container.state()).isEqualTo(State.STOPPED);
        assertThat(container.lastExit()).contains(exit);
        assertThat(container.pid()).isEmpty();
    }

    @Test
    void freezesAndUnfreezes() {
        Container container = host.start(SLEEPER);
        container.freeze();
        assertThat(container.state()).isEqualTo(State.FROZEN);
        assertThatThrownBy(container::freeze)
                .isInstanceOf(IllegalTransitionException.class)
                .hasMessageContaining("can't go from FROZEN to FREEZING");
        container.unfreeze();
        assertThat(container.state()).isEqualTo(State.RUNNING);
        assertThatThrownBy(container::unfreeze)
                .isInstanceOf(IllegalTransitionException.class)
                .hasMessage("unfreeze " + container.name()
                        + ": the container can't go from RUNNING to RUNNING; it runs already, and next can only be"
                        + " FREEZING or STOPPING");
    }

    @Test
    void shutsDownAndStopsWhatIsFrozen() {
        Container polite = host.start(POLITE);
        awaitPolite(polite);
        polite.freeze();
        assertThat(polite.shutdown(TestLxj.LONG)).isEqualTo(ExitStatus.exited(5));
        polite.start();
        polite.freeze();
        assertThat(polite.stop().cause()).isEqualTo(ExitStatus.Cause.KILLED);
    }

    @Test
    void anInitThatIsNotReadyForSignalsYetHearsThatItShallHalt() {
        Container slow = host.start(Config.ofImage("alpine")
                .init("/bin/sh", "-c", "sleep 2; trap 'exit 5' TERM; while :; do sleep 0.1; done"));
        assertThat(slow.shutdown(TestLxj.LONG)).isEqualTo(ExitStatus.exited(5));
    }

    /** As shells do around fork(2), but for longer: what comes meanwhile is dropped when it is let through. */
    @Test
    @NeedsCommand("gcc")
    void anInitThatBlocksTheSignalForAMomentHearsThatItShallHalt(@TempDir Path folder) throws Exception {
        Path init = folder.resolve("late");
        CProgram.build("late.c", init);
        Container late = host.create(Config.ofImage("alpine").init("/late"));
        late.files().write("/late", Files.readAllBytes(init), 0755);
        late.start();
        assertThat(late.shutdown(TestLxj.LONG)).isEqualTo(ExitStatus.exited(5));
    }

    @Test
    void stopKillsAtOnce() {
        Container container = host.start(SLEEPER);
        assertThat(container.stop()).isEqualTo(ExitStatus.killed("stop"));
        assertThat(container.lastExit()).contains(ExitStatus.killed("stop"));
    }

    @Test
    void aSignalThatEndsTheInitEndsTheContainer() throws Exception {
        Container container = host.start(POLITE);
        awaitPolite(container);
        CompletableFuture<ExitStatus> exit = container.onExit();
        container.kill(Signal.SIGTERM);
        assertThat(exit.get(60, TimeUnit.SECONDS)).isEqualTo(ExitStatus.exited(5));
        container.start();
        exit = container.onExit();
        container.kill(Signal.SIGKILL);
        assertThat(exit.get(60, TimeUnit.SECONDS)).isEqualTo(ExitStatus.signaled(Signal.SIGKILL));
    }

    @Test
    void anInitThatEndsByItselfEndsTheContainerWithAllItsProcesses() throws Exception {
        Container container =
                host.create(Config.ofImage("alpine").init("/bin/sh", "-c", "sleep 1000000 & read line; exit 3"));
        container.start();
        CompletableFuture<ExitStatus> exit = container.onExit();
        container.kill(Signal.SIGHUP);
        assertThat(container.state()).isEqualTo(State.RUNNING);
        container.exec("sh", "-c", "echo >/dev/console; echo line >/dev/pts/0; kill -9 1; true");
        assertThat(exit.isDone()).isFalse();
        container.stop();
        assertThat(exit.get(60, TimeUnit.SECONDS).cause()).isEqualTo(ExitStatus.Cause.KILLED);
        Container brief = host.create(Config.ofImage("alpine").init("/bin/sh", "-c", "sleep 1000000 & exit 3"));
        brief.start();
        assertThat(brief.awaitState(State.STOPPED, TestLxj.LONG)).isTrue();
        assertThat(brief.lastExit()).contains(ExitStatus.exited(3));
    }

    @Test
    void howItEndsIsToldEvenIfTheQuestionComesTooLate() throws Exception {
        Container brief = host.create(Config.ofImage("alpine").init("/bin/sh", "-c", "exit 3"));
        for (int i = 0; i < 20; i++) {
            brief.start();
            assertThat(brief.onExit().get(60, TimeUnit.SECONDS)).isEqualTo(ExitStatus.exited(3));
            assertThat(brief.onExit()).isCompletedWithValue(ExitStatus.exited(3));
        }
    }

    @Test
    void refusesWhatItsStateDoesNotAllow() {
        Container container = host.create(SLEEPER);
        String name = container.name();
        String stopped = "; it is stopped, and next can only be STARTING";
        refuses(container::stop, "stop " + name, "STOPPED", "STOPPING", stopped);
        refuses(container::shutdown, "shut down " + name, "STOPPED", "STOPPING", stopped);
        refuses(container::reboot, "reboot " + name, "STOPPED", "STOPPING", stopped);
        refuses(container::freeze, "freeze " + name, "STOPPED", "FREEZING", stopped);
        refuses(container::unfreeze, "unfreeze " + name, "STOPPED", "RUNNING", stopped);
        Map<String, ThrowingCallable> whileItRuns = Map.of(
                "send SIGTERM to " + name, () -> container.kill(Signal.SIGTERM),
                "wait for the exit of " + name, container::onExit,
                "wait for " + name + " to boot", () -> container.awaitReady(Duration.ZERO),
                "measure " + name, container::stats,
                "exec in " + name, () -> container.exec("true"));
        whileItRuns.forEach((action, call) -> assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        WrongStateException.class, e -> assertThat(e.state()).isEqualTo("STOPPED"))
                .hasMessage(action + ": the container is STOPPED; this is possible when it is RUNNING"));
        container.start();
        refuses(
                container::start,
                "start " + name,
                "RUNNING",
                "STARTING",
                "; it runs, and next can only be FREEZING or STOPPING");
        assertThatThrownBy(container::destroy)
                .isInstanceOf(WrongStateException.class)
                .hasMessage("destroy " + name + ": the container is RUNNING; this is possible when it is STOPPED");
        assertThatThrownBy(() -> container.rename("other"))
                .isInstanceOf(WrongStateException.class)
                .hasMessage("rename " + name + ": the container is RUNNING; this is possible when it is STOPPED");
        assertThat(container.state()).isEqualTo(State.RUNNING);
    }

    private static void refuses(ThrowingCallable call, String action, String from, String to, String why) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(IllegalTransitionException.class, e -> {
                    assertThat(e.from()).isEqualTo(from);
                    assertThat(e.to()).isEqualTo(to);
                })
                .hasMessage(action + ": the container can't go from " + from + " to " + to + why);
    }

    @Test
    void getsAnotherNameAndStandsForNothingUnderItsOld() throws Exception {
        Container container = host.create(SLEEPER);
        host.create(SLEEPER).rename("taken");
        assertThatThrownBy(() -> container.rename("taken"))
                .isInstanceOf(AlreadyExistsException.class)
                .hasMessage("container taken: exists already; choose another name or remove that one first");
        String id = container.machineId();
        Container renamed = container.rename("web2");
        assertThat(renamed.name()).isEqualTo("web2");
        assertThat(renamed.machineId()).isEqualTo(id);
        assertThatThrownBy(container::state).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(container::start).isInstanceOf(NotFoundException.class);
        assertThat(locks()).contains("container.web2").doesNotContain("container." + container.name());
        renamed.start();
        assertThat(renamed.exec("echo", "here").stdout()).isEqualTo("here\n");
        assertThat(host.lxj().containers().list()).extracting(Container::name).contains("taken", "web2");
    }

    private static List<String> locks() throws IOException {
        return StateTree.names(host.folder().resolve("locks"));
    }

    @Test
    void whatDoesNotComeAboutLeavesNoLock() throws Exception {
        Container running = host.start(SLEEPER);
        assertThatThrownBy(() -> running.rename("other")).isInstanceOf(WrongStateException.class);
        assertThatThrownBy(() -> host.lxj().containers().create("other", Config.ofImage("missing")))
                .isInstanceOf(NotFoundException.class);
        assertThat(locks()).contains("container." + running.name()).doesNotContain("container.other", "image.missing");
    }

    @Test
    void tellsListenersOfEachChangeInOrder() throws Exception {
        Container container = host.create(SLEEPER);
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        try (Subscription registration = container.addListener((who, state, exit) ->
                heard.add(who.name() + " " + state + exit.map(e -> ": " + e).orElse("")))) {
            container.start();
            container.freeze();
            container.unfreeze();
            container.stop();
            List<String> changes = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                changes.add(heard.poll(60, TimeUnit.SECONDS));
            }
            assertThat(changes)
                    .containsExactly(
                            container.name() + " STARTING",
                            container.name() + " RUNNING",
                            container.name() + " FREEZING",
                            container.name() + " FROZEN",
                            container.name() + " RUNNING",
                            container.name() + " STOPPING",
                            container.name() + " STOPPED: killed: stop");
        }
        container.start();
        container.stop();
        assertThat(heard).isEmpty();
    }

    @Test
    void aTimeThatIsNeverOverIsWaitedFor() throws Exception {
        Duration forever = ChronoUnit.FOREVER.getDuration();
        Container container = host.start(POLITE);
        awaitPolite(container);
        assertThat(container.awaitState(State.RUNNING, forever)).isTrue();
        container.awaitReady(forever);
        assertThat(container.shutdown(forever)).isEqualTo(ExitStatus.exited(5));
    }

    @Test
    void aListenerMayUseTheContainer() throws Exception {
        Container container = host.create(SLEEPER);
        CompletableFuture<String> said = new CompletableFuture<>();
        Subscription registration = container.addListener((who, state, exit) -> {
            if (state == State.RUNNING && !said.isDone()) {
                said.complete(who.exec("echo", "from a listener").stdout());
            }
        });
        container.start();
        assertThat(said.get(60, TimeUnit.SECONDS)).isEqualTo("from a listener\n");
        registration.close();
    }

    @Test
    void whoWaitsForTheExitMayStartItAgain() throws Exception {
        Container container = host.start(SLEEPER);
        CompletableFuture<State> again = container.onExit().thenApply(exit -> {
            container.start();
            container.stop();
            container.start();
            return container.state();
        });
        container.stop();
        assertThat(again.get(60, TimeUnit.SECONDS)).isEqualTo(State.RUNNING);
    }

    @Test
    void waitsForAState() throws Exception {
        Container container = host.create(SLEEPER);
        assertThat(container.awaitState(State.STOPPED, Duration.ZERO)).isTrue();
        assertThat(container.awaitState(State.RUNNING, Duration.ofMillis(10))).isFalse();
        CompletableFuture<Boolean> running =
                CompletableFuture.supplyAsync(() -> container.awaitState(State.RUNNING, TestLxj.LONG));
        container.start();
        assertThat(running.get(60, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread waiter = new Thread(() -> {
            try {
                container.awaitState(State.FROZEN, TestLxj.LONG);
            } catch (RuntimeException e) {
                thrown.complete(e);
            }
        });
        waiter.start();
        waiter.interrupt();
        assertThat(thrown.get(60, TimeUnit.SECONDS)).isInstanceOf(CanceledException.class);
        waiter.join();
    }

    @Test
    void aSecondLxjOnTheSameFolderSeesAndUsesWhatTheFirstStarted() throws Exception {
        Container container = host.start(POLITE);
        awaitPolite(container);
        CompletableFuture<ExitStatus> exit = container.onExit();
        try (Lxj second = Lxj.open(host.folder())) {
            Container same = second.containers().get(container.name());
            assertThat(same.state()).isEqualTo(State.RUNNING);
            assertThat(same.exec("echo", "second").stdout()).isEqualTo("second\n");
            assertThatThrownBy(same::start).isInstanceOf(IllegalTransitionException.class);
            same.freeze();
            assertThat(container.state()).isEqualTo(State.FROZEN);
            container.unfreeze();
            assertThat(same.state()).isEqualTo(State.RUNNING);
            assertThat(same.shutdown(TestLxj.LONG)).isEqualTo(ExitStatus.exited(5));
            assertThat(same.state()).isEqualTo(State.STOPPED);
        }
        assertThat(exit.get(60, TimeUnit.SECONDS)).isEqualTo(ExitStatus.exited(5));
        assertThat(container.state()).isEqualTo(State.STOPPED);
    }

    @Test
    void closingAnObserverLeavesTheContainerToItsOwner() {
        Container container = host.start(SLEEPER);
        try (Lxj second = Lxj.open(host.folder())) {
            assertThat(second.containers().get(container.name()).state()).isEqualTo(State.RUNNING);
        }
        assertThat(container.state()).isEqualTo(State.RUNNING);
        assertThat(container.exec("echo", "alive").stdout()).isEqualTo("alive\n");
    }

    @Test
    void closingTheOwnerEndsItsContainers() throws Exception {
        Container container;
        CompletableFuture<ExitStatus> exit;
        try (Lxj owner = Lxj.open(host.folder())) {
            container = owner.containers().create("brief", SLEEPER);
            container.start();
            exit = container.onExit();
        }
        assertThat(exit.get(60, TimeUnit.SECONDS)).isEqualTo(ExitStatus.killed("lxj was closed"));
        assertThat(host.lxj().containers().get("brief").state()).isEqualTo(State.STOPPED);
        assertThat(host.lxj().containers().get("brief").lastExit()).contains(ExitStatus.killed("lxj was closed"));
    }

    @Test
    void closingTwiceIsHarmless() {
        Lxj second = Lxj.open(host.folder());
        second.close();
        second.close();
    }

    @Test
    void twoHundredContainersRunAtOnceWithoutAThreadEach() {
        int threads = Thread.getAllStackTraces().size();
        List<Container> containers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            containers.add(host.start(SLEEPER));
        }
        assertThat(containers).allMatch(container -> container.state() == State.RUNNING);
        assertThat(containers.get(199).exec("echo", "200th").stdout()).isEqualTo("200th\n");
        assertThat(Thread.getAllStackTraces().size()).isLessThan(threads + 20);
    }
}
