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
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NeedsOwnFiles
class IdRegistryTest {
    private static final IdPool TWO = new IdPool(List.of(new IdPool.Range(100_000, 100_000 + 2 * IdPool.SIZE)));
    private static final long FIRST = 100_000;
    private static final long SECOND = FIRST + IdPool.SIZE;

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
        registry.release(FIRST, container("another"));
        assertThat(registry.claim(TWO, container("three"))).isEmpty();
        registry.release(FIRST, container("one"));
        assertThat(registry.claim(TWO, container("three"))).hasValue(FIRST);
        assertThat(registry.holder(FIRST)).contains(container("three"));
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
        assertThat(registry.holder(FIRST + 5)).isEmpty();
    }

    @Test
    void whatIsBeingMadeIsLeftAlone() throws Exception {
        container("made", SECOND);
        registry.claim(TWO, container("in-the-making"));
        registry.claim(TWO, container("made"));
        try (StateFolder state = StateFolder.open(folder.resolve("other"));
                Lock lock = state.locks().exclusive(LockName.container("in-the-making"))) {
            assertThat(lock).isNotNull();
            registry.release(FIRST, container("in-the-making"));
            String owner = folder + "/other/containers/in-the-making";
            assertThat(registry.claim(TWO, owner)).hasValue(FIRST);
            assertThat(registry.claim(TWO, container("third"))).isEmpty();
            registry.sweep(folder + "/other/containers/");
            assertThat(registry.holder(FIRST)).contains(owner);
        }
        registry.sweep(folder + "/other/containers/");
        assertThat(registry.holder(FIRST)).isEmpty();
        assertThat(registry.holder(SECOND)).isPresent();
    }

    @Test
    void aLostNoteIsMadeAgainButNotAgainstAnother() throws Exception {
        String one = container("one", FIRST);
        assertThat(registry.take(FIRST, one)).isTrue();
        assertThat(registry.take(FIRST, one)).isTrue();
        assertThat(registry.take(FIRST, container("copy", FIRST))).isFalse();
        Files.delete(Path.of(one, "container.json"));
        assertThat(registry.take(FIRST, container("copy"))).isTrue();
        assertThat(registry.holder(FIRST)).contains(container("copy"));
    }

    @Test
    void whatARunMayHaveIsLeftAloneWhateverItsContainerIsConfiguredFor() throws Exception {
        Path run = Path.of(container("one", FIRST), "run.json");
        Files.writeString(run, "{}");
        assertThat(registry.claim(TWO, container("one"))).hasValue(FIRST);
        assertThat(registry.claim(TWO, container("one"))).hasValue(SECOND);
        assertThat(registry.claim(TWO, container("two"))).isEmpty();
        assertThat(registry.taken(SECOND + 7, SECOND + 8, container("two"))).hasValue(SECOND);
        registry.sweep(folder + "/state/containers/");
        assertThat(registry.held(container("one"))).containsExactly(FIRST, SECOND);
        Files.delete(run);
        assertThat(registry.claim(TWO, container("two"))).hasValue(SECOND);
    }

    @Test
    void aRenameKeepsTheIds() throws Exception {
        registry.claim(TWO, container("one", FIRST));
        registry.move(FIRST, container("one"), container("two"));
        assertThat(registry.holder(FIRST)).contains(container("two"));
        registry.move(FIRST, container("one"), container("three"));
        assertThat(registry.holder(FIRST)).contains(container("two"));
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
