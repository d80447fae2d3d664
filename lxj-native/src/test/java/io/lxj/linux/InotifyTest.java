package io.lxj.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.testing.LeaksNothing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@LeaksNothing
class InotifyTest {
    private static final int ALL = Inotify.IN_MODIFY
            | Inotify.IN_CLOSE_WRITE
            | Inotify.IN_MOVED_FROM
            | Inotify.IN_MOVED_TO
            | Inotify.IN_CREATE
            | Inotify.IN_DELETE;

    @TempDir
    private Path folder;

    private static int watch(Inotify inotify, Path path) throws IOException {
        try (Fd fd = Fd.open(path, Open.O_RDONLY | Open.O_DIRECTORY, 0)) {
            return inotify.add(fd, ALL | Inotify.IN_ONLYDIR);
        }
    }

    @Test
    void tellsOfChangesInOrderWithTheirNames() throws Exception {
        try (Inotify inotify = Inotify.open()) {
            int watch = watch(inotify, folder);
            assertThat(inotify.read()).isEmpty();
            Files.writeString(folder.resolve("größe"), "x");
            Files.move(folder.resolve("größe"), folder.resolve("b"));
            Files.delete(folder.resolve("b"));
            assertThat(inotify.read())
                    .containsExactly(
                            new Inotify.Event(watch, Inotify.IN_CREATE, "größe"),
                            new Inotify.Event(watch, Inotify.IN_MODIFY, "größe"),
                            new Inotify.Event(watch, Inotify.IN_CLOSE_WRITE, "größe"),
                            new Inotify.Event(watch, Inotify.IN_MOVED_FROM, "größe"),
                            new Inotify.Event(watch, Inotify.IN_MOVED_TO, "b"),
                            new Inotify.Event(watch, Inotify.IN_DELETE, "b"));
            assertThat(inotify.read()).isEmpty();
        }
    }

    @Test
    void readsMoreEventsThanFitIntoOneRead() throws Exception {
        try (Inotify inotify = Inotify.open()) {
            watch(inotify, folder);
            int many = 2000;
            for (int i = 0; i < many; i++) {
                Files.createDirectory(folder.resolve("a-directory-with-a-name-of-some-length-" + i));
            }
            List<Inotify.Event> all = new ArrayList<>();
            List<Inotify.Event> some = inotify.read();
            while (!some.isEmpty()) {
                all.addAll(some);
                some = inotify.read();
            }
            assertThat(all).hasSize(many);
            assertThat(all.get(many - 1).name()).endsWith("-" + (many - 1));
        }
    }

    @Test
    void watchesTheSameDirectoryOnceAndEndsTheWatch() throws Exception {
        try (Inotify inotify = Inotify.open()) {
            int watch = watch(inotify, folder);
            assertThat(watch(inotify, folder)).isEqualTo(watch);
            inotify.remove(watch);
            Files.createFile(folder.resolve("a"));
            assertThat(inotify.read()).containsExactly(new Inotify.Event(watch, Inotify.IN_IGNORED, ""));
            assertThatThrownBy(() -> inotify.remove(watch)).hasMessageContaining("EINVAL");
        }
    }

    @Test
    void refusesAFileWhereADirectoryIsMeant() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        try (Inotify inotify = Inotify.open();
                Fd fd = Fd.open(file, Open.O_RDONLY, 0)) {
            assertThatThrownBy(() -> inotify.add(fd, ALL | Inotify.IN_ONLYDIR))
                    .hasMessageContaining("inotify_add_watch")
                    .hasMessageContaining("ENOTDIR");
        }
    }
}
