package io.lxj.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsOwnFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@LeaksNothing
@NeedsOwnFiles
class SeveralJvmsTest {
    private static final int SIGKILLED = 128 + 9;

    @TempDir
    Path folder;

    private Path path;

    @BeforeEach
    void makeImage() throws Exception {
        path = folder.resolve("state");
        try (StateFolder state = StateFolder.open(path)) {
            TestImage.make(state, "image");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "create: folder made,",
        "create: root prepared,",
        "create: first boot prepared,",
        "create: populated,",
        "create: named, victim",
        "rename: renamed, victim-renamed",
        "delete: renamed,",
        "delete: lock removed,",
        "delete: removed,"
    })
    void whereverItIsKilledEachContainerIsWholeOrAbsent(String step, String left) throws Exception {
        try (OtherJvm victim = OtherJvm.start(StoreVictim.class, path, step)) {
            assertThat(victim.lines()).isEmpty();
            assertThat(victim.waitFor()).isEqualTo(SIGKILLED);
        }
        try (StateFolder state = StateFolder.open(path)) {
            ContainerStore store = new ContainerStore(state, Checkpoints.NONE);
            store.sweep();
            if (left == null) {
                assertThat(store.names()).isEmpty();
            } else {
                assertThat(store.names()).containsExactly(left);
            }
            WholeContainers.check(state);
        }
    }

    @RepeatedTest(6)
    void killedAtAnyMomentEachContainerIsWholeOrAbsent() throws Exception {
        try (OtherJvm victim = OtherJvm.start(StoreVictim.class, path)) {
            assertThat(victim.line()).isEqualTo("0");
            TimeUnit.MICROSECONDS.sleep(ThreadLocalRandom.current().nextLong(50_000));
            victim.kill();
        }
        try (StateFolder state = StateFolder.open(path)) {
            ContainerStore store = new ContainerStore(state, Checkpoints.NONE);
            store.sweep();
            assertThat(store.names()).hasSizeLessThanOrEqualTo(1);
            WholeContainers.check(state);
            assertThat(store.sweep()).isEmpty();
        }
    }

    @RepeatedTest(2)
    void aSweepLeavesALivingProcessAlone() throws Exception {
        try (OtherJvm worker = OtherJvm.start(StoreVictim.class, path);
                StateFolder state = StateFolder.open(path)) {
            ContainerStore store = new ContainerStore(state, Checkpoints.NONE);
            for (int i = 0; i < 20; i++) {
                store.sweep();
                // The other one fails, and its output ends, if something that it works on is taken away.
                assertThat(worker.line()).isEqualTo(String.valueOf(i));
            }
        }
        try (StateFolder state = StateFolder.open(path)) {
            new ContainerStore(state, Checkpoints.NONE).sweep();
            WholeContainers.check(state);
        }
    }

    @Test
    void twoJvmsThatWantTheSameNamesShareThem() throws Exception {
        int count = 150;
        try (OtherJvm other = OtherJvm.start(NameClaimer.class, path, count);
                StateFolder state = StateFolder.open(path)) {
            List<String> all = new ArrayList<>(NameClaimer.claim(state, count));
            all.addAll(other.lines());
            assertThat(other.waitFor()).isZero();
            assertThat(all).hasSize(count).doesNotHaveDuplicates();
            assertThat(new ContainerStore(state, Checkpoints.NONE).names()).containsExactlyInAnyOrderElementsOf(all);
            WholeContainers.check(state);
        }
    }
}
