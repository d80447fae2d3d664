package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Config;
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
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A JVM that is killed with SIGKILL, at any moment, leaves what the next one repairs completely. */
@NeedsContainers
@NeedsOwnFiles
@NeedsRootfs("busybox")
@LeaksNothing
@Timeout(300)
class CrashTest {
    @StateFolder
    Path parent;

    static Stream<List<String>> steps() {
        Stream<List<String>> inAnyCase = Stream.of(
                        "import: progress",
                        "import: done",
                        "create: folder made",
                        "create: root prepared",
                        "create: first boot prepared",
                        "create: populated",
                        "create: named",
                        "start: cgroup made",
                        "start: launched",
                        "start: recorded",
                        "running",
                        "exec: started",
                        "stop: killed",
                        "end: known",
                        "end: noted",
                        "end: cgroup removed",
                        "end: recorded",
                        "delete: renamed",
                        "delete: lock removed",
                        "delete: removed")
                .map(step -> List.of(step, "OVERLAY", "KILL"));
        Stream<List<String>> kept = Stream.of(
                        "start: cgroup made",
                        "start: launched",
                        "stop: killed",
                        "end: known",
                        "end: noted",
                        "end: cgroup removed")
                .map(step -> List.of(step, "OVERLAY", "KEEP"));
        Stream<List<String>> copied =
                Stream.of("create: root prepared", "delete: renamed").map(step -> List.of(step, "COPY", "KILL"));
        Stream<List<String>> launched = Stream.of(
                        "create: folder made",
                        "create: root prepared",
                        "create: populated",
                        "create: named",
                        "start: cgroup made",
                        "start: launched",
                        "start: recorded")
                .flatMap(step -> Stream.of(List.of(step, "OVERLAY", "KILL"), List.of(step, "OVERLAY", "KEEP")));
        return Stream.concat(
                Stream.of(inAnyCase, kept, copied).flatMap(steps -> steps).map(step -> with(step, "create")),
                launched.map(step -> with(step, "launch")));
    }

    private static List<String> with(List<String> step, String how) {
        return Stream.concat(step.stream(), Stream.of(how)).toList();
    }

    private Path folder() {
        return parent.resolve("state");
    }

    @AfterEach
    void remove() throws IOException {
        TestLxj.remove(folder());
    }

    @ParameterizedTest
    @MethodSource("steps")
    void theNextOpenRepairsWhatAKilledJvmLeft(List<String> at) throws Exception {
        Set<Path> before = CgroupFiles.named("web1");
        try (OtherJvm other = OtherJvm.start(
                CrashingJvm.class,
                folder(),
                TestRootfs.find("busybox"),
                at.get(0),
                at.get(1),
                at.get(2),
                "stop",
                at.get(3))) {
            assertThat(other.lines()).containsExactly("reached");
            assertThat(other.waitFor()).isEqualTo(137);
        }
        try (Lxj lxj = Lxj.open(folder())) {
            assertThat(folder().resolve("tmp").toFile().list()).isEmpty();
            assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(folder().toString());
            assertThat(before).containsAll(CgroupFiles.named("web1"));
            for (Container left : lxj.containers().list()) {
                assertThat(left.state()).isEqualTo(State.STOPPED);
                assertThat(left.name()).isEqualTo("web1");
                assertThat(Files.exists(folder().resolve("containers/web1/run.json")))
                        .isFalse();
                works(left);
            }
            if (lxj.images().list().isEmpty()) {
                lxj.images().importTarball("busybox", TestRootfs.find("busybox"));
            }
            works(lxj.containers()
                    .create(
                            "web1",
                            Config.ofImage("busybox").init("/bin/sh", "-c", "while :; do sleep 1000000; done")));
            lxj.images().get("busybox").delete();
            assertThat(lxj.images().list()).isEmpty();
        }
    }

    private static void works(Container container) {
        container.start();
        assertThat(container.exec("echo", "works").stdout()).isEqualTo("works\n");
        container.stop();
        container.destroy();
    }
}
