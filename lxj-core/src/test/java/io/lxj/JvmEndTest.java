package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.ExitStatus;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A container that is to end with its JVM does so however that JVM ends. */
@NeedsContainers
@NeedsOwnFiles
@NeedsRootfs("busybox")
@LeaksNothing
@Timeout(120)
class JvmEndTest {
    private static final Path PROC = Path.of("/proc");

    @StateFolder
    Path parent;

    private Path folder() {
        return parent.resolve("state");
    }

    @BeforeEach
    void prepare() {
        try (Lxj lxj = Lxj.open(folder())) {
            lxj.images().importTarball("busybox", TestRootfs.find("busybox"));
        }
    }

    @AfterEach
    void remove() throws IOException {
        TestLxj.remove(folder());
    }

    /** A JVM that has the time to does the same as {@link Lxj#close}. */
    @ParameterizedTest
    @CsvSource({"return, 0", "exit, 3", "throw, 1", "TERM, 143"})
    void aJvmThatEndsInOrderLeavesNothingOfItsContainers(String how, int exitCode) throws Exception {
        String cgroup = end(how, exitCode);
        assertThat(folder().resolve("containers/brief/run.json")).doesNotExist();
        assertThat(Files.readString(PROC.resolve("self/mountinfo"))).doesNotContain(folder().toString());
        assertThat(exists(cgroup)).isFalse();
        stoppedAndWhole(ExitStatus.killed("lxj was closed"));
    }

    @ParameterizedTest
    @CsvSource({"halt, 4", "KILL, 137"})
    void aJvmThatIsCutOffTakesItsContainersWithItAndTheNextClearsUp(String how, int exitCode) throws Exception {
        String cgroup = end(how, exitCode);
        stoppedAndWhole(ExitStatus.unknown("the JVM that it belonged to ended"));
        assertThat(exists(cgroup)).isFalse();
    }

    /** Lets a JVM end with a running container; the cgroup in which that was. */
    private String end(String how, int exitCode) throws Exception {
        String[] said;
        try (OtherJvm other = OtherJvm.start(EndingJvm.class, folder(), how)) {
            said = other.line().split(" ");
            if (Character.isUpperCase(how.charAt(0))) {
                assertThat(new ProcessBuilder("kill", "-" + how, Long.toString(other.pid()))
                                .start()
                                .waitFor())
                        .isZero();
            }
            assertThat(other.waitFor()).isEqualTo(exitCode);
        }
        while (ProcessHandle.of(Long.parseLong(said[0])).isPresent()) {
            Thread.sleep(10);
        }
        return said[1];
    }

    private static boolean exists(String cgroup) throws IOException {
        assertThat(cgroup).contains("lxj-");
        return Files.readAllLines(PROC.resolve("self/mountinfo")).stream()
                .filter(line -> line.contains(" - cgroup2 "))
                .map(line -> Path.of(line.split(" ")[4], cgroup))
                .anyMatch(Files::exists);
    }

    private void stoppedAndWhole(ExitStatus exit) {
        try (Lxj lxj = Lxj.open(folder())) {
            Container container = lxj.containers().get("brief");
            assertThat(container.state()).isEqualTo(State.STOPPED);
            assertThat(container.lastExit()).contains(exit);
            container.start();
            assertThat(container.exec("echo", "whole").stdout()).isEqualTo("whole\n");
            container.stop();
            container.destroy();
        }
    }
}
