package io.lxj.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.ImageInfo;
import io.lxj.config.ImportLimits;
import io.lxj.config.ImportOptions;
import io.lxj.error.ImportException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;

/** Imports archives into a state folder of its own, with a file beside it that no import may touch. */
final class ImportFixture implements AutoCloseable {
    private final TestFolder folder;
    private final Path state;
    private final Path outside;

    private ImportFixture(TestFolder folder) throws IOException {
        this.folder = folder;
        this.state = folder.path().resolve("state");
        this.outside = Files.writeString(folder.path().resolve("outside"), "untouched");
    }

    static ImportFixture create() throws IOException {
        return new ImportFixture(TestFolder.create());
    }

    /** A file that isn't in the image. */
    Path outside() {
        return outside;
    }

    /** The root of the image x. */
    Path rootfs() {
        return state.resolve("images/x/rootfs");
    }

    ImageInfo load(String name, byte[] archive, ImportOptions options, ImportWatch watch) {
        return new ImageImporter(state)
                .importArchive(name, new ByteArrayInputStream(archive), "bad.tar", options, watch);
    }

    ImageInfo load(String name, InputStream archive, ImportOptions options) {
        return new ImageImporter(state).importArchive(name, archive, "sent", options, ImportWatch.none());
    }

    ImageInfo load(Path archive) {
        return new ImageImporter(state).importArchive("x", archive, ImportOptions.defaults(), ImportWatch.none());
    }

    ImageInfo load(byte[] archive, ImportOptions options) {
        return load("x", archive, options, ImportWatch.none());
    }

    ImageInfo load(TarBytes archive) {
        return load(archive.finish(), ImportOptions.defaults());
    }

    AbstractThrowableAssert<?, ?> refused(byte[] archive, ImportLimits limits) throws IOException {
        ImportOptions options = ImportOptions.defaults().limits(limits);
        AbstractThrowableAssert<?, ?> failure = assertThatThrownBy(() -> load(archive, options))
                .isInstanceOf(ImportException.class)
                .hasMessageStartingWith("import x: bad.tar: ");
        assertNothingLeft();
        return failure;
    }

    AbstractThrowableAssert<?, ?> refused(TarBytes archive) throws IOException {
        return refused(archive.finish(), ImportLimits.defaults());
    }

    void assertNothingLeft() throws IOException {
        assertThat(state.resolve("images")).isEmptyDirectory();
        assertThat(state.resolve("tmp")).isEmptyDirectory();
    }

    @Override
    public void close() throws IOException {
        try (TestFolder closed = folder) {
            assertThat(outside).hasContent("untouched");
            assertThat(state.resolve("tmp")).isEmptyDirectory();
            try (Stream<Path> names = Files.list(closed.path())) {
                assertThat(names.map(name -> name.getFileName().toString())).containsOnly("state", "outside");
            }
        }
    }
}
