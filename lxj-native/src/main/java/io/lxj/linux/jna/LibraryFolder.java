package io.lxj.linux.jna;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Where JNA puts its own library to load it: usually below the user's cache folder, which hardened hosts mount with noexec, or
 * read-only. Then another folder is taken in which libraries can be loaded, unless the program has chosen one. Thread-safe.
 */
final class LibraryFolder {
    private static final String CHOSEN = "jna.tmpdir";
    private static final List<String> OTHER_CHOICES = List.of("jna.boot.library.path", "jna.nounpack");
    private static final Path MOUNTS = Path.of("/proc/self/mounts");

    private LibraryFolder() {}

    /** Has to be called before anything else of JNA. Where nothing can be found out, JNA is left its own choice. */
    static void choose() {
        boolean isChosen = System.getProperty(CHOSEN) != null
                || OTHER_CHOICES.stream().anyMatch(name -> System.getProperty(name) != null);
        try {
            Path usual = usual();
            if (!isChosen && (isNoExec(usual) || !Files.isWritable(existing(usual.toAbsolutePath())))) {
                chooseOther();
            }
        } catch (IOException | InvalidPathException e) {
            // An environment may name what is no path in this locale. JNA goes on as ever, and says what it can't do.
            return;
        }
    }

    private static void chooseOther() throws IOException {
        for (String name : Arrays.asList(
                System.getProperty("java.io.tmpdir"), System.getenv("XDG_RUNTIME_DIR"), "/var/tmp", "/dev/shm")) {
            if (name != null && Files.isWritable(Path.of(name)) && !isNoExec(Path.of(name))) {
                System.setProperty(CHOSEN, name);
                return;
            }
        }
    }

    /** The cache folder if it can be written or made, else that for temporary files. */
    private static Path usual() {
        Path cache = Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .filter(path -> path.startsWith("/"))
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"));
        return Files.isWritable(existing(cache.toAbsolutePath()))
                ? cache
                : Path.of(System.getProperty("java.io.tmpdir"));
    }

    /** Whether the mount that a folder is on, or would be on, lets nothing be executed. */
    private static boolean isNoExec(Path folder) throws IOException {
        String there = existing(folder.toAbsolutePath()).toRealPath() + "/";
        String options = "";
        int longest = -1;
        // Names of mounts need not be text in this locale.
        for (String line : Files.readString(MOUNTS, StandardCharsets.ISO_8859_1).split("\n")) {
            String[] fields = line.split(" ");
            if (fields.length < 4) {
                continue;
            }
            String mount = unescaped(fields[1]);
            // Of two on the same place, the later one is on top.
            if (there.startsWith(mount.endsWith("/") ? mount : mount + "/") && mount.length() >= longest) {
                longest = mount.length();
                options = fields[3];
            }
        }
        return Arrays.asList(options.split(",")).contains("noexec");
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
