package io.lxj;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Set;

/** The cgroup of a running container, as the host sees it. */
final class CgroupFiles {
    private static final String PAYLOAD = "/payload";

    private CgroupFiles() {}

    /** The content of a file of the cgroup that carries the limits. */
    static String read(Container container, String file) {
        try {
            return Files.readString(of(container).resolve(file)).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A number from a file with names and numbers. */
    static long read(Container container, String file, String name) {
        return number(read(container, file), name);
    }

    /** A number from what such a file had at one moment. */
    static long number(String content, String name) {
        return content.lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    /** Its directory. */
    static Path of(Container container) throws IOException {
        String own = Files.readString(
                        Path.of("/proc", container.pid().orElseThrow().toString(), "cgroup"))
                .lines()
                .filter(line -> line.startsWith("0::"))
                .findFirst()
                .orElseThrow()
                .substring("0::".length());
        String above = own.substring(0, own.indexOf(PAYLOAD));
        return mount().resolve(above.substring(1));
    }

    /** All directories of that name, whatever they belong to. */
    static Set<Path> named(String name) throws IOException {
        Set<Path> found = new HashSet<>();
        Files.walkFileTree(mount(), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                if (directory.endsWith(name)) {
                    found.add(directory);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                // Somebody else's may go at any time.
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException e) {
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }

    private static Path mount() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
                .filter(line -> line.contains(" - cgroup2 "))
                .map(line -> Path.of(line.split(" ")[4]))
                .findFirst()
                .orElseThrow();
    }
}
