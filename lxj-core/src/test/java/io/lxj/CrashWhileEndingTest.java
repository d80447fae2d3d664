package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A JVM that is killed with SIGKILL while its container halts or reboots leaves that to the next one, if it is kept. */
@NeedsContainers
@NeedsOwnFiles
@NeedsRootfs("busybox")
@LeaksNothing
@Timeout(120)
class CrashWhileEndingTest {
    @StateFolder
    Path parent;

    private Path folder() {
        return parent.resolve("state");
    }

    @AfterEach
    void remove() throws IOException {
        TestLxj.remove(folder());
    }

    private void crash(String how, String step, OnExit fate) throws IOException {
        try (OtherJvm other = OtherJvm.start(
                CrashingJvm.class, folder(), TestRootfs.find("busybox"), step, "OVERLAY", fate, how, "create")) {
            assertThat(other.lines()).containsExactly("reached");
            assertThat(other.waitFor()).isEqualTo(137);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "shutdown, shutdown: asked",
        "shutdown, end: known",
        "reboot, reboot: asked",
        "reboot, end: noted",
        "reboot, end: cgroup removed",
        "reboot, reboot: ended",
        "reboot, start: cgroup made 2",
        "reboot, start: launched 2",
        "reboot, start: recorded 2"
    })
    void whatDiesWithItsJvmIsStopped(String how, String step) throws Exception {
        crash(how, step, OnExit.KILL);
        try (Lxj lxj = Lxj.open(folder())) {
            Container left = lxj.containers().get("web1");
            assertThat(left.state()).isEqualTo(State.STOPPED);
            worksAndIsRemoved(left);
        }
    }

    /** What tells of it goes with the cgroup: whether memory ran out, say. */
    @ParameterizedTest
    @ValueSource(strings = {"end: noted", "end: cgroup removed", "end: recorded"})
    void howItEndedIsOnRecordBeforeItsCgroupGoes(String step) throws Exception {
        crash("shutdown", step, OnExit.KILL);
        try (Lxj lxj = Lxj.open(folder())) {
            Container left = lxj.containers().get("web1");
            assertThat(left.lastExit().map(ExitStatus::cause)).contains(ExitStatus.Cause.HALTED);
            worksAndIsRemoved(left);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"shutdown: asked", "end: known", "end: noted", "end: cgroup removed", "end: recorded"})
    void whatIsKeptHaltsThoughNobodyWaits(String step) throws Exception {
        crash("shutdown", step, OnExit.KEEP);
        try (Lxj lxj = Lxj.open(folder())) {
            Container left = lxj.containers().get("web1");
            assertThat(left.awaitState(State.STOPPED, TestLxj.LONG)).isTrue();
            assertThat(left.lastExit().map(ExitStatus::cause)).contains(ExitStatus.Cause.HALTED);
            worksAndIsRemoved(left);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "reboot: asked",
                "end: known",
                "end: noted",
                "end: cgroup removed",
                "reboot: ended",
                "start: cgroup made 2",
                "start: launched 2",
                "start: recorded 2"
            })
    void whatIsKeptRunsAgainAfterItsReboot(String step) throws Exception {
        crash("reboot", step, OnExit.KEEP);
        if (step.equals("start: recorded 2")) {
            awaitKeeper();
        }
        try (Lxj lxj = Lxj.open(folder())) {
            Container left = lxj.containers().get("web1");
            // The run that asked for the reboot may not have ended yet.
            while (!left.lastExit().map(ExitStatus::cause).equals(Optional.of(ExitStatus.Cause.REBOOTED))) {
                Thread.sleep(10);
            }
            assertThat(left.awaitState(State.RUNNING, TestLxj.LONG)).isTrue();
            worksAndIsRemoved(left);
        }
    }

    /** It ends by itself, because nobody has told it that it is needed. */
    private void awaitKeeper() throws IOException {
        Matcher pid = Pattern.compile("\"keeper\":\\{\"pid\":(\\d+)")
                .matcher(Files.readString(folder().resolve("containers/web1/run.json")));
        assertThat(pid.find()).isTrue();
        ProcessHandle.of(Long.parseLong(pid.group(1)))
                .ifPresent(keeper -> keeper.onExit().join());
    }

    private static void worksAndIsRemoved(Container container) {
        if (container.state() == State.STOPPED) {
            container.start();
        }
        assertThat(container.exec("echo", "works").stdout()).isEqualTo("works\n");
        container.stop();
        container.destroy();
    }
}
