package io.lxj.linux.jna;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where JNA puts its own library to load it: usually below the user's cache folder, which hardened hosts mount with noexec.
 * Then another folder is taken in which libraries can be loaded, unless the program has chosen one. Thread-safe.
 */
final class LibraryFolder {
    private static final String CHOSEN = "jna.tmpdir";
    private static final List<String> OTHER_CHOICES = List.of("jna.boot.library.path", "jna.nounpack");
    private static final Path MOUNTS = Path.of("/proc/self/mounts");

    private LibraryFolder() {}

    /** Has to be called before anything else of JNA. */
    static void choose() {
        boolean isChosen = System.getProperty(CHOSEN) != null
                || OTHER_CHOICES.stream().anyMatch(name -> System.getProperty(name) != null);
        if (!isChosen && isNoExec(usual())) {
            Stream.of(System.getProperty("java.io.tmpdir"), System.getenv("XDG_RUNTIME_DIR"), "/var/tmp", "/dev/shm")
                    .filter(Objects::nonNull)
                    .map(Path::of)
                    .filter(folder -> Files.isWritable(folder) && !isNoExec(folder))
                    .findFirst()
                    .ifPresent(folder -> System.setProperty(CHOSEN, folder.toString()));
        }
    }

    private static Path usual() {
        return Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .filter(path -> path.startsWith("/"))
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"));
    }

    /** Whether the mount that a folder is on, or would be on, lets nothing be executed; false if that can't be told. */
    static boolean isNoExec(Path folder) {
        try {
            Path there = existing(folder.toAbsolutePath()).toRealPath();
            String options = "";
            int longest = -1;
            for (String line : Files.readAllLines(MOUNTS)) {
                String[] fields = line.split(" ");
                Path mount = Path.of(unescaped(fields[1]));
                // Of two on the same place, the later one is on top.
                if (there.startsWith(mount) && mount.getNameCount() >= longest) {
                    longest = mount.getNameCount();
                    options = fields[3];
                }
            }
            return Arrays.asList(options.split(",")).contains("noexec");
        } catch (IOException e) {
            return false;
        }
    }

    private static Path existing(Path folder) {
        return Files.exists(folder) || folder.getParent() == null ? folder : existing(folder.getParent());
    }

    /** See getmntent(3). */
    private static String unescaped(String field) {
        return field.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }
}
