package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Objects;

/** Rules for a path on the host. It is kept as text, so that its bytes survive a JVM whose locale can't show them. */
final class HostPath {
    private static final int LONGEST = 4_095;
    private static final char REPLACEMENT = '\ufffd';

    private HostPath() {}

    /** The text of a path, made absolute. */
    static String of(String field, Path path) {
        Objects.requireNonNull(path, field);
        if (!path.getFileSystem().equals(FileSystems.getDefault())) {
            throw new InvalidConfigException(field, path, "a path of the host's own file system");
        }
        String text = path.toAbsolutePath().toString();
        if (text.indexOf(REPLACEMENT) >= 0) {
            // Path shows a byte that it can't decode as U+FFFD: the file of that name would be another one.
            throw new InvalidConfigException(
                    field, text, "a path whose name is valid in the JVM's locale; give any other as a string");
        }
        return check(field, text);
    }

    static String check(String field, String path) {
        Text.check(field, path);
        if (!path.startsWith("/") || Text.byteLength(path) > LONGEST) {
            throw new InvalidConfigException(
                    field, path, "an absolute path on the host of at most " + LONGEST + " bytes");
        }
        return path;
    }
}
