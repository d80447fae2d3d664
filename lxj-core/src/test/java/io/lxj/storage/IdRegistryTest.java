package io.lxj.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Config;
import io.lxj.linux.LinuxException;
import io.lxj.testing.NeedsOwnFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NeedsOwnFiles
class IdRegistryTest {
    private static final IdPool TWO = new IdPool(List.of(new IdPool.Range(100_000, 100_000 + 2 * IdPool.SIZE)));
    private static final long FIRST = 100_000;
    private static final long SECOND = FIRST + IdPool.SIZE;
    private static final IdNote LOT = IdNote.lot(FIRST);

    @TempDir
    Path folder;

    private IdRegistry registry;

    @BeforeEach
    void open() throws LinuxException {
        registry = IdRegistry.open(folder.resolve("ids"));
    }

    @AfterEach
    void close() {
        registry.close();
    }

    private String container(String name) {
        return folder + "/state/containers/" + name;
    }

    /** A container as it is on disk. */
    private String container(String name, long first) throws IOException {
        Path path = Files.createDirectories(Path.of(container(name)));
        Files.createDirectories(folder.resolve("state/locks"));
        ContainerRecord record =
                new ContainerRecord(MachineId.random(), Instant.now(), Config.ofImage("a"), Optional.of(first));
        Files.writeString(path.resolve("container.json"), record.toJson());
        return path.toString();
    }

    @Test
    void nobodyGetsWhatSomebodyHasAndWhatIsGivenBackIsFree() throws Exception {
        assertThat(registry.claim(TWO, container("one", FIRST))).hasValue(FIRST);
        assertThat(registry.claim(TWO, container("two", SECOND))).hasValue(SECOND);
        assertThat(registry.claim(TWO, container("three"))).isEmpty();
        registry.release(LOT, container("another"));
        assertThat(registry.claim(TWO, container("three"))).isEmpty();
        registry.release(LOT, container("one"));
        assertThat(registry.claim(TWO, container("three"))).hasValue(FIRST);
        assertThat(registry.holder(LOT)).contains(container("three"));
    }

    @Test
    void aRangeThatOverlapsOneOfAnotherPoolIsTaken() throws Exception {
        registry.claim(TWO, container("one", FIRST));
        IdPool shifted = new IdPool(List.of(new IdPool.Range(FIRST + 5, FIRST + 5 + 3 * IdPool.SIZE)));
        assertThat(registry.claim(shifted, container("two"))).hasValue(FIRST + 5 + IdPool.SIZE);
    }

    @Test
    void whatADeadProcessLeftIsTakenWhenThereIsNothingElse() throws Exception {
        registry.claim(TWO, container("never-made"));
        registry.claim(TWO, container("made", SECOND));
        assertThat(registry.claim(TWO, container("new"))).hasValue(FIRST);
        assertThat(registry.claim(TWO, container("newer"))).hasValue(FIRST);
        container("newer", FIRST);
        assertThat(registry.claim(TWO, container("newest"))).isEmpty();
    }

    @Test
    void whatAStateFolderHadThatWasDeletedIsFreeWhereverItLies() throws Exception {
        registry.claim(
                new IdPool(List.of(new IdPool.Range(FIRST + 5, FIRST + 5 + IdPool.SIZE))), "/gone/containers/one");
        assertThat(registry.claim(TWO, container("new"))).hasValue(FIRST);
        assertThat(registry.holder(IdNote.lot(FIRST + 5))).isEmpty();
    }

    @Test
    void whatIsBeingMadeIsLeftAlone() throws Exception {
        container("made", SECOND);
        registry.claim(TWO, container("in-the-making"));
        registry.claim(TWO, container("made"));
        try (StateFolder state = StateFolder.open(folder.resolve("other"));
                Lock lock = state.locks().exclusive(LockName.container("in-the-making"))) {
            assertThat(lock).isNotNull();
            registry.release(LOT, container("in-the-making"));
            String owner = folder + "/other/containers/in-the-making";
            assertThat(registry.claim(TWO, owner)).hasValue(FIRST);
            assertThat(registry.claim(TWO, container("third"))).isEmpty();
            registry.sweep(folder + "/other/containers/");
            assertThat(registry.holder(LOT)).contains(owner);
        }
        registry.sweep(folder + "/other/containers/");
        assertThat(registry.holder(LOT)).isEmpty();
        assertThat(registry.holder(IdNote.lot(SECOND))).isPresent();
    }

    @Test
    void aLostNoteIsMadeAgainButNotAgainstAnother() throws Exception {
        String one = container("one", FIRST);
        assertThat(registry.take(FIRST, one)).isTrue();
        assertThat(registry.take(FIRST, one)).isTrue();
        assertThat(registry.take(FIRST, container("copy", FIRST))).isFalse();
        Files.delete(Path.of(one, "container.json"));
        assertThat(registry.take(FIRST, container("copy"))).isTrue();
        assertThat(registry.holder(LOT)).contains(container("copy"));
    }

    @Test
    void whatARunMayHaveIsLeftAloneWhateverItsContainerIsConfiguredFor() throws Exception {
        Path run = Path.of(container("one", FIRST), "run.json");
        Files.writeString(run, "{}");
        assertThat(registry.claim(TWO, container("one"))).hasValue(FIRST);
        assertThat(registry.claim(TWO, container("one"))).hasValue(SECOND);
        assertThat(registry.claim(TWO, container("two"))).isEmpty();
        assertThat(registry.take(List.of(new IdNote(SECOND + 7, 1)), container("two")))
                .contains(IdNote.lot(SECOND));
        registry.sweep(folder + "/state/containers/");
        assertThat(registry.held(container("one"))).containsExactly(LOT, IdNote.lot(SECOND));
        Files.delete(run);
        assertThat(registry.claim(TWO, container("two"))).hasValue(SECOND);
    }

    @Test
    void aRenameKeepsTheIds() throws Exception {
        registry.claim(TWO, container("one", FIRST));
        registry.move(LOT, container("one"), container("two"));
        assertThat(registry.holder(LOT)).contains(container("two"));
        registry.move(LOT, container("one"), container("three"));
        assertThat(registry.holder(LOT)).contains(container("two"));
    }

    @Test
    void idsByHandAreTakenAsAWholeOrNotAtAll() throws Exception {
        IdNote few = new IdNote(FIRST + 10, 20);
        Files.writeString(Path.of(container("one", FIRST), "run.json"), "{}");
        assertThat(registry.take(List.of(few, new IdNote(7, 5)), List.of(new IdNote(1000, 1)), container("one")))
                .isEmpty();
        // What is given out has one of them.
        assertThat(registry.claim(TWO, container("two", SECOND))).hasValue(SECOND);
        assertThat(registry.claim(TWO, container("three"))).isEmpty();
        assertThat(registry.take(FIRST, container("three"))).isFalse();
        assertThat(registry.take(List.of(new IdNote(500, 9), new IdNote(FIRST + 29, 2)), container("four")))
                .contains(few);
        assertThat(registry.held(container("four"))).isEmpty();
        // A single one is everybody's, unless somebody has it alone.
        IdNote single = new IdNote(1000, 1);
        assertThat(registry.take(List.of(new IdNote(500, 9)), List.of(single), container("four")))
                .isEmpty();
        assertThat(registry.take(List.of(), List.of(new IdNote(FIRST + 10, 1)), container("five")))
                .contains(few);
        assertThat(registry.held(container("one"))).containsExactly(new IdNote(7, 5), few);
        registry.move(few, container("one"), container("renamed"));
        assertThat(registry.holder(few)).contains(container("renamed"));
    }

    /** What is looked at and what is written is one step: no two of them come between each other. */
    @Test
    void rangesThatOverlapAreGivenToOneOfManyAtOnce() throws Exception {
        List<String> winners = Collections.synchronizedList(new ArrayList<>());
        CyclicBarrier barrier = new CyclicBarrier(8);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            IdNote range = new IdNote(FIRST + i, 100);
            String owner = container("racer-" + i, FIRST + i);
            Files.writeString(Path.of(owner, "run.json"), "{}");
            threads.add(new Thread(() -> {
                try (IdRegistry other = IdRegistry.open(folder.resolve("ids"))) {
                    barrier.await();
                    if (other.take(List.of(range), owner).isEmpty()) {
                        winners.add(owner);
                    }
                } catch (IOException | InterruptedException | BrokenBarrierException e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(winners).hasSize(1);
    }

    @Test
    void manyAtOnceGetEachItsOwn() throws Exception {
        IdPool pool = new IdPool(List.of(new IdPool.Range(0, 64 * IdPool.SIZE)));
        Set<Long> given = new ConcurrentSkipListSet<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int number = i;
            threads.add(new Thread(() -> {
                try (IdRegistry other = IdRegistry.open(folder.resolve("ids"))) {
                    for (int j = 0; j < 8; j++) {
                        String owner = container(number + "-" + j);
                        OptionalLong first = other.claim(pool, owner);
                        given.add(first.orElseThrow());
                        container(number + "-" + j, first.orElseThrow());
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(given).hasSize(64);
    }

    @Test
    void aFolderThatOthersCanChangeIsRefused() throws Exception {
        Path open = Files.createDirectory(
                folder.resolve("open"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        assertThatThrownBy(() -> IdRegistry.open(open))
                .isInstanceOf(LinuxException.class)
                .hasMessageContaining("chmod 700 " + open);
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("ids"));
        assertThatThrownBy(() -> IdRegistry.open(link)).isInstanceOf(LinuxException.class);
    }
}
