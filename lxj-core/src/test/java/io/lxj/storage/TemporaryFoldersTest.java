package io.lxj.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.linux.Errno;
import io.lxj.linux.LinuxException;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsOwnFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@LeaksNothing
@NeedsOwnFiles
class TemporaryFoldersTest {
    @TempDir
    Path folder;

    private StateFolder state;
    private Path temporary;

    @BeforeEach
    void open() {
        state = StateFolder.open(folder.resolve("state"));
        temporary = state.path().resolve("tmp");
    }

    @AfterEach
    void close() {
        state.close();
    }

    @Test
    void whatWasMadeGetsItsNameWhole() throws Exception {
        try (TemporaryFolder made = state.temporaryFolders().make("create.web")) {
            JsonFile.write(made.directory(), "a", "1", JsonFile.Survives.PROCESS);
            assertThat(temporary.toFile().list()).singleElement().asString().startsWith("create.web.");
            made.moveTo(state.containers(), "web");
        }
        assertThat(state.path().resolve("containers/web/a")).hasContent("1");
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void aNameThatIsTakenIsNotReplaced() throws Exception {
        Files.createDirectory(state.path().resolve("containers/web"));
        try (TemporaryFolder made = state.temporaryFolders().make("create.web")) {
            assertThatThrownBy(() -> made.moveTo(state.containers(), "web"))
                    .isInstanceOfSatisfying(LinuxException.class, e -> assertThat(e.is(Errno.EEXIST))
                            .isTrue());
        }
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void whatIsNotFinishedIsRemoved() throws Exception {
        try (TemporaryFolder made = state.temporaryFolders().make("create.web")) {
            JsonFile.write(made.directory(), "a", "1", JsonFile.Survives.PROCESS);
        }
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void aSweepRemovesWhatNobodyHoldsAndNothingElse() throws Exception {
        Files.createDirectories(temporary.resolve("create.dead.1/upper/etc"));
        Files.writeString(temporary.resolve("create.dead.1/upper/etc/hosts"), "x");
        Files.writeString(temporary.resolve("stray"), "x");
        Files.createSymbolicLink(temporary.resolve("link"), state.path().resolve("images"));
        try (TemporaryFolder held = state.temporaryFolders().make("create.live")) {
            assertThat(state.temporaryFolders().sweep()).containsExactlyInAnyOrder("create.dead.1", "stray", "link");
            assertThat(temporary.toFile().list()).singleElement().asString().startsWith("create.live.");
            held.moveTo(state.containers(), "live");
        }
        assertThat(state.path().resolve("images")).isDirectory();
        assertThat(state.path().resolve("containers/live")).isDirectory();
    }

    @Test
    void makingAndSweepingAtTheSameTimeGoWellTogether() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Void> maker = CompletableFuture.runAsync(() -> {
            try {
                for (int i = 0; i < 300; i++) {
                    try (TemporaryFolder made = state.temporaryFolders().make("create.web")) {
                        JsonFile.write(made.directory(), "a", "1", JsonFile.Survives.PROCESS);
                        made.moveTo(state.containers(), "web" + i);
                    }
                }
            } catch (LinuxException e) {
                throw new AssertionError(e);
            } finally {
                done.set(true);
            }
        });
        try (StateFolder other = StateFolder.open(state.path())) {
            while (!done.get()) {
                other.temporaryFolders().sweep();
            }
        }
        maker.get();
        assertThat(temporary).isEmptyDirectory();
        for (int i = 0; i < 300; i++) {
            assertThat(state.path().resolve("containers/web" + i + "/a")).hasContent("1");
        }
    }
}
