package io.lxj.image;

import io.lxj.linux.Directory;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.Open;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder for one test, removed through directory fds: JUnit's own warns of every link in an image. */
final class TestFolder implements AutoCloseable {
    private final Path path;

    private TestFolder(Path path) {
        this.path = path;
    }

    static TestFolder create() throws IOException {
        return new TestFolder(Files.createTempDirectory("lxj-image"));
    }

    Path path() {
        return path;
    }

    /** A new folder in it. */
    Path folder(String name) throws IOException {
        return Files.createDirectory(path.resolve(name));
    }

    @Override
    public void close() throws IOException {
        try (Directory above = new Directory(Fd.open(path.getParent(), Open.O_RDONLY | Open.O_DIRECTORY, 0))) {
            above.removeTree(FileName.bytes(path.getFileName().toString()));
        }
    }
}
