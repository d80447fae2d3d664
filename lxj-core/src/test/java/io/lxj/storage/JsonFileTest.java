package io.lxj.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.linux.Directory;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.Stat;
import io.lxj.storage.JsonFile.Survives;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsRoot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@LeaksNothing
class JsonFileTest {
    private static final String NAME = "container.json";

    @TempDir
    Path folder;

    private Directory directory;

    @BeforeEach
    void open() throws LinuxException {
        directory = new Directory(Fd.open(folder, Open.O_RDONLY | Open.O_DIRECTORY, 0));
    }

    @AfterEach
    void close() {
        directory.close();
    }

    @Test
    void readsWhatWasWritten() throws Exception {
        for (Survives survives : Survives.values()) {
            JsonFile.write(directory, NAME, "{\"näme\": \"\uD83D\uDE80\"}", survives);
            assertThat(JsonFile.read(directory, NAME)).contains("{\"näme\": \"\uD83D\uDE80\"}");
        }
        assertThat(folder).isDirectoryContaining("glob:**/" + NAME);
        assertThat(folder.toFile().list()).containsExactly(NAME);
    }

    @Test
    void aDraftIsThereWhenItIsPublishedOrNotAtAll() throws Exception {
        JsonFile.write(directory, NAME, "old", Survives.PROCESS);
        JsonFile.Draft unused = JsonFile.draft(directory, NAME);
        assertThat(JsonFile.sweep(directory)).as("it is locked").isZero();
        assertThat(folder.toFile().list()).hasSize(2);
        unused.close();
        assertThat(folder.toFile().list()).containsExactly(NAME);
        assertThat(JsonFile.read(directory, NAME)).contains("old");
        try (JsonFile.Draft draft = JsonFile.draft(directory, NAME)) {
            draft.publish("new", Survives.PROCESS);
        }
        assertThat(folder.toFile().list()).containsExactly(NAME);
        assertThat(JsonFile.read(directory, NAME)).contains("new");
    }

    @Test
    void whatIsNotThereIsEmpty() throws Exception {
        assertThat(JsonFile.read(directory, NAME)).isEmpty();
    }

    @Test
    void aReaderNeverSeesHalfAFile() throws Exception {
        String one = "1".repeat(50_000);
        String two = "2".repeat(50_000);
        JsonFile.write(directory, NAME, one, Survives.PROCESS);
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            try {
                for (int i = 0; i < 300; i++) {
                    JsonFile.write(directory, NAME, i % 2 == 0 ? two : one, Survives.PROCESS);
                }
            } catch (LinuxException e) {
                throw new AssertionError(e);
            } finally {
                done.set(true);
            }
        });
        while (!done.get()) {
            assertThat(JsonFile.read(directory, NAME))
                    .hasValueSatisfying(text -> assertThat(text).isIn(one, two));
        }
        writer.get();
    }

    @Test
    void writersAndASweepDoNotDisturbEachOther() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            try {
                for (int i = 0; i < 500; i++) {
                    JsonFile.write(directory, NAME, "text " + i, Survives.PROCESS);
                }
            } catch (LinuxException e) {
                throw new AssertionError(e);
            } finally {
                done.set(true);
            }
        });
        while (!done.get()) {
            JsonFile.sweep(directory);
        }
        writer.get();
        assertThat(JsonFile.read(directory, NAME)).contains("text 499");
        assertThat(folder.toFile().list()).containsExactly(NAME);
    }

    @Test
    void aSweepRemovesWhatNobodyHolds() throws Exception {
        Files.writeString(folder.resolve(".new-container.json-1"), "half");
        Path held = Files.writeString(folder.resolve(".new-container.json-2"), "being written");
        Files.writeString(folder.resolve("other"), "not ours");
        try (Fd file = Fd.open(held, Open.O_RDWR, 0)) {
            assertThat(FileLock.tryExclusive(file)).isTrue();
            assertThat(JsonFile.sweep(directory)).isEqualTo(1);
            assertThat(folder.toFile().list())
                    .containsExactlyInAnyOrder(held.getFileName().toString(), "other");
        }
        assertThat(JsonFile.sweep(directory)).isEqualTo(1);
    }

    @Test
    void doesNotReadWhatIsTooLarge() throws Exception {
        Files.write(folder.resolve(NAME), new byte[JsonFile.LIMIT + 1]);
        assertThatThrownBy(() -> JsonFile.read(directory, NAME))
                .isInstanceOfSatisfying(
                        LinuxException.class, e -> assertThat(e.is(Errno.EFBIG)).isTrue());
    }

    @Test
    void doesNotFollowALinkOrWaitForAFifo() throws Exception {
        Files.writeString(folder.resolve("secret"), "{}");
        Files.createSymbolicLink(folder.resolve(NAME), Path.of("secret"));
        assertThatThrownBy(() -> JsonFile.read(directory, NAME))
                .isInstanceOfSatisfying(
                        LinuxException.class, e -> assertThat(e.is(Errno.ELOOP)).isTrue());
        directory.mknod(FileName.bytes("fifo"), Stat.S_IFIFO | 0600, 0, 0);
        assertThatThrownBy(() -> JsonFile.read(directory, "fifo")).hasMessageContaining("not a regular file");
    }

    @Test
    void aLinkIsReplacedNotFollowed() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "untouched");
        Files.createSymbolicLink(folder.resolve(NAME), secret);
        JsonFile.write(directory, NAME, "{}", Survives.PROCESS);
        assertThat(secret).hasContent("untouched");
        assertThat(folder.resolve(NAME)).isRegularFile().hasContent("{}");
    }

    @Test
    @NeedsRoot("mounts a disk")
    @NeedsCommand({"mount", "umount"})
    void aFullDiskLeavesTheOldContent() throws Exception {
        Path mountPoint = Files.createDirectory(folder.resolve("mnt"));
        try (MountedFileSystem full = MountedFileSystem.tmpfs(mountPoint, "64k");
                Directory onIt = new Directory(Fd.open(full.path(), Open.O_RDONLY | Open.O_DIRECTORY, 0))) {
            JsonFile.write(onIt, NAME, "{}", Survives.POWER_CUT);
            assertThatThrownBy(() -> JsonFile.write(onIt, NAME, "x".repeat(200_000), Survives.POWER_CUT))
                    .isInstanceOfSatisfying(LinuxException.class, e -> assertThat(e.is(Errno.ENOSPC))
                            .isTrue());
            assertThat(JsonFile.read(onIt, NAME)).contains("{}");
            assertThat(mountPoint.toFile().list()).containsExactly(NAME);
        }
    }
}
