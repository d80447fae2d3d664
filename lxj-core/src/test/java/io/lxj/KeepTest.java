package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Config;
import io.lxj.config.ExitStatus;
import io.lxj.config.OnExit;
import io.lxj.config.State;
import io.lxj.storage.OtherJvm;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsOwnFiles;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.StateFolder;
import io.lxj.testing.TestRootfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Containers that outlive the JVM that started them, in the care of their keeper. */
@NeedsContainers
@NeedsOwnFiles
@NeedsRootfs("busybox")
@LeaksNothing
@Timeout(120)
class KeepTest {
    private static final String SLEEP = "echo booted; while :; do sleep 0.1; done";
    /** Does what the file /shared/go says once it is there. */
    private static final String OBEY =
            "if test -e /shared/went; then while :; do sleep 0.1; done; fi; until test -e /shared/go; do sleep 0.05;"
                    + " done; echo >/shared/went; . /shared/go";

    @StateFolder
    Path parent;

    @BeforeEach
    void prepare() throws IOException {
        Files.createDirectory(parent.resolve("shared"));
        try (Lxj lxj = Lxj.open(folder())) {
            lxj.images().importTarball("busybox", TestRootfs.find("busybox"));
        }
    }

    @AfterEach
    void remove() throws IOException {
        try (Lxj lxj = Lxj.open(folder())) {
            lxj.containers().find("kept").ifPresent(KeepTest::remove);
        }
        TestLxj.remove(folder());
    }

    private static void remove(Container container) {
        if (container.state() != State.STOPPED) {
            container.stop();
        }
        container.destroy();
    }

    private Path folder() {
        return parent.resolve("state");
    }

    /** Starts a container in a JVM that has ended when this returns; the pid of the init. */
    private long startInOtherJvm(String init, boolean kill) throws IOException {
        try (OtherJvm other =
                OtherJvm.start(KeepingJvm.class, folder(), parent.resolve("shared"), init, kill ? "wait" : "end")) {
            long pid = Long.parseLong(other.line());
            if (kill) {
                other.kill();
            } else {
                assertThat(other.waitFor()).isZero();
            }
            return pid;
        }
    }

    private void go(String script) throws IOException {
        Path file = Files.writeString(parent.resolve("go"), script);
        Files.move(file, parent.resolve("shared/go"));
    }

    private static ProcessHandle keeper(long init) {
        return ProcessHandle.of(init).flatMap(ProcessHandle::parent).orElseThrow();
    }

    @Test
    void aJvmThatIsKilledLeavesItsContainerToTheNext() throws Exception {
        takesOver(true);
    }

    @Test
    void aJvmThatEndsLeavesItsContainerToTheNext() throws Exception {
        takesOver(false);
    }

    private void takesOver(boolean kill) throws Exception {
        long pid = startInOtherJvm(SLEEP, kill);
        try (Lxj lxj = Lxj.open(folder())) {
            Container kept = lxj.containers().get("kept");
            assertThat(kept.state()).isEqualTo(State.RUNNING);
            assertThat(kept.pid()).contains(pid);
            assertThat(kept.exec("echo", "hello").stdout()).isEqualTo("hello\n");
            var exit = kept.onExit();
            assertThat(kept.stop()).isEqualTo(ExitStatus.killed("stop"));
            assertThat(exit.get(60, TimeUnit.SECONDS)).isEqualTo(ExitStatus.killed("stop"));
            assertThat(ProcessHandle.of(pid)).isEmpty();
        }
    }

    @Test
    void theKeeperHoldsNothingThatOthersWaitFor() throws Exception {
        try (OtherJvm other = OtherJvm.start(KeepingJvm.class, folder(), parent.resolve("shared"), SLEEP, "end")) {
            assertThat(other.line()).matches("\\d+");
            // Comes to its end only if nobody else has the pipe.
            assertThat(other.lines()).isEmpty();
            assertThat(other.waitFor()).isZero();
        }
        try (Lxj lxj = Lxj.open(folder())) {
            Container kept = lxj.containers().get("kept");
            assertThat(kept.exec("umount", "/shared").stderr()).isEmpty();
        }
    }

    @Test
    void theNextJvmLearnsHowItEndedWhenNobodyWasThere() throws Exception {
        long pid = startInOtherJvm(OBEY, true);
        ProcessHandle keeper = keeper(pid);
        go("exit 7");
        keeper.onExit().join();
        try (Lxj lxj = Lxj.open(folder())) {
            Container kept = lxj.containers().get("kept");
            assertThat(kept.state()).isEqualTo(State.STOPPED);
            assertThat(kept.lastExit()).contains(ExitStatus.exited(7));
            kept.start();
            assertThat(kept.exec("echo", "again").stdout()).isEqualTo("again\n");
        }
    }

    @Test
    void aJvmThatDidNotLookLearnsHowItEndedWhenItAsks() throws Exception {
        try (Lxj lxj = Lxj.open(folder())) {
            ProcessHandle keeper = keeper(startInOtherJvm(OBEY, true));
            go("exit 5");
            keeper.onExit().join();
            assertThat(lxj.containers().get("kept").lastExit()).contains(ExitStatus.exited(5));
            assertThat(lxj.containers().get("kept").state()).isEqualTo(State.STOPPED);
        }
    }

    @Test
    void theNextJvmNoticesTheEndThatComesLater() throws Exception {
        startInOtherJvm(OBEY, true);
        try (Lxj lxj = Lxj.open(folder())) {
            var exit = lxj.containers().get("kept").onExit();
            go("exit 9");
            assertThat(exit.get(60, TimeUnit.SECONDS)).isEqualTo(ExitStatus.exited(9));
            assertThat(lxj.containers().get("kept").lastExit()).contains(ExitStatus.exited(9));
        }
    }

    @Test
    void aContainerThatRebootedWhenNobodyWasThereIsStartedAgain() throws Exception {
        long pid = startInOtherJvm(OBEY, true);
        ProcessHandle keeper = keeper(pid);
        go("reboot -f; sleep 1000");
        keeper.onExit().join();
        try (Lxj lxj = Lxj.open(folder())) {
            Container kept = lxj.containers().get("kept");
            assertThat(kept.state()).isEqualTo(State.RUNNING);
            assertThat(kept.pid().orElseThrow()).isNotEqualTo(pid);
            assertThat(kept.lastExit().map(ExitStatus::cause)).contains(ExitStatus.Cause.REBOOTED);
        }
    }

    @Test
    void aContainerThatRebootsThoughNobodyHasLookedAtItGoesOn() throws Exception {
        long pid = startInOtherJvm(OBEY, true);
        try (Lxj lxj = Lxj.open(folder())) {
            go("reboot -f; sleep 1000");
            // The record tells of the new run without asking the library, which would be looking at the container.
            String old = "\"init\":{\"pid\":" + pid + ",";
            for (String record = record(); record.isEmpty() || record.contains(old); record = record()) {
                Thread.sleep(10);
            }
            Container kept = lxj.containers().get("kept");
            assertThat(kept.awaitState(State.RUNNING, TestLxj.LONG)).isTrue();
            assertThat(kept.exec("echo", "again").stdout()).isEqualTo("again\n");
        }
    }

    /** What is recorded of the run; empty between two runs. */
    private String record() throws IOException {
        try {
            return Files.readString(folder().resolve("containers/kept/run.json"));
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    @Test
    void twoJvmsThatLookAfterItStartItAgainOnce() throws Exception {
        try (OtherJvm other = OtherJvm.start(KeepingJvm.class, folder(), parent.resolve("shared"), OBEY, "reboot");
                Lxj lxj = Lxj.open(folder())) {
            String before = other.line();
            Container kept = lxj.containers().get("kept");
            assertThat(kept.pid().orElseThrow()).hasToString(before);
            var exit = kept.onExit();
            go("reboot -f; sleep 1000");
            assertThat(other.line()).isEqualTo("REBOOTED");
            assertThat(exit.get(60, TimeUnit.SECONDS).cause()).isEqualTo(ExitStatus.Cause.REBOOTED);
            assertThat(kept.awaitState(State.RUNNING, TestLxj.LONG)).isTrue();
            assertThat(other.line())
                    .isEqualTo(Long.toString(kept.pid().orElseThrow()))
                    .isNotEqualTo(before);
            assertThat(kept.exec("echo", "again").stdout()).isEqualTo("again\n");
        }
    }

    @Test
    void theSameJvmLearnsTheExitFromTheKeeperToo() throws Exception {
        try (Lxj lxj = Lxj.open(folder())) {
            Container kept = lxj.containers()
                    .create(
                            "kept",
                            Config.ofImage("busybox").onExit(OnExit.KEEP).init("/bin/sh", "-c", "read line; exit 4"));
            kept.start();
            var exit = kept.onExit();
            kept.exec("sh", "-c", "kill -KILL 1; true");
            kept.exec("sh", "-c", "exit 0");
            assertThat(exit.isDone()).isFalse();
            kept.kill(io.lxj.config.Signal.SIGKILL);
            assertThat(exit.get(60, TimeUnit.SECONDS)).isEqualTo(ExitStatus.signaled(io.lxj.config.Signal.SIGKILL));
        }
    }

    @Test
    void closingAndOpeningLxjInOneJvmTakesItOverToo() throws Exception {
        long pid;
        try (Lxj lxj = Lxj.open(folder())) {
            Container kept = lxj.containers()
                    .create(
                            "kept",
                            Config.ofImage("busybox").onExit(OnExit.KEEP).init("/bin/sh", "-c", SLEEP));
            kept.start();
            pid = kept.pid().orElseThrow();
        }
        try (Lxj lxj = Lxj.open(folder())) {
            Container kept = lxj.containers().get("kept");
            assertThat(kept.pid()).contains(pid);
            assertThat(kept.stop().cause()).isEqualTo(ExitStatus.Cause.KILLED);
        }
    }

    @Test
    void theKeeperGoesOnLoggingAndRotatingWithLittleMemoryAndTheSameDescriptors() throws Exception {
        long pid = startInOtherJvm(
                "i=0; while test $i -lt 60000; do echo \"line $i of the console that is logged by the keeper\";"
                        + " i=$((i+1)); done; echo finished >/shared/done; while :; do sleep 0.1; done",
                true);
        ProcessHandle keeper = keeper(pid);
        int descriptors = descriptors(keeper);
        while (!Files.exists(parent.resolve("shared/done"))) {
            Thread.sleep(20);
        }
        assertThat(descriptors(keeper)).isEqualTo(descriptors);
        Path log = folder().resolve("containers/kept/console.log");
        assertThat(Files.exists(log.resolveSibling("console.log.1"))).isTrue();
        assertThat(residentKib(keeper)).isLessThan(100);
        while (!Files.readString(log).contains("line 59999 of")) {
            Thread.sleep(20);
        }
    }

    private static int descriptors(ProcessHandle process) {
        return Optional.ofNullable(
                        Path.of("/proc/" + process.pid() + "/fd").toFile().list())
                .orElseThrow()
                .length;
    }

    private static long residentKib(ProcessHandle process) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }
}
